"""The in-memory DuckDB database that holds the tables: columns of numpy arrays go in by Arrow."""

from __future__ import annotations

import threading
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from sandbox.company.chance import NULL
from sandbox.company.tables import TABLES, VIEWS

_ARROW = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "UTINYINT": pa.uint8(), "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(), "VARCHAR": pa.string(), "DATE": pa.date32(), "TIMESTAMP": pa.timestamp("us"),
    "DECIMAL(18,2)": pa.decimal128(18, 2), "DECIMAL(18,6)": pa.decimal128(18, 6),
}  # fmt: skip


class Store:
    """Tables that grow. Queries run on a cursor of their own, so threads do not disturb each other."""

    def __init__(self) -> None:
        self._database = duckdb.connect(":memory:", config={"threads": 2})
        self._database.execute("SET GLOBAL TimeZone = 'UTC'")
        self._writing = threading.Lock()
        for name, columns in TABLES.items():
            self._database.execute(f"CREATE TABLE {name} ({columns})")
        for name, query in VIEWS.items():
            self._database.execute(f"CREATE VIEW {name} AS {query}")

    def append(self, table: str, columns: dict[str, Any]) -> None:
        """Add rows. DECIMAL columns come as whole cents (18,2) or millionths (18,6), TIMESTAMP as microseconds."""
        with self._writing, self._database.cursor() as cursor:
            kinds = {row[0]: row[1] for row in cursor.execute(f"DESCRIBE {table}").fetchall()}
            missing = kinds.keys() ^ columns.keys()
            if missing:
                raise ValueError(f"columns of {table} that do not match: {sorted(missing)}")
            rows = pa.table({name: _arrow(columns[name], kind) for name, kind in kinds.items()})
            cursor.register("incoming", rows)
            cursor.execute(f"INSERT INTO {table} SELECT * FROM incoming")
            cursor.unregister("incoming")

    def query(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._database.cursor() as cursor:
            return cursor.execute(sql, params).fetchall()

    def arrow(self, sql: str, params: Any = None) -> pa.Table:
        """The result of a query as an Arrow table."""
        with self._database.cursor() as cursor:
            return cursor.execute(sql, params).to_arrow_table()


def _arrow(values: Any, kind: str) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    target = _ARROW[kind]
    if pa.types.is_string(target):
        return pa.array(values, pa.string())
    if target in (pa.float64(), pa.bool_()):
        return pa.array(np.asarray(values), target)
    values = np.ascontiguousarray(values, np.int64)
    mask = values == NULL
    if pa.types.is_decimal(target):
        return _decimals(values, target)
    narrow = np.where(mask, 0, values).astype(target.to_pandas_dtype() if pa.types.is_integer(target) else np.int64)
    if pa.types.is_date(target):
        narrow = narrow.astype(np.int32)
    return pa.array(narrow, mask=mask if mask.any() else None).cast(target)


def _decimals(values: Any, target: pa.DataType) -> pa.Array:
    """Decimals from their whole parts without a loop: 128-bit little-endian, the sign in the upper half."""
    halves = np.empty((len(values), 2), np.int64)
    halves[:, 0] = values
    halves[:, 1] = values >> 63
    return pa.Array.from_buffers(target, len(values), [None, pa.py_buffer(halves)])
