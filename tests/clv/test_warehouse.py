"""The tables of a night, from a build file with one shop whose customers are simulated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from pipelines.clv.tables import CUSTOMERS, FITS
from pipelines.clv.value import Terms
from pipelines.clv.warehouse import CustomerValues, customer_values
from tests.clv.simulated import BUYERS, purchases

NIGHT = date(2026, 11, 15)
TERMS = Terms(gross_margin=0.4)
SHOP = ("shop", "shopify", "shop.example")
_TABLES = """
    create schema intermediate;
    create table intermediate.orders (
        brand varchar, platform varchar, account_id varchar, customer_id varchar, order_id varchar, order_date date,
        is_new_customer boolean, revenue_eur decimal(18, 6)
    );
    create table intermediate.refunds (
        platform varchar, order_account_id varchar, order_id varchar, refund_date date, refund_eur decimal(18, 6)
    );
"""


def simulated() -> Iterator[tuple[Any, ...]]:
    """Orders of 600 customers: the first, the last, and the others evenly between them."""
    chance = np.random.default_rng(41)
    for customer, (frequency, recency, age) in enumerate(zip(*purchases(BUYERS, 600, seed=42), strict=True)):
        first = NIGHT - timedelta(weeks=float(age))
        for number, week in enumerate(np.linspace(0, recency, int(frequency) + 1)):
            day = first + timedelta(days=7 * float(week))
            yield (*SHOP, f"c{customer:04}", f"{customer}-{number}", day, number == 0, round(chance.gamma(3, 15), 2))


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a guest, a customer whose first order is not known, refunds, and a brand of one customer."""
    file = tmp_path_factory.mktemp("clv") / "build.duckdb"
    day = date(2025, 1, 6)
    others = [
        (*SHOP, None, "guest", day, False, 500),
        (*SHOP, "old", "old-1", day, False, 100),
        (*SHOP, "refunded", "refunded-1", day, True, 100),
        (*SHOP, "refunded", "refunded-2", day + timedelta(days=70), False, 60),
        (*SHOP, "unknown", "unknown-1", day, True, 100),
        (*SHOP, "unknown", "unknown-2", day + timedelta(days=70), False, None),
        (*SHOP, "tomorrow", "tomorrow-1", NIGHT + timedelta(days=1), True, 100),
        ("small", "files", "small.csv", "c0001", "1", day, True, 50),
    ]
    with duckdb.connect(str(file)) as connection:
        connection.execute(_TABLES)
        _insert(connection, "orders", [*simulated(), *others])
        refund = ("shopify", "shop.example", "refunded-2")
        rows = [(*refund, NIGHT, 20), (*refund, NIGHT + timedelta(days=1), 40), ("shopify", None, None, NIGHT, 7)]
        _insert(connection, "refunds", rows)
    return file


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[tuple[Any, ...]]) -> None:
    """At once: DuckDB takes milliseconds for each row that comes alone."""
    names = [column[0] for column in connection.execute(f"from intermediate.{table}").description]
    told = pa.table([pa.array(list(column)) for column in zip(*rows, strict=True)], names=names)
    connection.register("told", told)
    connection.execute(f"insert into intermediate.{table} from told")
    connection.unregister("told")


@pytest.fixture(scope="module")
def values(build: Path) -> CustomerValues:
    return customer_values(build, NIGHT, TERMS)


def customer(values: CustomerValues, customer_id: str, brand: str = "shop") -> dict[str, Any]:
    rows = values.customers.to_pylist()
    (row,) = (row for row in rows if (row["brand"], row["customer_id"]) == (brand, customer_id))
    return row  # type: ignore[no-any-return]


def test_the_tables_are_as_declared(values: CustomerValues) -> None:
    assert values.customers.schema == CUSTOMERS
    assert values.fits.schema == FITS


def test_every_known_customer_has_a_row(values: CustomerValues) -> None:
    assert values.customers.num_rows == 600 + 3 + 1
    assert None not in values.customers["customer_id"].to_pylist()
    assert "tomorrow" not in values.customers["customer_id"].to_pylist()


def test_a_customer_of_a_large_brand_has_every_figure(values: CustomerValues) -> None:
    row = customer(values, "refunded")
    assert (row["first_order_date"], row["frequency"], row["recency_days"]) == (date(2025, 1, 6), 1, 70)
    assert 0 < row["probability_alive"] < 1
    assert row["expected_purchases"] > 0
    assert row["expected_gross_profit_eur"] > 0


def test_expected_profit_is_discounted_and_of_the_margin_only(values: CustomerValues) -> None:
    row = customer(values, "refunded")
    revenue = row["expected_purchases"] * row["expected_purchase_revenue_eur"]
    assert revenue * 0.4 / 1.1**5 < row["expected_gross_profit_eur"] < revenue * 0.4


def test_a_refund_counts_from_the_day_on_which_it_was_paid(values: CustomerValues) -> None:
    row = customer(values, "refunded")
    assert row["mean_repeat_revenue_eur"] == 60 - 20
    assert row["gross_profit_eur"] == pytest.approx(0.4 * (100 + 60 - 20))


def test_an_unknown_amount_leaves_money_unknown_and_purchases_known(values: CustomerValues) -> None:
    row = customer(values, "unknown")
    assert row["gross_profit_eur"] is row["mean_repeat_revenue_eur"] is row["expected_gross_profit_eur"] is None
    assert row["expected_purchases"] > 0


def test_a_customer_whose_first_order_is_not_known_is_valued_and_not_fitted(values: CustomerValues) -> None:
    row = customer(values, "old")
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "shop")
    assert not row["is_first_order_known"]
    assert row["expected_gross_profit_eur"] > 0
    assert (fit["customers"], fit["fitted_customers"]) == (603, 602)


def test_a_brand_of_too_few_customers_has_no_figure_and_a_reason(values: CustomerValues) -> None:
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "small")
    row = customer(values, "c0001", brand="small")
    assert fit["reason"] == "too_few_repeat_customers"
    assert fit["r"] is row["probability_alive"] is row["expected_gross_profit_eur"] is None
    assert row["gross_profit_eur"] == 20


def test_a_fit_says_on_what_terms(values: CustomerValues) -> None:
    (fit,) = (fit for fit in values.fits.to_pylist() if fit["brand"] == "shop")
    assert (fit["gross_margin"], fit["horizon_years"], fit["discount_rate"], fit["reason"]) == (0.4, 5.0, 0.1, None)
    assert fit["through_day"] == NIGHT


def test_a_short_history_has_no_figure(build: Path) -> None:
    (fit,) = (
        fit
        for fit in customer_values(build, NIGHT, TERMS, minimum_history_days=2000).fits.to_pylist()
        if fit["brand"] == "shop"
    )
    assert fit["reason"] == "too_short_history"


def test_a_build_before_the_first_order_has_empty_tables(build: Path) -> None:
    empty = customer_values(build, date(2010, 1, 1), TERMS)
    assert (empty.customers.num_rows, empty.fits.num_rows) == (0, 0)
    assert empty.customers.schema == CUSTOMERS
