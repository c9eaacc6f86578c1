"""How often customers will buy again: what must hold for any customers, and what is refused."""

from __future__ import annotations

from dataclasses import astuple
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipelines.clv import bgnbd
from pipelines.clv.bgnbd import Bgnbd
from pipelines.clv.no_figure import NoFigureError, Reason
from tests.clv.simulated import BUYERS, purchases

Reals = NDArray[np.float64]
Customer = tuple[Reals, Reals, Reals]
models = st.builds(
    Bgnbd, r=st.floats(1e-3, 100), alpha=st.floats(0.1, 1e4), a=st.floats(1e-3, 100), b=st.floats(1e-3, 100)
)
NEW = np.zeros(1)
weeks = st.floats(0, 1500)


@st.composite
def customers(draw: Any) -> Customer:
    """One customer, from the one who came today to the one who has come thousands of times."""
    frequency, age = draw(st.sampled_from([0, 1, 2, 7, 60, 900, 5000])), draw(weeks)
    recency = draw(st.floats(0, 1)) * age if frequency else 0.0
    return np.array([float(frequency)]), np.array([recency]), np.array([age])


@cache
def simulated(count: int = 1500, seed: int = 11) -> Customer:
    return purchases(BUYERS, count, seed)


@given(models, customers())
def test_the_likelihood_of_any_customer_is_a_number(model: Bgnbd, customer: Customer) -> None:
    assert np.isfinite(bgnbd.log_likelihood(model, *customer)).all()
    assert np.isfinite(bgnbd.gradient(model, *customer)).all()


@given(models, customers())
def test_the_probability_to_be_alive_is_one(model: Bgnbd, customer: Customer) -> None:
    assert 0 <= bgnbd.probability_alive(model, *customer)[0] <= 1


@given(models, customers(), st.floats(0.1, 500))
def test_it_falls_while_nothing_is_bought(model: Bgnbd, customer: Customer, silence: float) -> None:
    frequency, recency, age = customer
    before, after = (bgnbd.probability_alive(model, frequency, recency, age + wait)[0] for wait in (0.0, silence))
    assert after <= before
    assert after < before or frequency[0] == 0 or after in (0, 1) or before == pytest.approx(1)


@given(models, customers(), st.floats(0, 520))
def test_expected_purchases_are_a_number_from_0_to_those_of_who_never_leaves(
    model: Bgnbd, customer: Customer, time: float
) -> None:
    frequency, _, age = customer
    expected = bgnbd.expected_purchases(model, *customer, time)[0]
    most = (model.r + frequency[0]) / (model.alpha + age[0]) * time
    assert 0 <= expected <= most * (1 + 1e-6) + 1e-12


@given(models, customers(), st.floats(0.1, 250), st.floats(0.1, 250))
def test_more_time_brings_more_purchases(model: Bgnbd, customer: Customer, time: float, more: float) -> None:
    one, other = (bgnbd.expected_purchases(model, *customer, horizon)[0] for horizon in (time, time + more))
    assert one <= other * (1 + 1e-9) + 1e-12


@pytest.mark.parametrize("a", [1.0, 1.0 + 1e-9])
def test_the_holes_of_the_formula_are_filled(a: float) -> None:
    """At a = 1, and at a + b + x = 1, it is 0/0."""
    beside = bgnbd.expected_purchases(Bgnbd(0.3, 5, 1 + 1e-4, 2), NEW, NEW, NEW, 30.0)
    assert bgnbd.expected_purchases(Bgnbd(0.3, 5, a, 2), NEW, NEW, NEW, 30.0) == pytest.approx(beside, rel=1e-3)
    beside = bgnbd.expected_purchases(Bgnbd(0.3, 5, 0.4, 0.6001), NEW, NEW, NEW, 30.0)
    assert bgnbd.expected_purchases(Bgnbd(0.3, 5, 0.4, 0.6), NEW, NEW, NEW, 30.0) == pytest.approx(beside, rel=1e-3)


def test_expected_purchases_are_those_of_simulated_customers() -> None:
    frequency, _, age = purchases(BUYERS, 100_000, seed=3)
    expected = bgnbd.expected_purchases(BUYERS, NEW, NEW, NEW, age)
    assert expected.mean() == pytest.approx(frequency.mean(), rel=0.02)


@pytest.mark.parametrize("place", range(4))
def test_the_gradient_is_the_slope_of_the_likelihood(place: int) -> None:
    step = np.zeros(4)
    step[place] = 1e-5
    up, down = (bgnbd.log_likelihood(Bgnbd(*(astuple(BUYERS) + side)), *simulated()) for side in (step, -step))
    assert bgnbd.gradient(BUYERS, *simulated())[place] == pytest.approx((up - down) / 2e-5, abs=1e-5)


def test_known_parameters_are_found_again() -> None:
    found = bgnbd.fit(*purchases(BUYERS, 20_000, seed=5))
    assert astuple(found) == pytest.approx(astuple(BUYERS), rel=0.1)


def test_the_unit_of_time_changes_alpha_only() -> None:
    frequency, recency, age = simulated()
    weekly, daily = bgnbd.fit(frequency, recency, age), bgnbd.fit(frequency, recency * 7, age * 7)
    expected = [weekly.r, weekly.alpha * 7, weekly.a, weekly.b]
    assert astuple(daily) == pytest.approx(expected, rel=1e-5)


def test_the_order_of_customers_changes_nothing() -> None:
    frequency, recency, age = simulated()
    assert bgnbd.fit(frequency[::-1], recency[::-1], age[::-1]) == bgnbd.fit(frequency, recency, age)


def test_too_few_customers_who_came_back_give_no_fit() -> None:
    with pytest.raises(NoFigureError, match="came back, and 200 are needed") as refused:
        bgnbd.fit(*purchases(BUYERS, 250, seed=1))
    assert refused.value.reason == Reason.TOO_FEW_REPEAT_CUSTOMERS


@pytest.mark.parametrize("minimum", [0, 1])
def test_nobody_at_all_gives_no_fit(minimum: int) -> None:
    nobody = np.zeros(0)
    with pytest.raises(NoFigureError):
        bgnbd.fit(nobody, nobody, nobody, minimum)


def test_customers_who_never_leave_give_no_fit() -> None:
    """A horizon of years would be filled with the purchases of everyone."""
    with pytest.raises(NoFigureError) as refused:
        bgnbd.fit(*purchases(Bgnbd(2.0, 10.0, 1e-3, 100.0), 500, seed=2))
    assert refused.value.reason == Reason.NO_DROPOUT_SEEN


def test_customers_who_are_all_alike_do_give_one() -> None:
    alike = Bgnbd(r=5000.0, alpha=50_000.0, a=3000.0, b=7000.0)
    found = bgnbd.fit(*purchases(alike, 2000, seed=4))
    one, other = (bgnbd.expected_purchases(model, NEW, NEW, NEW, 100.0) for model in (found, alike))
    assert one == pytest.approx(other, rel=0.05)


@pytest.mark.parametrize("customer", [(1, 5, 4), (-1, 0, 1), (0, 1, 2), (1, -1, 2), (1, np.nan, 2)])
def test_a_customer_who_cannot_be_is_an_error(customer: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="recency"):
        bgnbd.fit(*np.array([customer], float).T)


@given(models, weeks)
def test_a_customer_who_bought_once_is_alive(model: Bgnbd, age: float) -> None:
    assert bgnbd.probability_alive(model, np.zeros(1), np.zeros(1), np.array([age])) == [1.0]


def test_who_bought_on_hundreds_of_days_has_a_figure_too() -> None:
    """SciPy 1.17 gives NaN for 2F1(1, 1; 902; 0.909)."""
    model = Bgnbd(r=1.0, alpha=0.5, a=2.0, b=1.0)
    customer = np.array([900.0]), np.array([0.0]), np.array([0.0])
    assert 0 < bgnbd.expected_if_alive(model, customer[0], customer[2], 5.0)[0] < 901 / 0.5 * 5
