"""What customers spend at a time."""

from __future__ import annotations

from dataclasses import astuple
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.clv import gamma_gamma
from pipelines.clv.gamma_gamma import GammaGamma
from pipelines.clv.no_figure import NoFigureError, Reason
from tests.clv.simulated import BUYERS, SPENDERS, mean_values, purchases

Reals = NDArray[np.float64]


@cache
def simulated(count: int) -> tuple[Reals, Reals]:
    frequency, _, _ = purchases(BUYERS, count, seed=21)
    return frequency, mean_values(SPENDERS, frequency, seed=22)


def test_known_parameters_are_found_again() -> None:
    assert astuple(gamma_gamma.fit(*simulated(30_000))) == pytest.approx(astuple(SPENDERS), rel=0.1)


@settings(max_examples=3, deadline=None)
@given(st.floats(1e-3, 1e5))
def test_another_currency_changes_v_only(rate: float) -> None:
    frequency, mean = simulated(600)
    one, other = gamma_gamma.fit(frequency, mean), gamma_gamma.fit(frequency, mean * rate)
    assert astuple(other) == pytest.approx([one.p, one.q, one.v * rate], rel=1e-4)


@given(st.floats(1, 5000), st.floats(0.01, 1e6))
def test_what_is_expected_lies_between_a_customers_own_mean_and_that_of_all(frequency: float, mean: float) -> None:
    (expected,) = gamma_gamma.expected_value(SPENDERS, np.array([frequency]), np.array([mean]))
    low, high = sorted((mean, SPENDERS.mean_value))
    assert low * (1 - 1e-9) <= expected <= high * (1 + 1e-9)


@pytest.mark.parametrize("place", range(3))
def test_the_gradient_is_the_slope_of_the_likelihood(place: int) -> None:
    frequency, mean = (column[simulated(1500)[0] > 0] for column in simulated(1500))
    step = np.zeros(3)
    step[place] = 1e-5
    up, down = (
        gamma_gamma.log_likelihood(GammaGamma(*(astuple(SPENDERS) + side)), frequency, mean) for side in (step, -step)
    )
    assert gamma_gamma.gradient(SPENDERS, frequency, mean)[place] == pytest.approx((up - down) / 2e-5, abs=1e-5)


def test_who_bought_once_is_expected_to_spend_as_all_do() -> None:
    assert gamma_gamma.expected_value(SPENDERS, np.zeros(1), np.zeros(1)) == pytest.approx([SPENDERS.mean_value])


def test_who_sent_more_back_than_was_bought_counts_as_nothing_spent() -> None:
    made = gamma_gamma.expected_value(SPENDERS, np.ones(2), np.array([-5.0, 0.0]))
    assert made[0] == made[1] > 0


def test_amounts_that_are_not_known_give_no_value_and_are_not_fitted() -> None:
    frequency, mean = simulated(1500)
    holes = np.r_[mean, np.nan, -3.0]
    assert gamma_gamma.fit(np.r_[frequency, 1.0, 1.0], holes) == gamma_gamma.fit(frequency, mean)
    assert np.isnan(gamma_gamma.expected_value(SPENDERS, np.ones(1), np.array([np.nan])))


def test_too_few_amounts_give_no_fit() -> None:
    with pytest.raises(NoFigureError, match="and 200 are needed") as refused:
        gamma_gamma.fit(np.ones(199), np.full(199, 20.0))
    assert refused.value.reason == Reason.TOO_FEW_REPEAT_CUSTOMERS


def test_amounts_without_a_mean_give_no_fit() -> None:
    """A few customers spend more than all others together, whatever their number."""
    frequency = np.full(3000, 4.0)
    with pytest.raises(NoFigureError) as refused:
        gamma_gamma.fit(frequency, mean_values(GammaGamma(5.0, 0.7, 10.0), frequency, seed=23))
    assert refused.value.reason == Reason.INFINITE_MEAN_VALUE


def test_customers_who_all_spend_the_same_give_that() -> None:
    model = gamma_gamma.fit(np.full(300, 2.0), np.full(300, 25.0))
    assert model.mean_value == pytest.approx(25.0, rel=1e-3)
