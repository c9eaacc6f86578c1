"""Asset checks of KPIs: a missed target is flagged, and missing data is never green."""

from datetime import date
from typing import Any

import dagster as dg
import pytest

from pipelines import kpi_checks
from pipelines.headline import headline
from pipelines.kpi import Kpi, with_defaults
from pipelines.kpi_checks import Judged, Row, judged

ERROR, WARN = dg.AssetCheckSeverity.ERROR, dg.AssetCheckSeverity.WARN


def kpi(**more: Any) -> Kpi:
    target = {"grain": "month", "from": date(2026, 1, 1), "target": "€ 80.000"}
    return Kpi.model_validate(with_defaults({"id": "revenue", "owner": "directie", "targets": [target]} | more))


def over_all(**more: Any) -> Judged:
    (only,) = judged([kpi(**more)])
    return only


def result(one: Judged, rows: list[Row], parts: tuple[Row, ...] = ()) -> dg.AssetCheckResult:
    told = headline(rows, one.kpi.grain.value) if rows else None
    return kpi_checks.result(one, told, rows, parts)


def row(**changed: Any) -> Row:
    return {
        "kpi_id": "revenue",
        "name_nl": "Omzet",
        "unit": "EUR",
        "target_low": 80000.0,
        "target_high": None,
        "grain": "month",
        "period_start": date(2026, 10, 1),
        "period_end": date(2026, 10, 31),
        "period_state": "complete",
        "through_day": date(2026, 10, 31),
        "brand": "all",
        "country": "all",
        "channel": "all",
        "keyword": "all",
        "actual": 24525.73,
        "target": 80000.0,
        "gap": -55474.27,
        "sample": 24525.73,
        "expected_so_far": None,
        "forecast": 30000.0,
        "interval_low": 25000.0,
        "interval_high": 35000.0,
        "final_on": date(2026, 11, 3),
        "trend": "better",
        "guardrail_state": None,
        "verdict": "off_target",
        "reason": None,
        "reason_code": None,
        "is_newest": True,
        "is_newest_judged": True,
    } | changed


@pytest.mark.parametrize(
    ("verdict", "passed", "severity"),
    [("on_target", True, WARN), ("at_risk", False, WARN), ("off_target", False, ERROR), ("no_verdict", False, WARN)],
)
def test_a_verdict_decides_whether_the_check_passes_and_how_bad_it_is(
    verdict: str, passed: bool, severity: dg.AssetCheckSeverity
) -> None:
    check = result(over_all(), [row(verdict=verdict)])
    assert (check.passed, check.severity) == (passed, severity)


def test_the_reason_stands_beside_the_verdict() -> None:
    check = result(over_all(), [row(verdict="no_verdict", reason="gegevens ontbreken: shopify Webshop")])
    assert check.description == "no_verdict: gegevens ontbreken: shopify Webshop"


def test_a_kpi_without_a_row_is_not_green() -> None:
    check = result(over_all(), [])
    assert (check.passed, check.severity) == (False, WARN)
    assert "no verdict" in (check.description or "")


def test_an_informational_kpi_never_fails() -> None:
    shown = over_all(informational=True, targets=[])
    assert result(shown, [row(verdict="no_verdict", reason="geen doel")]).passed


def test_figures_are_numbers_in_the_metadata() -> None:
    metadata = result(over_all(), [row()]).metadata
    assert {name: metadata[name].value for name in ("actual", "gap", "forecast", "interval_low")} == {
        "actual": 24525.73,
        "gap": -55474.27,
        "forecast": 30000.0,
        "interval_low": 25000.0,
    }


def test_a_figure_that_is_unknown_is_left_out() -> None:
    assert "actual" not in result(over_all(), [row(actual=None, verdict="no_verdict", reason="?")]).metadata


def test_period_and_owner_stand_in_the_metadata() -> None:
    metadata = result(over_all(), [row()]).metadata
    assert metadata["period"].value == "month 2026-10-01 .. 2026-10-31 (complete)"
    assert metadata["owner"].value == "directie"


def test_all_periods_stand_in_one_table() -> None:
    metadata = result(over_all(), [row(), row(period_start=date(2026, 11, 1), verdict="on_target")]).metadata
    table = str(metadata["all_periods"].value)
    assert len(table.splitlines()) == 4
    assert "| 2026-11-01 |" in table


def test_when_the_figure_is_final_stands_in_the_metadata() -> None:
    assert result(over_all(), [row()]).metadata["final_on"].value == "2026-11-03"


def test_each_segment_with_a_target_has_a_check_of_its_own() -> None:
    target = {"grain": "month", "from": date(2026, 1, 1), "target": 80000}
    dated = target | {"from": date(2026, 7, 1)}
    search = target | {"channel": "Paid Search", "brand": "duurzame-mode"}
    names = [one.name for one in judged([kpi(targets=[target, dated, search])])]
    assert names == ["revenue", "revenue__brand_duurzame_mode__channel_paid_search"]


def test_a_check_knows_the_rows_of_its_segment_only() -> None:
    assert over_all().owns(row())
    assert not over_all().owns(row(channel="Email"))
    assert not over_all().owns(row(kpi_id="roas"))


def test_the_first_lines_of_the_explanation_stand_in_the_metadata() -> None:
    part = {
        "level": "channel",
        "channel": "Email",
        "contribution": -30000.0,
        "reference": None,
        "reference_start": None,
    }
    told = str(result(over_all(), [row()], (part,)).metadata["explanation"].value)
    assert "Omzet, 2026-10" in told
    assert "Email" in told
