"""The tables of customer lifetime value: their columns."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

Columns = dict[str, Any]
_TEXT, _INT, _REAL, _DAY, _FLAG = pa.string(), pa.int64(), pa.float64(), pa.date32(), pa.bool_()
CUSTOMERS = pa.schema(
    {
        "brand": _TEXT,
        "platform": _TEXT,
        "account_id": _TEXT,
        "customer_id": _TEXT,
        "first_order_date": _DAY,
        "is_first_order_known": _FLAG,
        "frequency": _INT,
        "recency_days": _INT,
        "age_days": _INT,
        "mean_repeat_revenue_eur": _REAL,
        "gross_profit_eur": _REAL,
        "probability_alive": _REAL,
        "expected_purchases": _REAL,
        "expected_purchase_revenue_eur": _REAL,
        "expected_gross_profit_eur": _REAL,
    }.items()
)
FITS = pa.schema(
    {
        "brand": _TEXT,
        "through_day": _DAY,
        "customers": _INT,
        "fitted_customers": _INT,
        "repeat_customers": _INT,
        "expected_gross_profit_eur": _REAL,
        "r": _REAL,
        "alpha_weeks": _REAL,
        "a": _REAL,
        "b": _REAL,
        "p": _REAL,
        "q": _REAL,
        "v_eur": _REAL,
        "gross_margin": _REAL,
        "horizon_years": _REAL,
        "discount_rate": _REAL,
        "reason": _TEXT,
    }.items()
)


def table(schema: pa.Schema, parts: list[Columns]) -> pa.Table:
    """A table of such columns, arrays of numpy or Arrow, one part below the other. NaN, as numpy has it, is NULL."""
    tables = [pa.table([_array(part[field.name], field.type) for field in schema], schema=schema) for part in parts]
    return pa.concat_tables(tables) if tables else schema.empty_table()


def _array(column: Any, type_: Any) -> Any:
    if isinstance(column, pa.ChunkedArray):
        return column.cast(type_)
    return pa.array(column, type=type_, from_pandas=True)
