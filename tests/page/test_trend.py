"""The points of a trend."""

from __future__ import annotations

from typing import Any

from pipelines.page.trend import points
from tests.page.companies import MONTHS, verdict

PART: dict[str, Any] = {"verdict": "no_verdict", "reason_code": "missing"}


def months(*actuals: float | None, first: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    rows = [verdict("revenue", start, value) for start, value in zip(MONTHS[-len(actuals) :], actuals, strict=True)]
    rows[0] |= first or {}
    lacking = dict.fromkeys(("interval_low", "interval_high", "target_low", "target_high", "forecast", "reason_code"))
    return [lacking | row for row in rows]


def test_it_begins_with_the_first_whole_figure() -> None:
    assert [point.actual for point in points(months(3.0, 9.0, 8.0, first=PART), "month", "nl")] == [9.0, 8.0]


def test_where_no_figure_is_whole_it_begins_with_the_first() -> None:
    assert [point.actual for point in points(months(3.0, first=PART), "month", "nl")] == [3.0]


def test_a_period_without_a_figure_in_between_stays_a_gap() -> None:
    assert [point.actual for point in points(months(None, 9.0, None, 8.0), "month", "nl")] == [9.0, None, 8.0]


def test_it_shows_thirteen_months_at_most() -> None:
    assert len(points(months(*([5.0] * 13)) * 2, "month", "nl")) == 13


def test_periods_have_short_names() -> None:
    assert [point.tick for point in points(months(1.0, 2.0), "month", "nl")] == ["okt", "nov"]
