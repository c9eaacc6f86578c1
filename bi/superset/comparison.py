"""Whether a chart shows what the published file says: asked of DuckDB, past Superset."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from bi.superset.api import Api
from bi.superset.charts import Chart

_CLOSE = 1e-9
Row = tuple[Any, ...]


def shown(api: Api, chart: int) -> list[Row]:
    """The rows of a chart, as Superset gives them to a browser."""
    return _settled(tuple(row.values()) for row in api.data(chart))


def published(warehouse: Path, charts: Iterable[Chart]) -> dict[str, list[Row]]:
    """The rows that charts over the published file have to show, by title."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return {chart.title: _settled(connection.execute(chart.expected).fetchall()) for chart in charts}


def same(one: list[Row], other: list[Row]) -> bool:
    """Whether both have the same rows; a figure may differ in its last bits, as DuckDB adds in no fixed order."""
    return len(one) == len(other) and all(map(_same_row, one, other))


def _same_row(one: Row, other: Row) -> bool:
    return len(one) == len(other) and all(map(_same_value, one, other))


def _same_value(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=_CLOSE)
    return bool(one == other)


def _settled(rows: Iterable[Row]) -> list[Row]:
    return sorted((tuple(map(_plain, row)) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    """Numbers as floats, days as milliseconds since 1970, which is how Superset sends them."""
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC).timestamp() * 1000
    return float(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
