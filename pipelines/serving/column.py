"""A published column: how DuckDB hands it over, and its type in PostgreSQL.

The names of types are those that PostgreSQL's `format_type` gives, so that they can be compared with what is there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.serving.sql import quoted

_SAME = {
    "BOOLEAN": "boolean",
    "SMALLINT": "smallint",
    "INTEGER": "integer",
    "BIGINT": "bigint",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIME": "time without time zone",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "BLOB": "bytea",
}
_CAST = {
    # PostgreSQL has no text with a zero byte; platforms send them.
    "VARCHAR": ("replace({}, chr(0), '')", "text"),
    "UUID": ("{}::varchar", "text"),
    "TINYINT": ("{}::smallint", "smallint"),
    "UTINYINT": ("{}::smallint", "smallint"),
    "USMALLINT": ("{}::integer", "integer"),
    "UINTEGER": ("{}::bigint", "bigint"),
    "UBIGINT": ("{}::decimal(20, 0)", "numeric(20,0)"),
    "HUGEINT": ("{}::decimal(38, 0)", "numeric(38,0)"),
    "TIMESTAMP_S": ("{}::timestamp", "timestamp without time zone"),
    "TIMESTAMP_MS": ("{}::timestamp", "timestamp without time zone"),
    "TIMESTAMP_NS": ("{}::timestamp", "timestamp without time zone"),
}
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_WORDS = ("ENUM", "INTERVAL")
_NESTED = ("to_json({})::varchar", "json")
"""Lists, structs, maps: PostgreSQL reads them as JSON."""


@dataclass(frozen=True)
class Column:
    """A column of a published table; `expression` is its value in DuckDB's words, `type` that of PostgreSQL."""

    name: str
    expression: str
    type: str
    comment: str | None = None


def column(name: str, duckdb_type: str, comment: str | None = None) -> Column:
    """The column that PostgreSQL gets for one of DuckDB's."""
    expression, kind = _served(duckdb_type)
    return Column(name, expression.format(quoted(name)), kind, comment)


def _served(duckdb_type: str) -> tuple[str, str]:
    if duckdb_type in _SAME:
        return "{}", _SAME[duckdb_type]
    if decimal := _DECIMAL.fullmatch(duckdb_type):
        return "{}", f"numeric({decimal[1]},{decimal[2]})"
    if duckdb_type.startswith(_WORDS) and not duckdb_type.endswith("]"):
        return "{}::varchar", "text"
    return _CAST.get(duckdb_type, _NESTED)
