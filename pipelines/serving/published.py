"""What the published file holds: its tables and views, and their rows in batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines import publish
from pipelines.serving.column import Column, column
from pipelines.serving.sql import quoted

_BATCH_ROWS = 100_000
"""Bounds the memory; larger ones are not quicker."""


@dataclass(frozen=True)
class Table:
    """A published table or view."""

    schema: str
    name: str
    columns: tuple[Column, ...]
    comment: str | None = None


class Warehouse:
    """The published file, open for reading."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def tables(self) -> list[Table]:
        """All that is published, by schema and name."""
        rows = self._connection.execute(_COLUMNS).fetchall()
        comments = {(schema, name): comment for schema, name, comment in self._connection.execute(_TABLES).fetchall()}
        return [
            Table(*place, tuple(column(*told) for _, _, *told in columns), comments.get(place))
            for place, columns in groupby(rows, lambda row: (row[0], row[1]))
        ]

    def batches(self, table: Table) -> pa.RecordBatchReader:
        """The rows of a table, with the columns as PostgreSQL takes them."""
        columns = ", ".join(f"{one.expression} as {quoted(one.name)}" for one in table.columns)
        query = f"select {columns} from {quoted(table.schema, table.name)}"
        reader: Any = self._connection.execute(query).to_arrow_reader(_BATCH_ROWS)
        return reader


@contextmanager
def opened(file: Path) -> Iterator[Warehouse]:
    """The file as it is now: one that replaces it meanwhile is not seen. Raises FileNotFoundError."""
    with duckdb.connect(str(publish.existing(file)), read_only=True) as connection:
        yield Warehouse(connection)


_COLUMNS = """
    select schema_name, table_name, column_name, data_type, comment
    from duckdb_columns()
    where database_name = current_database() and not internal
    order by schema_name, table_name, column_index
"""
_TABLES = """
    select schema_name, table_name, comment from duckdb_tables() where database_name = current_database()
    union all
    select schema_name, view_name, comment from duckdb_views() where database_name = current_database() and not internal
"""
