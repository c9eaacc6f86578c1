"""Transactions become customers."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clv.rfm import Rfm, Transactions, summarise

END = date(2026, 3, 31)
rows = st.lists(
    st.tuples(
        st.sampled_from("abcd"), st.dates(date(2026, 1, 1), date(2026, 4, 9)), st.floats(-100, 1000, allow_nan=False)
    ),
    max_size=30,
)
Rows = list[tuple[str, date, float]]


def told(some: Rows) -> Transactions:
    customer, day, amount = zip(*some, strict=True) if some else ((), (), ())
    return Transactions(np.array(customer, str), np.array(day, "datetime64[D]"), np.array(amount, float))


def columns(rfm: Rfm) -> list[list[object]]:
    return [np.asarray(column).tolist() for column in vars(rfm).values()]


def test_a_customer_is_what_came_after_the_first_purchase() -> None:
    some = [("a", date(2026, 1, 6), 99.0), ("a", date(2026, 1, 20), 10.0), ("a", date(2026, 2, 3), 20.0)]
    made = summarise(told(some), END)
    assert columns(made)[2:] == [[2], [4], [12], [15]]


def test_purchases_of_one_day_are_one() -> None:
    some = [("a", date(2026, 1, 6), 99.0), ("a", date(2026, 1, 20), 10.0), ("a", date(2026, 1, 20), 20.0)]
    made = summarise(told(some), END)
    assert (made.frequency.tolist(), made.mean_value.tolist()) == ([1], [30])


def test_an_hour_of_the_day_says_nothing() -> None:
    days = np.array(["2026-03-31T08:00", "2026-03-31T23:59"], "datetime64[m]")
    assert summarise(Transactions(np.array(["a", "a"]), days, np.ones(2)), END).frequency == [0]


def test_what_came_after_the_end_is_not_known_yet() -> None:
    some = [("a", date(2026, 3, 31), 5.0), ("a", date(2026, 4, 1), 6.0), ("b", date(2026, 4, 1), 7.0)]
    made = summarise(told(some), END)
    assert (made.customer.tolist(), made.frequency.tolist(), made.age.tolist()) == (["a"], [0], [0])


def test_an_amount_that_is_not_known_leaves_the_mean_unknown() -> None:
    some = [("a", date(2026, 1, 6), 99.0), ("a", date(2026, 1, 20), np.nan), ("b", date(2026, 1, 20), np.nan)]
    assert summarise(told(some), END).mean_value == pytest.approx([np.nan, 0.0], nan_ok=True)


def test_columns_of_different_lengths_are_an_error() -> None:
    with pytest.raises(ValueError, match="lengths"):
        Transactions(np.array(["a"]), np.array([END], "datetime64[D]"), np.ones(2))


@given(rows, st.randoms())
def test_the_order_of_transactions_changes_nothing(some: Rows, chance: st.DataObject) -> None:
    other = list(some)
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert columns(summarise(told(some), END)) == columns(summarise(told(other), END))


@given(rows, st.sampled_from([0.25, 2.0, 1024.0]))
def test_another_currency_changes_money_only(some: Rows, rate: float) -> None:
    one, other = (summarise(told([(who, day, spent * by) for who, day, spent in some]), END) for by in (1.0, rate))
    assert columns(one)[:-1] == columns(other)[:-1]
    assert other.mean_value == pytest.approx(one.mean_value * rate)


@given(rows)
def test_a_customer_can_be(some: Rows) -> None:
    made = summarise(told(some), END)
    assert np.all((made.recency >= 0) & (made.recency <= made.age) & ((made.frequency > 0) == (made.recency > 0)))
