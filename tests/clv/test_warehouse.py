"""The tables of a night, from the bookings of one shop whose customers are simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from pipelines.clv.tables import CUSTOMERS, FITS
from pipelines.clv.terms import Terms
from pipelines.clv.warehouse import Minimum, brand_fits, customer_values
from tests.clv.simulated import BUYERS, purchases

NIGHT = date(2026, 11, 15)
TERMS = Terms(gross_margin=0.4)
SHOP = ("shop", "shopify", "shop.example")
COLUMNS = ("brand", "platform", "account_id", "customer_id", "order_date", "day", "is_first_order_known", "revenue_eur")


class Values(NamedTuple):
    """The two tables."""

    customers: pa.Table
    fits: pa.Table


def order(shop: tuple[str, str, str], customer_id: str, day: date, amount: float | None, known: bool = True) -> Any:
    return (*shop, customer_id, day, day, known, amount)


def simulated() -> Iterator[tuple[Any, ...]]:
    """Orders of 600 customers: the first, the last, and the others evenly between them."""
    chance = np.random.default_rng(41)
    for customer, (frequency, recency, age) in enumerate(zip(*purchases(BUYERS, 600, seed=42), strict=True)):
        first = NIGHT - timedelta(weeks=float(age))
        for week in np.linspace(0, recency, int(frequency) + 1):
            day = first + timedelta(days=7 * float(week))
            yield order(SHOP, f"c{customer:04}", day, round(chance.gamma(3, 15), 2))


@pytest.fixture(scope="module")
def bookings() -> pa.Table:
    """With a customer whose first order is not known, refunds, and a brand of one customer."""
    day, later = date(2025, 1, 6), date(2025, 3, 17)
    rows = [
        order(("small", "files", "small.csv"), "c0001", day, 50),
        *simulated(),
        order(SHOP, "old", day, 100, known=False),
        (*SHOP, "refunded", later, NIGHT, True, -20.0),
        (*SHOP, "refunded", later, NIGHT + timedelta(days=1), True, -40.0),
        order(SHOP, "refunded", later, 60),
        order(SHOP, "refunded", day, 100),
        order(SHOP, "unknown", day, 100),
        order(SHOP, "unknown", later, None),
        order(SHOP, "tomorrow", NIGHT + timedelta(days=1), 100),
    ]
    return pa.table([pa.array(list(column)) for column in zip(*rows, strict=True)], names=list(COLUMNS))


@pytest.fixture(scope="module")
def values(bookings: pa.Table) -> Values:
    return reckoned(bookings)


def reckoned(bookings: pa.Table, day: date = NIGHT, minimum: Minimum | None = None) -> Values:
    fits = brand_fits(bookings, [day], TERMS, minimum or Minimum())
    return Values(customer_values(bookings, fits), fits)


def customer(values: Values, customer_id: str, brand: str = "shop") -> dict[str, Any]:
    rows = values.customers.to_pylist()
    (row,) = (row for row in rows if (row["brand"], row["customer_id"]) == (brand, customer_id))
    return row  # type: ignore[no-any-return]


def test_the_tables_are_as_declared(values: Values) -> None:
    assert values.customers.schema == CUSTOMERS
    assert values.fits.schema == FITS


def test_every_known_customer_has_a_row(values: Values) -> None:
    assert values.customers.num_rows == 600 + 3 + 1
    assert None not in values.customers["customer_id"].to_pylist()
    assert "tomorrow" not in values.customers["customer_id"].to_pylist()


def test_a_customer_of_a_large_brand_has_every_figure(values: Values) -> None:
    row = customer(values, "refunded")
    assert (row["first_order_date"], row["frequency"], row["recency_days"]) == (date(2025, 1, 6), 1, 70)
    assert 0 < row["probability_alive"] < 1
    assert row["expected_purchases"] > 0
    assert row["expected_gross_profit_eur"] > 0


def test_expected_profit_is_discounted_and_of_the_margin_only(values: Values) -> None:
    row = customer(values, "refunded")
    revenue = row["expected_purchases"] * row["expected_purchase_revenue_eur"]
    assert revenue * 0.4 / 1.1**5 < row["expected_gross_profit_eur"] < revenue * 0.4


def test_a_refund_counts_from_the_day_on_which_it_was_paid(values: Values) -> None:
    row = customer(values, "refunded")
    assert row["mean_repeat_revenue_eur"] == 60 - 20
    assert row["gross_profit_eur"] == pytest.approx(0.4 * (100 + 60 - 20))


def test_an_unknown_amount_leaves_money_unknown_and_purchases_known(values: Values) -> None:
    row = customer(values, "unknown")
    assert row["gross_profit_eur"] is row["mean_repeat_revenue_eur"] is row["expected_gross_profit_eur"] is None
    assert row["expected_purchases"] > 0


def test_a_customer_whose_first_order_is_not_known_is_valued_and_not_fitted(values: Values) -> None:
    row = customer(values, "old")
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "shop")
    assert not row["is_first_order_known"]
    assert row["expected_gross_profit_eur"] > 0
    assert (fit["customers"], fit["fitted_customers"]) == (603, 602)


def test_a_brand_of_too_few_customers_has_no_figure_and_a_reason(values: Values) -> None:
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "small")
    row = customer(values, "c0001", brand="small")
    assert fit["reason"] == "too_few_repeat_customers"
    assert fit["r"] is row["probability_alive"] is row["expected_gross_profit_eur"] is None
    assert row["gross_profit_eur"] == 20


def test_a_fit_says_on_what_terms(values: Values) -> None:
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "shop")
    assert (fit["gross_margin"], fit["horizon_years"], fit["discount_rate"], fit["reason"]) == (0.4, 5.0, 0.1, None)
    assert fit["through_day"] == NIGHT


def test_a_short_history_has_no_figure(bookings: pa.Table) -> None:
    found = reckoned(bookings, minimum=Minimum(history_days=2000)).fits
    (fit,) = (fit for fit in found.to_pylist() if fit["brand"] == "shop")
    assert fit["reason"] == "too_short_history"


def test_a_fit_adds_up_what_its_customers_are_expected_to_bring(bookings: pa.Table) -> None:
    known = bookings.filter(pc.is_valid(bookings["revenue_eur"]))
    customers, fits = reckoned(known)
    (fit,) = (fit for fit in fits.to_pylist() if fit["brand"] == "shop")
    assert fit["expected_gross_profit_eur"] == pytest.approx(pc.sum(customers["expected_gross_profit_eur"]).as_py())


def test_one_unknown_amount_leaves_the_sum_unknown(values: Values) -> None:
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "shop")
    assert (fit["expected_gross_profit_eur"], fit["reason"]) == (None, None)


def test_the_order_of_the_bookings_does_not_matter(bookings: pa.Table, values: Values) -> None:
    mixed = bookings.take(np.random.default_rng(5).permutation(bookings.num_rows))
    again = reckoned(mixed)
    assert again.fits.equals(values.fits)
    assert again.customers.equals(values.customers)


def test_before_the_first_order_there_is_nobody_and_too_short_a_history(bookings: pa.Table) -> None:
    empty = reckoned(bookings, day=date(2010, 1, 1))
    assert empty.customers.num_rows == 0
    assert {(fit["customers"], fit["reason"]) for fit in empty.fits.to_pylist()} == {(0, "too_short_history")}


def test_without_bookings_the_tables_are_empty(bookings: pa.Table) -> None:
    empty = reckoned(bookings.slice(0, 0))
    assert (empty.customers.num_rows, empty.fits.num_rows) == (0, 0)
    assert empty.customers.schema == CUSTOMERS
