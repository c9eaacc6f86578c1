"""Periods in words."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.period import Period, of, parse

PERIODS = {
    "2026-11-15": Period("day", date(2026, 11, 15), date(2026, 11, 15)),
    "2026-W47": Period("week", date(2026, 11, 16), date(2026, 11, 22)),
    "2026-W01": Period("week", date(2025, 12, 29), date(2026, 1, 4)),
    "2020-W53": Period("week", date(2020, 12, 28), date(2021, 1, 3)),
    "2026-11": Period("month", date(2026, 11, 1), date(2026, 11, 30)),
    "2028-02": Period("month", date(2028, 2, 1), date(2028, 2, 29)),
    "2026-Q3": Period("quarter", date(2026, 7, 1), date(2026, 9, 30)),
    "2026-Q4": Period("quarter", date(2026, 10, 1), date(2026, 12, 31)),
    "2026-H1": Period("half_year", date(2026, 1, 1), date(2026, 6, 30)),
    "2026-H2": Period("half_year", date(2026, 7, 1), date(2026, 12, 31)),
    "2026": Period("year", date(2026, 1, 1), date(2026, 12, 31)),
}


@pytest.mark.parametrize("words", PERIODS)
def test_words_are_a_period_and_back(words: str) -> None:
    assert parse(words) == PERIODS[words]
    assert str(parse(words)) == words


def test_letters_may_be_small() -> None:
    assert parse(" 2026-w47 ") == PERIODS["2026-W47"]


@pytest.mark.parametrize(
    "words",
    ["2026-13", "2026-00", "2026-W54", "2025-W53", "2026-Q5", "2026-Q0", "2026-H3", "2026-02-30", "november", ""],
)
def test_what_is_no_period_is_refused_with_the_forms_that_are(words: str) -> None:
    with pytest.raises(ValueError, match="2026-W47"):
        parse(words)


def test_a_period_counts_its_days() -> None:
    assert of("quarter", date(2026, 1, 1)).days == 90
