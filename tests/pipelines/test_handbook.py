"""The KPI handbook."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.handbook import markdown
from pipelines.handbook_words import WORDS
from pipelines.kpi import Cadence, Direction, Grain, Unit
from pipelines.settings import parse

TEXT = """\
company: {name: Acme}
platforms:
  meta_ads: {access_token: "env:TOKEN", accounts: [{id: "1"}]}
kpis:
  - {id: cpm, informational: true}
  - id: cpa
    objective: Winstgevend groeien
    owner: Ans
    stakeholders: [Bo, Chris]
    reason: Wat een klant mag kosten
    review: {cadence: half_yearly, last: 2026-10-05}
    guardrails: [cpc]
    targets:
      - {from: 2026-07-01, target: € 25}
      - {from: 2026-01-01, target: € 30}
      - {grain: week, from: 2026-01-01, target: € 20, channel: Paid Social}
  - id: cpc
    objective: Winstgevend groeien
    targets: [{from: 2026-01-01, target: € 1}]
"""


def book(language: str | None = None) -> str:
    return markdown(parse(TEXT, Path("kompas.yaml")), language)


def section(kpi_id: str, language: str | None = None) -> str:
    (found,) = (part for part in book(language).split("\n### ") if f"(`{kpi_id}`)\n" in part)
    return found


def test_objectives_come_first_and_name_the_kpis_that_serve_them() -> None:
    before = book().split("## KPI's")[0].splitlines()
    assert [line for line in before if line.startswith("- ")] == [
        "- **Winstgevend groeien**: Kosten per acquisitie (CPA), Kosten per klik (CPC)",
        "- **Zonder doelstelling**: Kosten per duizend vertoningen (CPM)",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Advertentiekosten gedeeld door het aantal nieuwe klanten.",
        "- **Formule**: `ad_spend` / `new_customers`",
        "- **Eenheid**: euro",
        "- **Goed is**: lager",
        "- **Doelstelling**: Winstgevend groeien",
        "- **Reden**: Wat een klant mag kosten",
        "- **Eigenaar**: Ans",
        "- **Belanghebbenden**: Bo, Chris",
        "- **Gekoppelde bronnen**: `meta_ads.campaign_day`; niet meetbaar: geen bron voor `new_customers`",
        "- **Minimaal aantal waarnemingen voor een oordeel**: 10",
        "- **Niet ten koste van**: Kosten per klik (CPC)",
        "- **Evaluatie**: elk halfjaar, voor het laatst op 2026-10-05",
    ],
)
def test_a_kpi_is_told_whole(line: str) -> None:
    assert line in section("cpa").splitlines()


@pytest.mark.parametrize("label", ["Wat het betekent", "Hoe het gemeten wordt", "Let op"])
def test_a_kpi_of_the_catalogue_says_what_it_means(label: str) -> None:
    assert f"- **{label}**: " in section("cpa")
    assert f"- **{label}**: –" not in section("cpa")


def test_the_targets_are_told_with_their_dates_oldest_first() -> None:
    assert [line for line in section("cpa").splitlines() if line.startswith("| ")][2:] == [
        "| week | 2026-01-01 |  | € 20 | Paid Social |",
        "| maand | 2026-01-01 | 2026-06-30 | € 30 | alles samen |",
        "| maand | 2026-07-01 |  | € 25 | alles samen |",
    ]


def test_a_kpi_without_a_target_says_so() -> None:
    assert "wordt getoond, en niet beoordeeld" in section("cpm")


def test_a_scale_is_part_of_the_formula() -> None:
    assert "`ad_spend` / `ad_impressions` × 1000" in section("cpm")


def test_what_is_not_told_is_a_dash() -> None:
    assert "- **Eigenaar**: –" in section("cpc").splitlines()


def test_the_language_can_be_another_one_than_the_company_s() -> None:
    assert "- **Owner**: Ans" in section("cpa", "en")
    assert "Ad spend divided by the number of new customers." in section("cpa", "en")


@pytest.mark.parametrize("name", [*Unit, *Direction, *Grain, *Cadence])
def test_both_languages_have_every_word(name: str) -> None:
    assert name in WORDS["nl"]
    assert WORDS["nl"].keys() == WORDS["en"].keys()


def test_it_is_written_to_the_terminal_or_to_a_file(tmp_path: Path) -> None:
    (tmp_path / "kompas.yaml").write_text(TEXT, encoding="utf-8")
    command = ["--settings", str(tmp_path / "kompas.yaml"), "handbook"]
    assert CliRunner().invoke(main, command).output == book()
    done = CliRunner().invoke(main, [*command, str(tmp_path / "book.md"), "--language", "en"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "book.md").read_text(encoding="utf-8") == book("en")
