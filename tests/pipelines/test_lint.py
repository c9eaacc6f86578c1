"""The register against the method: each finding by its name."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from pipelines import lint
from pipelines.cli import main
from pipelines.kpi import catalogue
from pipelines.lint import Finding, Severity
from pipelines.settings import parse, read

TODAY = date(2026, 11, 26)
WHOLE = {"objective": "Groeien", "owner": "Ans", "reason": "Omdat", "review": {"last": TODAY}}
TARGET = {"targets": [{"from": date(2026, 1, 1), "target": 1}]}
META = {"access_token": "env:TOKEN", "accounts": [{"id": "1"}]}
MAILS = {"accounts": [{"id": "news", "api_key": "env:KEY"}]}


def kpi(kpi_id: str, **changed: Any) -> dict[str, Any]:
    return {"id": kpi_id, **TARGET, **WHOLE, **changed}


def own(number: int) -> dict[str, Any]:
    words = {"nl": f"Eigen {number}", "en": f"Own {number}"}
    plain = {"numerator": "ad_clicks", "unit": "count", "direction": "higher"}
    return kpi(f"own_{number}", name=words, definition=words, **plain)


def document(*kpis: dict[str, Any], language: str = "en") -> str:
    told = {"company": {"language": language}, "platforms": {"meta_ads": META, "mailchimp": MAILS}, "kpis": list(kpis)}
    told["clv"] = {"gross_margin": 0.4}
    return yaml.safe_dump(told, allow_unicode=True)


def findings(*kpis: dict[str, Any], language: str = "en") -> list[Finding]:
    return lint.findings(parse(document(*kpis, language=language), Path("kompas.yaml")), TODAY)


def messages(*kpis: dict[str, Any], language: str = "en") -> list[str]:
    """Of a register of five good KPIs and the given ones, so that its size is right."""
    return [found.message for found in findings(*map(own, range(5)), *kpis, language=language)]


@pytest.mark.parametrize(("count", "told"), [(4, "too few"), (5, ""), (10, ""), (11, "too many")])
def test_g19_five_and_ten_pass_and_four_and_eleven_do_not(count: int, told: str) -> None:
    found = findings(*map(own, range(count)))
    assert [finding.severity for finding in found] == [Severity.WARNING] * bool(told)
    assert all(told in finding.message and finding.kpi_id is None for finding in found)


def test_g19_revenue_and_informational_kpis_do_not_count() -> None:
    more = [kpi("revenue"), {"id": "ctr", "informational": True}]
    assert any("4 active KPIs" in found.message for found in findings(*map(own, range(4)), *more))
    assert not any("active" in found.message for found in findings(*map(own, range(10)), *more))


@pytest.mark.parametrize(
    ("last", "told"),
    [
        ("2026-05-25", "review overdue: the last one was on 2026-05-25, more than half a year ago"),
        ("2026-05-26", "review due: the last one was on 2026-05-26"),
        ("2026-08-25", "review due: the last one was on 2026-08-25"),
        ("2026-08-26", None),
    ],
)
def test_g22_a_review_is_due_after_a_quarter_and_overdue_after_half_a_year(last: str, told: str | None) -> None:
    review = {"last": date.fromisoformat(last)}
    assert messages(kpi("ctr", targets=[{"from": TODAY, "target": "1 %"}], review=review)) == [told] * bool(told)


def test_a_half_yearly_review_is_not_due_after_a_quarter() -> None:
    assert messages(kpi("cpc", review={"cadence": "half_yearly", "last": date(2026, 6, 1)})) == []


def test_a_month_without_that_day_ends_on_its_last() -> None:
    assert lint._months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)


@pytest.mark.parametrize(("target", "told"), [("klanttevredenheid verbeteren", "no number"), ("8 op 10", "not measur")])
def test_g23_a_wish_is_an_error_of_its_own(tmp_path: Path, target: str, told: str) -> None:
    csat = kpi("csat", targets=[{"from": date(2026, 1, 1), "target": target}])
    (tmp_path / "kompas.yaml").write_text(document(csat), encoding="utf-8")
    done = CliRunner().invoke(main, ["--settings", str(tmp_path / "kompas.yaml"), "lint"])
    assert (done.exit_code, told in done.output) == (1, True)


@pytest.mark.parametrize("part", lint.NAMED)
def test_a_kpi_that_leaves_out_what_the_method_asks_is_warned_of(part: str) -> None:
    entry = kpi("cpc")
    del entry[part]
    (found,) = findings(*map(own, range(5)), entry)
    assert (found.severity, found.kpi_id) == (Severity.WARNING, "cpc")
    assert part in found.message or "reviewed" in found.message


def test_an_informational_kpi_owes_no_reason() -> None:
    assert messages({"id": "ctr", "informational": True}) == []


def test_a_kpi_without_a_source_is_not_measurable_and_says_what_it_lacks() -> None:
    (found,) = findings(*map(own, range(5)), kpi("cpa"))
    assert (found.severity, found.kpi_id) == (Severity.ERROR, "cpa")
    assert found.message == (
        "not measurable: no source for new_customers; connect shopify.orders, woocommerce.orders or files.orders"
    )


def test_each_measure_without_a_source_is_named() -> None:
    assert messages(kpi("lead_time"), language="nl") == [
        "niet meetbaar: geen bron voor lead_days; koppel hubspot.deals of files.leads",
        "niet meetbaar: geen bron voor leads_won; koppel hubspot.deals of files.leads",
    ]


def test_the_demo_has_nothing_to_answer_for() -> None:
    assert lint.findings(read(Path(__file__).parents[2] / "kompas.yaml"), TODAY) == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_message_stands_on_one_line_without_a_line_number(language: str) -> None:
    found = findings(*({"id": kpi_id, **TARGET} for kpi_id in catalogue() if kpi_id != "csat"), language=language)
    assert found
    assert not any(re.search(r"\n|[{}]|line \d", finding.message) for finding in found)


@pytest.mark.parametrize(
    ("entry", "strict", "code"),
    [(own(5), True, 0), ({**own(5), "owner": None}, False, 0), ({**own(5), "owner": None}, True, 1)],
)
def test_warnings_are_errors_when_strict_only(tmp_path: Path, entry: dict[str, Any], strict: bool, code: int) -> None:
    text = document(*map(own, range(5)), entry).replace("2026-11-26", f"{date.today()}")
    (tmp_path / "kompas.yaml").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["--settings", str(tmp_path / "kompas.yaml"), "lint", *["--strict"] * strict])
    assert done.exit_code == code, done.output
