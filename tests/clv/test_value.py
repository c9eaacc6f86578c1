"""What customers have brought, and what they are expected to bring."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipelines.clv import value
from pipelines.clv.rfm import Rfm, Transactions, summarise
from pipelines.clv.terms import Terms
from tests.clv.simulated import BUYERS, SPENDERS, purchases

END = date(2026, 12, 31)
PLAIN = Terms(gross_margin=1.0, horizon_years=5, discount_rate=0.0)


def yearly(years: int, amount: float) -> Transactions:
    """Two customers who buy once a year, from the first of June on."""
    days = np.array([f"{2016 + year}-06-01" for year in range(years)], "datetime64[D]")
    return Transactions(np.repeat(["a", "b"], years), np.tile(days, 2), np.full(2 * years, amount))


def history(transactions: Transactions, terms: Terms) -> list[float]:
    made: list[float] = value.historical_profit(summarise(transactions, END), transactions, END, terms).tolist()
    return made


def customers(count: int = 400) -> Rfm:
    frequency, recency, age = purchases(BUYERS, count, seed=31)
    mean = np.where(frequency > 0, 20.0, 0.0)
    return Rfm(np.arange(count), np.full(count, END, "datetime64[D]"), frequency, recency, age, mean)


def test_500_euros_of_profit_over_five_years_are_a_lifetime_value_of_500() -> None:
    """Golden case G6."""
    assert np.mean(history(yearly(5, 100.0), PLAIN)) == 500


def test_what_comes_after_the_horizon_does_not_count() -> None:
    assert history(yearly(8, 100.0), PLAIN) == [500, 500]


def test_a_horizon_ends_by_the_calendar() -> None:
    """A year from a leap day ends on the first of March."""
    days = np.array(["2024-02-29", "2025-02-28", "2025-03-01"], "datetime64[D]")
    transactions = Transactions(np.repeat("a", 3), days, np.array([1.0, 2.0, 4.0]))
    assert history(transactions, Terms(1.0, horizon_years=1)) == [3]


def test_profit_is_the_margin_of_revenue() -> None:
    assert history(yearly(5, 250.0), Terms(gross_margin=0.4)) == [500, 500]


def test_an_unknown_amount_leaves_the_profit_unknown() -> None:
    transactions = yearly(5, 100.0)
    transactions.amount[0] = np.nan
    assert history(transactions, PLAIN) == pytest.approx([np.nan, 500], nan_ok=True)


def test_without_discount_both_counts_of_purchases_are_the_same() -> None:
    plain, discounted = value.expected_purchases(BUYERS, customers(), PLAIN)
    assert discounted == pytest.approx(plain)


def test_a_discount_takes_less_than_that_of_the_whole_horizon() -> None:
    plain, discounted = value.expected_purchases(BUYERS, customers(), Terms(0.5, 5, 0.1))
    assert np.all((discounted < plain) & (discounted > plain / 1.1**5))


def test_a_longer_horizon_is_worth_more() -> None:
    (_, five), (_, ten) = (value.expected_purchases(BUYERS, customers(), Terms(0.5, years)) for years in (5, 10))
    assert np.all(ten > five)


def test_expected_profit_is_purchases_times_spend_times_margin() -> None:
    some = customers()
    half, whole = (value.expected_profit(np.ones(400), SPENDERS, some, Terms(margin)) for margin in (0.5, 1.0))
    assert half == pytest.approx(whole / 2)
    assert whole[some.frequency == 0] == pytest.approx(SPENDERS.mean_value)


@pytest.mark.parametrize("terms", [(0, 5, 0.1), (1.1, 5, 0.1), (0.4, 0, 0.1), (0.4, 51, 0.1), (0.4, 5, -0.1)])
def test_terms_that_cannot_be_are_an_error(terms: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="not"):
        Terms(*terms)
