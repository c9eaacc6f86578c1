"""The judge of verdicts is judged: its days are those of the company, its intervals those that papers print."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from sandbox.company import World
from sandbox.truth import true_measures
from tests.conftest import morning_after
from tests.end_to_end.oracle import noise
from tests.end_to_end.oracle.known import LOOK_BACK_DAYS, SOURCES, VISITORS, Known
from tests.end_to_end.oracle.periods import Period, begun

FIRST, NIGHT = date(2026, 1, 1), date(2026, 5, 20)
EVERYTHING = set(LOOK_BACK_DAYS)
PERIODS = [
    Period("week", date(2026, 3, 23)),
    Period("week", date(2026, 5, 18)),
    Period("month", date(2026, 2, 1)),
    Period("month", date(2026, 5, 1)),
    Period("quarter", date(2026, 1, 1)),
    Period("year", date(2026, 1, 1)),
]


_ELSEWHERE = (
    "ad_days WHERE platform NOT IN ('google_ads', 'meta_ads')",
    "ad_conversions WHERE platform NOT IN ('google_ads', 'meta_ads')",
    *("mailings", "mailing_deltas", "outlet_orders", "outlet_lines", "outlet_refunds"),
)
"""What the company does on platforms that the judge's year does not connect."""


def company_at(night: date) -> World:
    """The company as it is known after a night, as if it were on the year's platforms only."""
    world = World(seed=7, scale=0.1, first_day=date(2025, 11, 1), now=morning_after(night))
    for rows in _ELSEWHERE:
        world.query(f"DELETE FROM {rows}")
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return company_at(NIGHT)


@pytest.fixture(scope="module")
def known(world: World) -> Known:
    known = Known(FIRST, NIGHT, (NIGHT - FIRST).days + 1)
    known.night(world, NIGHT, EVERYTHING, {})
    return known


@pytest.mark.parametrize("period", PERIODS, ids=str)
def test_the_days_of_a_period_are_the_company_s(world: World, known: Known, period: Period) -> None:
    true = true_measures(world, period.start, period.through(NIGHT))
    found = {name: known.total(name, period, period.through(NIGHT)) for name in SOURCES if name in true}
    assert found == {name: pytest.approx(true[name], rel=1e-9) for name in found}
    assert len(found) > 12


def test_what_came_after_the_night_is_not_known_by_it(world: World) -> None:
    then, month = date(2026, 5, 5), Period("month", date(2026, 4, 1))
    known = Known(FIRST, NIGHT, (then - FIRST).days + 1)
    earlier = company_at(then)
    known.night(earlier, then, EVERYTHING, {})
    before = known.total("ad_conversions", month, month.end)
    known.night(world, NIGHT, EVERYTHING - {"meta_ads"}, {"google_ads": "missing"})
    assert known.total("ad_conversions", month, month.end) == before
    known.night(world, NIGHT, EVERYTHING, {})
    assert known.total("ad_conversions", month, month.end) > before


def test_a_platform_that_failed_leaves_its_days_open_until_it_answers(world: World) -> None:
    known = Known(FIRST, NIGHT, 100)
    days = [date(2026, 5, 17), date(2026, 5, 18), NIGHT]
    for day, failed in zip(days, [{}, {"shopify": "quota"}, {}], strict=True):
        known.night(world, day, EVERYTHING, failed)
        states = known.states("orders", days[0], day)
        assert [day for day in states if day] == ([{"quota"}] if failed else [])


@pytest.mark.parametrize("grain", ["week", "month", "quarter", "half_year", "year"])
def test_periods_follow_each_other_without_a_gap(grain: str) -> None:
    found = list(begun(grain, date(2023, 1, 2), date(2029, 1, 1)))
    assert all(one.end < two.start and two.before == one for one, two in pairwise(found))
    assert sum(period.days for period in found) == (found[-1].end - found[0].start).days + 1


def test_visitors_of_two_weeks_are_fewer_than_the_sum(known: Known) -> None:
    month = Period("month", date(2026, 3, 1))
    weeks = [Period("week", date(2026, 3, day)) for day in (2, 9, 16, 23)]
    assert known.total(VISITORS, month, month.end) < sum(known.total(VISITORS, week, week.end) for week in weeks)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_s_interval_is_the_one_that_newcombe_prints(
    successes: int, trials: int, low: float, high: float
) -> None:
    """Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3."""
    assert noise.wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_the_interval_of_a_mean_is_two_standard_errors_wide() -> None:
    scores = [6, 7, 8, 9, 10]
    found = noise.mean(sum(scores), sum(score**2 for score in scores), len(scores))
    assert found == pytest.approx((8 - 1.96 * 0.5**0.5, 8 + 1.96 * 0.5**0.5), rel=1e-4)


def test_fewer_customers_make_a_cost_per_customer_higher() -> None:
    assert noise.by_count(50.0, events=20, above_the_line=False) == pytest.approx(
        (1000 / 30.8942, 1000 / 12.9474), rel=1e-5
    )
