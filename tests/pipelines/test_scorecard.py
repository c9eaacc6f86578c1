"""The scorecard in the terminal."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from pipelines.register import SEGMENT
from pipelines.scorecard import Row, period, reasons, rows, table
from tests.spaces import plain

ROW: Row = {
    "name_nl": "Omzet",
    "name_en": "Revenue",
    **dict.fromkeys(SEGMENT, "all"),
    "grain": "month",
    "period_start": date(2026, 10, 1),
    "period_state": "complete",
    "actual": 24525.728,
    "target": 80000.0,
    "unit": "EUR",
    "verdict": "off_target",
    "reason": None,
}


def shown(*found: Row, language: str = "nl") -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table(list(found), language, "Acme"))
    return plain(captured.get())


@pytest.mark.parametrize(
    ("grain", "start", "text"),
    [
        ("day", date(2026, 11, 15), "2026-11-15"),
        ("week", date(2026, 12, 28), "2026-W53"),
        ("month", date(2026, 10, 1), "2026-10"),
        ("quarter", date(2026, 10, 1), "2026-Q4"),
        ("half_year", date(2026, 7, 1), "2026-H2"),
        ("year", date(2026, 1, 1), "2026"),
    ],
)
def test_a_period_is_written_as_iso_8601_does(grain: str, start: date, text: str) -> None:
    assert period(ROW | {"grain": grain, "period_start": start}, "nl") == text


def test_a_period_in_progress_says_so() -> None:
    assert period(ROW | {"period_state": "in_progress"}, "nl") == "2026-10 (loopt)"


@pytest.mark.parametrize(
    ("verdict", "sign", "word"),
    [
        ("on_target", "✔", "op koers"),
        ("at_risk", "!", "risico"),
        ("off_target", "✘", "niet gehaald"),
        ("no_verdict", "?", "geen oordeel"),
    ],
)
def test_a_verdict_is_shown_by_sign_and_word(verdict: str, sign: str, word: str) -> None:
    assert f"{sign} {word}" in shown(ROW | {"verdict": verdict})


def test_the_scorecard_fits_eighty_columns() -> None:
    wide = ROW | {"name_nl": "Kosten per acquisitie (CPA)", "actual": 123456789.0, "period_state": "in_progress"}
    assert all(len(line) <= 80 for line in shown(wide).splitlines())


def test_figure_and_target_stand_side_by_side() -> None:
    assert any("€ 24.525,73" in line and "€ 80.000,00" in line for line in shown(ROW).splitlines())


def test_english_is_one_setting_away() -> None:
    assert all(word in shown(ROW, language="en") for word in ("Revenue", "Verdict", "off target"))


def test_a_segment_is_named() -> None:
    assert "Omzet · nl · Email" in shown(ROW | {"brand": "nl", "channel": "Email"})
    assert "Omzet · BE · jas" in shown(ROW | {"country": "BE", "keyword": "jas"})


def test_a_row_without_a_verdict_says_why() -> None:
    unknown: dict[str, Any] = {"verdict": "no_verdict", "reason": "gegevens ontbreken: shopify Webshop"}
    assert reasons([ROW, ROW | unknown], "nl") == ["? Omzet, 2026-10: gegevens ontbreken: shopify Webshop"]


def test_before_the_first_night_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `kompas run` first"):
        rows(tmp_path / "kompas.duckdb")
