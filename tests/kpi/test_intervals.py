"""Intervals against what defines them and against SciPy, not against formulas written down a second time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests.kpi import intervals
from tests.kpi.verdict_sql import expression, values_of

Z = 1.96
ROUNDED = 1e-4
"""1.96 is 1.959964, rounded; 1.92 and 0.96 are its square, halved and in four."""
some = settings(max_examples=80, deadline=None)


def ends(kind: str, **values: float | None) -> tuple[Any, ...]:
    """The lower and the upper end of an interval over these columns."""
    columns = [f"${name}" for name in values]
    return values_of(*(expression(f"{kind}_{end}", *columns) for end in ("low", "high")), **values)


@given(st.integers(1, 10_000), st.floats(0, 1))
@some
def test_a_proportion_at_either_end_is_196_standard_errors_from_the_seen_one(trials: int, part: float) -> None:
    successes = round(part * trials)
    seen = successes / trials
    for end in ends("wilson", successes=float(successes), trials=float(trials)):
        assert abs(seen - end) == pytest.approx(Z * math.sqrt(max(end * (1 - end), 0) / trials), rel=ROUNDED, abs=1e-7)


@pytest.mark.parametrize(("successes", "trials"), [(5, 50), (0, 10), (10, 10), (1, 1), (30, 1000), (617, 20_000)])
def test_a_proportion_has_wilsons_interval(successes: int, trials: int) -> None:
    known = stats.binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    found = ends("wilson", successes=float(successes), trials=float(trials))
    assert found == pytest.approx((known.low, known.high), abs=2e-5)


@given(st.integers(1, 10_000), st.floats(0, 1))
@some
def test_a_proportion_lies_in_its_interval_and_that_between_none_and_all(trials: int, part: float) -> None:
    successes = round(part * trials)
    low, high = ends("wilson", successes=float(successes), trials=float(trials))
    assert -1e-12 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1 + 1e-12


def test_more_successes_than_trials_are_no_proportion() -> None:
    assert ends("wilson", successes=11.0, trials=10.0) == (None, None)


def test_no_trials_have_no_interval() -> None:
    assert ends("wilson", successes=0.0, trials=0.0) == (None, None)


@given(st.lists(st.integers(1, 10).map(float), min_size=2, max_size=200))
@some
def test_a_mean_has_196_standard_errors_on_either_side(answers: list[float]) -> None:
    error = Z * float(np.std(answers, ddof=1)) / math.sqrt(len(answers))
    squares = sum(answer**2 for answer in answers)
    found = ends("mean", total=sum(answers), squares=squares, observations=float(len(answers)))
    assert found == pytest.approx((np.mean(answers) - error, np.mean(answers) + error), abs=1e-6 + ROUNDED * error)


@pytest.mark.parametrize("observations", [0.0, 1.0])
def test_one_observation_has_no_spread(observations: float) -> None:
    assert ends("mean", total=8.0, squares=64.0, observations=observations) == (None, None)


def test_equal_observations_have_none_but_a_point_also_where_rounding_makes_the_spread_negative() -> None:
    found = ends("mean", total=0.1 * 3, squares=3 * 0.1**2 - 1e-18, observations=3.0)
    assert found == pytest.approx((0.1, 0.1), abs=1e-7)


@given(st.integers(0, 100_000))
@some
def test_a_count_at_either_end_is_196_standard_deviations_from_the_seen_one(events: int) -> None:
    for end in ends("count", events=float(events)):
        assert abs(events - end) == pytest.approx(Z * math.sqrt(max(end, 0)), rel=ROUNDED, abs=2e-3)


def test_no_events_may_still_be_nearly_four() -> None:
    assert ends("count", events=0.0) == pytest.approx((0, 3.84), abs=1e-2)


@pytest.mark.parametrize(
    ("share", "elapsed", "remaining", "deviation"),
    [
        (1.0, 100.0, 0.0, 0.0),  # all days are in
        (0.5, 100.0, 0.0, 10.0),  # what happened so far is taken to go on
        (0.5, 0.0, 100.0, 10.0),
        (0.5, 9.0, 16.0, 5.0),  # independent: squares add up
        (0.25, 1.0, 0.0, 3.0),  # three times as much is still to come
        (0.2, 4.0, 36.0, 10.0),  # sqrt(36 + 16 x 4)
    ],
)
def test_a_forecast_deviates_by_the_days_to_come_and_by_what_the_days_so_far_are_multiplied_with(
    share: float, elapsed: float, remaining: float, deviation: float
) -> None:
    sql = expression("forecast_deviation", "$share", "$elapsed", "$remaining")
    (found,) = values_of(sql, share=share, elapsed=elapsed, remaining=remaining)
    assert found == pytest.approx(deviation)


@pytest.mark.parametrize("kind", intervals.KINDS)
def test_the_intervals_of_the_table_are_those_of_scipy(kind: str) -> None:
    assert intervals.holds(kind, intervals.query(kind))
