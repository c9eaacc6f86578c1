"""Customers of a till, from a file to the two KPIs: any shop that can export its orders has a lifetime value."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.clv.simulated import BUYERS, purchases
from tests.warehouse import Warehouse, build, once

NIGHT = date(2026, 11, 15)
MARGIN = 0.5
COLUMNS = ("order_id", "order_date", "customer_id", "total_amount")
_TARGETS = [{"grain": "month", "from": date(2026, 1, 1), "target": 100}]


def _orders() -> list[tuple[Any, ...]]:
    """Of 600 customers: the first, the last, and the others evenly between them."""
    chance = np.random.default_rng(41)
    rows = []
    for customer, (frequency, recency, age) in enumerate(zip(*purchases(BUYERS, 600, seed=42), strict=True)):
        first = NIGHT - timedelta(weeks=float(age))
        for number, week in enumerate(np.linspace(0, recency, int(frequency) + 1)):
            day = first + timedelta(days=7 * float(week))
            rows.append((f"{customer}-{number}", day, f"c{customer}", round(chance.gamma(3, 15), 2)))
    return rows


def _build(folder: Path) -> Warehouse:
    with (folder / "till.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([COLUMNS, *_orders()])
    fixed = {"currency": {"value": "EUR"}, "tax_amount": {"value": 0}}
    fixed |= {"test": {"value": False}, "cancelled": {"value": False}}
    columns = {name: name for name in COLUMNS} | fixed
    till = {"id": "till", "brand": "a", "table": "orders", "path": "till.csv", "columns": columns}
    document = {
        "clv": {"gross_margin": MARGIN, "discount_rate": 0},
        "privacy": {"hash_key": f"file:{folder / 'key'}"},
        "platforms": {"files": {"accounts": [till]}},
        "kpis": [{"id": kpi, "targets": _TARGETS} for kpi in ("clv", "clv_expected")],
    }
    (folder / "key").write_text("a key of thirty-two characters, or more", encoding="utf-8")
    return build(folder, document, NIGHT, select="+kpi_verdicts +customer_value")


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "customers_of_a_till", _build)


def kpi(warehouse: Warehouse, kpi_id: str, month: date, brand: str = "all") -> tuple[Any, ...]:
    return warehouse.row(
        """
        select value, problem_code from kpi.kpi_values
        where kpi_id = $kpi and grain = 'month' and period_start = $month and brand = $brand
            and country = 'all' and channel = 'all'
        """,
        kpi=kpi_id,
        month=month,
        brand=brand,
    )


def test_what_customers_brought_is_the_margin_of_their_orders(warehouse: Warehouse) -> None:
    orders = _orders()
    paid, customers = sum(row[-1] for row in orders), len({row[2] for row in orders})
    value, problem = kpi(warehouse, "clv", date(2026, 11, 1))
    assert problem is None
    assert value == pytest.approx(MARGIN * paid / customers, rel=1e-6)


def test_what_they_will_bring_is_the_mean_over_the_known_customers(warehouse: Warehouse) -> None:
    (mean,) = warehouse.row("select avg(expected_gross_profit_eur) from marts.customer_value")
    assert mean > 0
    assert kpi(warehouse, "clv_expected", date(2026, 11, 1)) == (pytest.approx(mean), None)


def test_one_brand_is_everything(warehouse: Warehouse) -> None:
    november = date(2026, 11, 1)
    everything = kpi(warehouse, "clv_expected", november)
    assert kpi(warehouse, "clv_expected", november, brand="a") == everything


def test_the_month_before_is_fitted_too_and_older_ones_are_not(warehouse: Warehouse) -> None:
    value, problem = kpi(warehouse, "clv_expected", date(2026, 10, 1))
    assert (value is not None, problem) == (True, None)
    assert kpi(warehouse, "clv_expected", date(2026, 9, 1)) == (None, "not_fitted")


def test_both_are_judged(warehouse: Warehouse) -> None:
    since = "verdict <> 'no_verdict' and period_start >= date '2026-10-01'"
    judged = warehouse.rows(f"select kpi_id from kpi.kpi_verdicts where {since}")
    assert {kpi_id for (kpi_id,) in judged} == {"clv", "clv_expected"}
