"""Copying what the contract promises from dbt's file into a new one: tables in their types, views, and their words."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipelines import warehouse_words as words
from pipelines.contract import Columns, Contract, ContractError
from pipelines.sql_names import name, place, text

BUILD, NEW = "build", "published"
"""The names under which the two files are attached."""


@dataclass(frozen=True)
class Copy:
    """Two attached files, and the contract between them."""

    connection: duckdb.DuckDBPyConnection
    contract: Contract
    language: str

    def make(self) -> dict[str, int]:
        """Fill the new file. Returns the rows of each table that was copied.

        Raises ContractError where the build has not what the contract promises.
        """
        self.connection.execute(f"use {NEW}")
        # One transaction: else each of several hundred comments waits for the disk, twenty seconds in all.
        self.connection.begin()
        copied = self._copy(columns_of(self.connection, BUILD), views_of(self.connection, BUILD))
        self._say()
        missing = self.contract.missing(columns_of(self.connection, NEW))
        if missing:
            raise ContractError(f"contract {self.contract.version} promises {', '.join(missing)}: the build has it not")
        self.connection.commit()
        return copied

    def _copy(self, built: dict[str, Columns], views: dict[str, str]) -> dict[str, int]:
        """Tables before the views over them. What publishing itself makes, the build has not."""
        promised = [table for table in self.contract.tables if table not in words.OWN]
        for schema in sorted({table.split(".")[0] for table in self.contract.tables}):
            self.connection.execute(f"create schema if not exists {name(schema)}")
        copied = {table: self._table(table, built.get(table, {})) for table in promised if table not in views}
        for view in promised:
            if view in views:
                self.connection.execute(views[view])
        return copied

    def _table(self, table: str, built: Columns) -> int:
        for column in self.contract.tables[table]:
            if column not in built:
                version = self.contract.version
                raise ContractError(f"the build has no {table}.{column}, which contract {version} promises")
        return self._take(table, f"{BUILD}.{place(table)}")

    def _take(self, table: str, source: str) -> int:
        """A table of the promised columns of a source, in the promised types; the number of its rows."""
        columns = self.contract.tables[table].items()
        casts = ", ".join(f"cast({name(column)} as {kind}) as {name(column)}" for column, kind in columns)
        made = self.connection.execute(f"create table {place(table)} as select {casts} from {source}").fetchone()
        return int(made[0]) if made else 0

    def _say(self) -> None:
        """The contract's version, the dictionary in both languages, and comments in the company's own."""
        english = words.english(self.connection, BUILD, self.contract)
        self.connection.register("version", pa.table({"version": [self.contract.version]}))
        self.connection.register("entries", pa.Table.from_pylist(list(words.entries(self.contract, english))))
        for table, source in {words.CONTRACT: "version", words.DICTIONARY: "entries"}.items():
            if table in self.contract.tables:
                self._take(table, source)
        views = views_of(self.connection, NEW)
        for (table, column), meaning in english.items():
            kind = "column" if column else "view" if table in views else "table"
            what = f"{place(table)}.{name(column)}" if column else place(table)
            self.connection.execute(f"comment on {kind} {what} is {text(words.told(meaning, self.language))}")


def columns_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, Columns]:
    """The columns and types of every table and view of an attached file."""
    rows = connection.execute(
        """select schema_name || '.' || table_name, column_name, data_type from duckdb_columns()
           where database_name = $1 and not internal order by 1, column_index""",
        [database],
    ).fetchall()
    found: dict[str, Columns] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def views_of(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, str]:
    """The SQL of every view of an attached file. Ours name schema and table, and no file: see the macro `published`."""
    asked = "select schema_name || '.' || view_name, sql from duckdb_views() where database_name = $1 and not internal"
    return dict(connection.execute(asked, [database]).fetchall())
