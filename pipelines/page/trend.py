"""How a KPI went: its last periods as points, each with the target that was in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.headline import is_whole
from pipelines.page import periods

Row = dict[str, Any]
SHOWN = {"day": 28, "week": 12, "month": 13, "quarter": 9, "half_year": 5, "year": 6}
"""How many periods a trend shows: a year and the period of a year before, where that is legible."""


@dataclass(frozen=True)
class Point:
    """A period of a KPI. Figures are in its unit; None where there is none."""

    tick: str
    name: str
    actual: float | None
    target: float | None
    low: float | None
    high: float | None
    is_open: bool
    is_whole: bool
    forecast: float | None
    interval: tuple[float, float] | None
    verdict: str


def points(rows: Sequence[Row], grain: str, language: str) -> list[Point]:
    """The newest periods of a grain, oldest first, from the first whole figure on, else from the first figure.

    The month in which a company's history begins is a part of a month, and would set the scale for all others.
    """
    own = sorted((row for row in rows if row["grain"] == grain), key=lambda row: row["period_start"])
    shown = [_point(row, language) for row in own[-SHOWN[grain] :]]
    known = [number for number, point in enumerate(shown) if point.actual is not None]
    whole = [number for number in known if shown[number].is_whole]
    return shown[min(whole or known, default=len(shown)) :]


def _point(row: Row, language: str) -> Point:
    low, high = row["interval_low"], row["interval_high"]
    is_open = row["period_state"] == "in_progress"
    return Point(
        periods.short(row["grain"], row["period_start"], language),
        periods.long(row["grain"], row["period_start"], language),
        row["actual"],
        row["target"],
        row["target_low"],
        row["target_high"],
        is_open,
        is_whole(row),
        row["forecast"],
        (low, high) if is_open and low is not None and high is not None else None,
        row["verdict"],
    )
