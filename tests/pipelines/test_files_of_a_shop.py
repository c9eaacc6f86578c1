"""A shop that comes in as files: its orders, lines and refunds are three mappings, and find each other."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.warehouse import Warehouse, build, once

NIGHT = date(2026, 1, 31)
ORDERS = "id,day,total,cancelled\n1,2026-01-01,60.50,false\n2,2026-01-02,12.10,false\n3,2026-01-02,99,true\n"
LINES = "order,line,day,quantity,price,back\n1,1,2026-01-01,2,10,1\n1,2,2026-01-01,3,10,0\n3,1,2026-01-02,9,11,0\n"
REFUNDS = "id,order,day,amount,units\nA,1,2026-01-05,12.10,1\nB,3,2026-01-05,99,9\nC,,2026-01-06,7,\n"
EUR: dict[str, Any] = {"value": "EUR"}
MAPPINGS: dict[str, tuple[str, dict[str, Any]]] = {
    "orders": (
        ORDERS,
        {
            "order_id": "id",
            "order_date": "day",
            "total_amount": "total",
            "tax_amount": {"sql": "round(as_amount(total) * 21 / 121, 2)"},
            "test": {"value": False},
            "cancelled": "cancelled",
        },
    ),
    "order_lines": (
        LINES,
        {
            "order_id": "order",
            "line_id": "line",
            "order_date": "day",
            "quantity": "quantity",
            "unit_price": "price",
            "returned_quantity": "back",
        },
    ),
    "refunds": (
        REFUNDS,
        {"refund_id": "id", "order_id": "order", "refund_date": "day", "amount": "amount", "quantity": "units"},
    ),
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "shops", two_shops)


def two_shops(folder: Path) -> Warehouse:
    """Two shops with the same order numbers, each a brand, through the models of orders."""
    for table, (text, _) in MAPPINGS.items():
        (folder / f"{table}.csv").write_text(text)
    accounts = [
        {"id": f"{brand}_{table}", "brand": brand, "table": table, "path": f"{table}.csv"}
        | {"columns": columns | {"currency": EUR}}
        for brand in ("north", "south")
        for table, (_, columns) in MAPPINGS.items()
    ]
    document = {"platforms": {"files": {"accounts": accounts}}, "kpis": [{"id": "revenue", "informational": True}]}
    return build(folder, document, NIGHT, select="+order_facts")


def of_north(warehouse: Warehouse, columns: str) -> list[tuple[Any, ...]]:
    return warehouse.rows(f"select {columns} from marts.order_facts where brand = 'north' order by order_id")


def test_an_order_has_the_units_of_its_lines(warehouse: Warehouse) -> None:
    assert of_north(warehouse, "order_id, units_sold, units_returned") == [("1", 5, 1), ("2", None, None)]


def test_an_order_has_its_refund_without_vat(warehouse: Warehouse) -> None:
    assert [float(refund) for (refund,) in of_north(warehouse, "refund_eur")] == [10.0, 0.0]


def test_the_refund_of_a_cancelled_order_is_out_and_one_without_an_order_stays(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select refund_id, refund_eur, units_refunded from intermediate.refunds where brand = 'north' order by 1"
    )
    assert [(name, float(amount), units) for name, amount, units in rows] == [("A", 10.0, 1), ("C", 7.0, None)]


def test_lines_of_another_shop_with_the_same_numbers_stay_with_it(warehouse: Warehouse) -> None:
    rows = warehouse.rows("select brand, sum(units_sold) from intermediate.order_lines group by 1 order by 1")
    assert rows == [("north", 5), ("south", 5)]
