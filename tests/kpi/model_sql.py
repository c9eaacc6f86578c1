"""dbt's unit tests run by themselves: the compiled SQL of a model, in memory, over the rows of its tests.

dbt takes seconds to try a model. Here it is hundredths, so that each of hundreds of changes to its SQL can be tried.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from tests.dbt.conftest import Built

Row = dict[str, Any]
Types = dict[str, dict[str, str]]
"""The columns of every table that was built and their types, by `schema.table`."""


@dataclass
class UnitTest:
    """One of dbt's unit tests, with its tables filled once."""

    name: str
    model: str
    given: dict[str, list[Row]]
    expected: list[Row]
    types: Types

    @cached_property
    def _connection(self) -> duckdb.DuckDBPyConnection:
        return filled({table: self.types[table] for table in self.given}, self.given)

    def holds(self, sql: str) -> bool:
        """Whether the model's SQL gives the expected rows."""
        cursor = self._connection.execute(sql)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        columns = list(self.expected[0]) if self.expected else []
        kinds = self.types[self.model]
        expected = [[_typed(self._connection, row.get(name), kinds[name]) for name in columns] for row in self.expected]
        return _sorted(expected) == _sorted([[row[name] for name in columns] for row in found])


@dataclass(frozen=True)
class Models:
    """The compiled models of the project and their unit tests."""

    compiled: dict[str, str]
    tests: list[UnitTest]
    types: Types

    @classmethod
    def of(cls, built: Built, target: Path) -> Models:
        """What `compile_models` left in a folder."""
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
        nodes = [node for node in manifest["nodes"].values() if node["resource_type"] in ("model", "seed")]
        places = {node["name"]: f"{node['schema']}.{node['name']}" for node in nodes}
        compiled = {places[node["name"]]: node["compiled_code"] for node in nodes if node["resource_type"] == "model"}
        types = _types(built)
        return cls(compiled, list(_tests(manifest, places, types)), types)

    def of_model(self, model: str) -> list[UnitTest]:
        return [test for test in self.tests if test.model == model]


def compile_models(built: Built, target: Path) -> None:
    """Compile the project of an empty lake, with its unit tests. About ten seconds."""
    done = built.dbt("compile", target=target, variables="unit_tests: true")
    assert done.returncode == 0, done.stdout[-3000:]


def _types(built: Built) -> Types:
    sql = "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() where not internal"
    found: Types = {}
    with duckdb.connect(str(built.settings.build_file), read_only=True) as connection:
        for table, column, kind in connection.execute(sql).fetchall():
            found.setdefault(table, {})[column] = kind
    return found


def _tests(manifest: Row, places: dict[str, str], types: Types) -> Iterator[UnitTest]:
    """The tests that are of models only, and change neither macros nor variables."""
    for test in manifest["unit_tests"].values():
        inputs = {given["input"]: given["rows"] or [] for given in test["given"]}
        names = {text: re.fullmatch(r"ref\('(\w+)'\)", text) for text in inputs}
        if all(names.values()) and not test.get("overrides"):
            given = {places[match.group(1)]: inputs[text] for text, match in names.items() if match}
            yield UnitTest(test["name"], places[test["model"]], given, test["expect"]["rows"] or [], types)


def filled(types: Types, rows: dict[str, list[Row]]) -> duckdb.DuckDBPyConnection:
    """Tables in memory, empty where no rows are given."""
    connection = duckdb.connect()
    # Tables of a few rows: a second thread takes longer than it helps.
    connection.execute("set threads = 1; attach ':memory:' as build; use build")
    for table, columns in types.items():
        _fill(connection, table, columns, rows.get(table, []))
    return connection


def _fill(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str], rows: list[Row]) -> None:
    schema, _ = table.split(".")
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    connection.execute(f"create schema if not exists {schema}; create table {table} ({declared})")
    for row in rows:
        values = ", ".join(f"cast(? as {columns[name]})" for name in row)
        connection.execute(f"insert into {table} ({', '.join(row)}) values ({values})", list(row.values()))


def _typed(connection: duckdb.DuckDBPyConnection, value: Any, kind: str) -> Any:
    (row,) = connection.execute(f"select cast(? as {kind})", [value]).fetchall()
    return row[0]


def _sorted(rows: list[list[Any]]) -> list[str]:
    return sorted(repr([round(float(cell), 9) if _is_number(cell) else cell for cell in row]) for row in rows)


def _is_number(cell: Any) -> bool:
    return not isinstance(cell, bool) and isinstance(cell, int | float)
