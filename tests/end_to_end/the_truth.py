"""What the published warehouse should hold, from the simulated company's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.company import World
from sandbox.truth import period_end, true_clv, true_kpis, true_measures
from tests.conftest import HISTORY_FROM
from tests.house import Tables, of

OF_OTHER_TOOLS = ("csat", "lead_time", "lead_time_median", "social_engagement", "search_position")
"""KPIs that neither the site, the shop, ads nor newsletters feed."""
KPIS = (
    *("conversion_rate", "cpa", "website_traffic", "email_open_rate", "return_rate", "revenue", "roas", "aov", "clv"),
    *OF_OTHER_TOOLS,
)
GROSS_MARGIN = 0.45
"""Of the demo's kompas.yaml."""
ALL = {"brand": "all", "country": "all", "channel": "all", "keyword": "all"}


@dataclass(frozen=True)
class Period:
    """A period, as far as the night has come in it."""

    grain: str
    start: date
    through: date


def periods(first: date, last: date) -> list[Period]:
    """The weeks, months and quarters that began in first..last, whole ones and those in progress on `last`."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    starts = [
        *(("week", day) for day in days if day.weekday() == 0),
        *(("month", day) for day in days if day.day == 1),
        *(("quarter", day) for day in days if day.day == 1 and day.month % 3 == 1),
    ]
    return [Period(grain, start, min(period_end(grain, start), last)) for grain, start in starts]


def published_kpis(tables: Tables, period: Period) -> dict[str, Any]:
    """The KPIs over everything in a period; one whose data has a problem is not there."""
    rows = of(tables["kpi.kpi_values"], grain=period.grain, period_start=period.start, problem_code=None, **ALL)
    assert {row["through_day"] for row in rows} <= {period.through}
    return {row["kpi_id"]: row["value"] for row in rows}


def published_measures(tables: Tables, period: Period) -> dict[str, Any]:
    rows = of(tables["kpi.kpi_period_measures"], grain=period.grain, period_start=period.start, **ALL)
    return {row["measure"]: row["value"] for row in rows}


def kpi_differences(tables: Tables, world: World, wanted: list[Period], history_from: date = HISTORY_FROM) -> list[str]:
    """Every KPI of every period that is not published as it truly is, or not at all; or published too early."""
    return [
        f"{kpi} {period}: {published.get(kpi)} instead of {true[kpi]}"
        for period in wanted
        for true in [true_figures(world, period, history_from)]
        for published in [published_kpis(tables, period)]
        for kpi in KPIS
        if (kpi in published) == (kpi == "search_position" and lacks_days_of_google(world, period))
        or (kpi in published and not same(published[kpi], true[kpi]))
    ]


def lacks_days_of_google(world: World, period: Period) -> bool:
    """Whether a period is over, and Google has not finished all of its days."""
    sql = "SELECT max(date) FROM rare_searches WHERE final_at <= ?"
    is_over = period.through == period_end(period.grain, period.start)
    return bool(is_over and period.through > world.query(sql, [world.clock])[0][0])


def true_figures(world: World, period: Period, history_from: date = HISTORY_FROM) -> dict[str, Any]:
    """The KPIs of a period. A lifetime value is of the customers who were won since our history began."""
    clv = true_clv(world, history_from, period.through, GROSS_MARGIN)
    return true_kpis(world, period.grain, period.start, period.through) | {"clv": clv}


def measure_differences(tables: Tables, world: World, wanted: list[Period]) -> list[str]:
    return [
        f"{name} {period}: {published.get(name)} instead of {true}"
        for period in wanted
        for published in [published_measures(tables, period)]
        for name, true in true_measures(world, period.start, period.through).items()
        if not same(published.get(name, 0.0), true)
    ]


def same(found: float | None, true: float | None) -> bool:
    if found is None or true is None:
        return found is true
    return found == pytest.approx(true, rel=1e-6)


def days(first: date, last: date) -> Iterator[Period]:
    """Days, which only measures know."""
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        yield Period("day", day, day)
