"""`kompas review`: the paper of a review."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from click.testing import CliRunner

from pipelines.cli import main
from pipelines.review import WORDS, markdown
from pipelines.settings import Settings
from tests.spaces import plain


def section(shop: Settings, kpi: str, since: date | None = None, language: str | None = None) -> list[str]:
    (found,) = (part for part in markdown(shop, since, language).split("\n## ") if f"(`{kpi}`)\n" in part)
    return plain(found).splitlines()


def test_hits_and_misses_are_counted(shop: Settings) -> None:
    (line,) = (line for line in markdown(shop).splitlines() if line.startswith("| Kosten per acquisitie (CPA) |"))
    assert line == "| Kosten per acquisitie (CPA) | 0 | 2 | 1 | 0 | 2026-03-15 (te laat) |"


def test_a_kpi_that_was_never_reviewed_says_so(shop: Settings) -> None:
    assert "| Omzet | " in markdown(shop)
    assert "nog nooit geëvalueerd" in "\n".join(section(shop, "revenue"))


def test_a_miss_stands_beside_what_was_known_then(shop: Settings) -> None:
    assert "| 2026-03 | alles samen | € 25,97 | € 21,00 | ✘ niet gehaald | risico (2026-04-02) |  |" in section(
        shop, "cpa"
    )


def test_a_period_that_was_won_at_the_cost_of_a_guardrail_gives_its_reason(shop: Settings) -> None:
    (line,) = (line for line in section(shop, "cpa") if line.startswith("| 2026-01 |"))
    assert "! risico" in line
    assert "groei niet duurzaam" in line


def test_the_targets_have_their_history(shop: Settings) -> None:
    lines = section(shop, "cpa")
    assert "| month | 2025-07-01 | 2026-01-31 | € 24 |" in lines
    assert "| month | 2026-02-01 |  | € 21 |" in lines


def test_since_leaves_older_periods_out(shop: Settings) -> None:
    assert not [line for line in section(shop, "cpa", date(2026, 3, 1)) if line.startswith("| 2026-01 |")]


def test_both_languages_have_every_word() -> None:
    assert WORDS["nl"].keys() == WORDS["en"].keys()


def test_it_is_written_to_a_file_in_another_language(shop: Settings, tmp_path: Path) -> None:
    command = ["--settings", str(shop.folder / "kompas.yaml"), "review", "--out", str(tmp_path / "r.md")]
    done = CliRunner().invoke(main, [*command, "--language", "en"])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# KPI review of Winkel\n")
