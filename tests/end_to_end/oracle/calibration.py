"""How good the forecasts are: `python -m tests.end_to_end.oracle.calibration [--scale 1] [--seeds 7 8 9]`.

Every night of 2026, each sum in progress is forecast from what the lake knew that night, and held against what the
period came to. Two years of history, so that the shape of the year before is there. The share of the forecasts whose
95 % interval held the outcome, and the mean absolute error as a share of the outcome, by grain and by how much of the
period had passed; with the year's shape, and without. Minutes; nothing is asserted.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from sandbox.company import World
from tests.conftest import morning_after
from tests.end_to_end.oracle.known import Known
from tests.end_to_end.oracle.pace import pace
from tests.end_to_end.oracle.periods import GRAINS, Period

COMPANY_FROM, HISTORY_FROM = date(2024, 1, 1), date(2024, 12, 30)
FIRST, LAST = date(2026, 1, 4), date(2026, 12, 31)
SETTLED = date(2027, 2, 28)
"""Refunds are booked on their own day, so revenue stands still by then."""
MEASURES = {"net_revenue": False, "orders": True, "sessions": True, "visitors": True}
"""Whether the measure is a count."""
PARTS = ((0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0))


@dataclass(frozen=True)
class Forecast:
    """One forecast and what came: `error` is a share of the outcome."""

    measure: str
    grain: str
    elapsed: float
    with_last_year: bool
    held: bool
    error: float


def forecasts(seed: int, scale: float) -> Iterator[Forecast]:
    """All forecasts of the year's nights, of periods of which a fifth has passed and that ended within the year."""
    world = World(seed=seed, scale=scale, first_day=COMPANY_FROM, now=morning_after(FIRST))
    known = Known(HISTORY_FROM, LAST, (FIRST - HISTORY_FROM).days + 1)
    made: list[tuple[str, Period, float, bool, float, tuple[float, float]]] = []
    for night in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
        world.now = morning_after(night)
        known.night(world, night, {"ga4", "shopify"}, {})
        made += _made(known, night)
    world.now = morning_after(SETTLED)
    outcome = Known(HISTORY_FROM, LAST, (LAST - HISTORY_FROM).days + 1)
    outcome.night(world, LAST, {"ga4", "shopify"}, {})
    for measure, period, elapsed, with_last_year, forecast, (low, high) in made:
        came = outcome.total(measure, period, period.end)
        yield Forecast(measure, period.grain, elapsed, with_last_year, low <= came <= high, abs(forecast - came) / came)


def _made(known: Known, night: date) -> Iterator[tuple[str, Period, float, bool, float, tuple[float, float]]]:
    for grain in GRAINS:
        period = Period.of(grain, night)
        elapsed = ((night - period.start).days + 1) / period.days
        if period.start < known.first or not PARTS[0][0] <= elapsed < 1 or period.end > LAST:
            continue
        for measure, is_count in MEASURES.items():
            for with_last_year in (True, False):
                found = pace(known, measure, period, night, is_count=is_count, with_last_year=with_last_year)
                if found and found.interval:
                    yield measure, period, elapsed, with_last_year, found.forecast, found.interval


def report(found: list[Forecast]) -> Iterator[str]:
    """Markdown: a row per measure, grain and part of the period."""
    yield "| measure | grain | elapsed | forecasts | held | error | held without the year before | error without |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    groups: dict[tuple[str, str, tuple[float, float], bool], list[Forecast]] = defaultdict(list)
    for one in found:
        part = next(part for part in PARTS if part[0] <= one.elapsed < part[1])
        groups[one.measure, one.grain, part, one.with_last_year].append(one)
    for measure in MEASURES:
        for grain in GRAINS:
            for part in PARTS:
                both = [groups[measure, grain, part, with_last_year] for with_last_year in (True, False)]
                if all(both):
                    figures = " | ".join(f"{_held(some)} | {_error(some)}" for some in both)
                    yield f"| {measure} | {grain} | {part[0]:.0%} to {part[1]:.0%} | {len(both[0])} | {figures} |"


def _held(some: list[Forecast]) -> str:
    return f"{fmean(one.held for one in some):.0%}"


def _error(some: list[Forecast]) -> str:
    return f"{fmean(one.error for one in some):.1%}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="size of the company: 1 is 1,500 visits a day")
    parser.add_argument("--seeds", type=int, nargs="+", default=[7])
    told = parser.parse_args()
    print("\n".join(report([one for seed in told.seeds for one in forecasts(seed, told.scale)])))
