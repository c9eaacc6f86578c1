"""Every engine gives the figures that DuckDB gives, cell by cell, from the same lake and the same SQL."""

from __future__ import annotations

import math
from pathlib import Path

import duckdb
import pytest
from _pytest.mark import ParameterSet

from tests.spark.engines import ENGINES, Engine
from tests.warehouse import Warehouse

DUCKDB_ONLY = {("marts", "clv_fit"), ("marts", "customer_value"), ("kpi", "kpi_expected_measures")}
"""Python over DuckDB, and what is made of it: elsewhere it says `not_fitted`."""
EMPTY = {("kpi", "measure_finality")}
"""One night restates nothing."""
PRECISION = 1e-9
"""Sums of doubles depend on their order, which no engine promises."""
SHOWN = 5

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def _or_skipped(engine: Engine) -> ParameterSet:
    why = engine.missing()
    return pytest.param(engine, id=engine.name, marks=pytest.mark.skipif(why is not None, reason=why or ""))


@pytest.mark.parametrize("engine", [_or_skipped(engine) for engine in ENGINES])
def test_every_figure_is_the_same(engine: Engine, duckdb_warehouse: Warehouse, lake: str, tmp_path: Path) -> None:
    warehouse = engine.build(lake, tmp_path)
    names = sorted(_tables(duckdb_warehouse) - DUCKDB_ONLY - EMPTY)
    with duckdb.connect(str(duckdb_warehouse.file), read_only=True) as connection:
        found = {name: _differences(connection, engine.files(warehouse, *name), *name) for name in names}
    assert {name: different for name, different in found.items() if different} == {}


def test_every_published_table_has_rows_to_compare(duckdb_warehouse: Warehouse) -> None:
    names = _tables(duckdb_warehouse) - DUCKDB_ONLY
    assert {name for name in names if not duckdb_warehouse.rows(f"from {'.'.join(name)} limit 1")} == EMPTY


def test_the_lake_has_something_of_everything(duckdb_warehouse: Warehouse) -> None:
    (measures,) = duckdb_warehouse.row("select count(distinct measure) from kpi.kpi_measures where value <> 0")
    reasons = duckdb_warehouse.rows("select distinct coalesce(reason_code, verdict) from kpi.kpi_verdicts order by 1")
    assert measures >= 30
    assert len(reasons) >= 4, reasons


def _tables(warehouse: Warehouse) -> set[tuple[str, str]]:
    """Schema and name of the tables that dbt builds to be published."""
    query = "select schema_name, table_name from duckdb_tables() where schema_name in ('kpi', 'marts')"
    return {(str(schema), str(table)) for schema, table in warehouse.rows(query)}


def _differences(connection: duckdb.DuckDBPyConnection, files: str, schema: str, table: str) -> list[str]:
    """In words: columns, rows, or the first cells that differ."""
    ours, theirs = f"{schema}.{table}", f"read_parquet('{files}')"
    columns = _columns(connection, ours)
    if columns != _columns(connection, theirs):
        return [f"columns {columns}, not {_columns(connection, theirs)}"]
    # Rows stand in the order of what is exact in them: the doubles come last.
    order = ", ".join(f'"{name}"' for name in sorted(columns, key=lambda name: columns[name] == "DOUBLE"))
    query = "select {0} from {1} order by {0}"
    mine, others = (connection.execute(query.format(order, side)).fetchall() for side in (ours, theirs))
    if not mine or len(mine) != len(others):
        return [f"{len(mine)} rows, not {len(others)}"]
    pairs = zip(mine, others, strict=True)
    return [f"{row} became {other}" for row, other in pairs if not all(map(_same, row, other))][:SHOWN]


def _columns(connection: duckdb.DuckDBPyConnection, relation: str) -> dict[str, str]:
    rows = connection.execute(f"describe select * from {relation}").fetchall()
    return {str(name): str(kind) for name, kind, *_ in rows}


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=PRECISION)
    return ours == theirs
