"""Names and types of the published file are a promise: whoever changes one gives it a new version, and says so."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from pipelines import contract as contracts
from pipelines.contract import Columns, Contract, ContractError
from pipelines.publish import publish
from pipelines.published_copy import columns_of
from pipelines.warehouse_words import OWN
from tests.bi.versions import MAJOR, MINOR, PATCH, change, step
from tests.docs.tables import REPOSITORY
from tests.warehouse import Warehouse

OLD = Contract("1.2.0", {"kpi.figures": {"day": "DATE", "value": "DOUBLE"}})
MONEY = re.compile(r"_eur$|^(?:\w+_)?(?:spend|revenue|refund_amount|value_returned|profit)$|_amount$")
"""How a column of money is called, where it is no figure in mixed units."""
DAYS = re.compile(r"(?:^|_)(?:day|date|month|start|end)$")


def like(tables: dict[str, Columns]) -> Contract:
    return Contract("1.3.0", tables)


def test_the_published_file_is_the_contract(published: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{published}' as file (read_only)")
        assert columns_of(connection, "file") == contracts.current().tables


def test_the_file_tells_its_version(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("from bi.contract").fetchall() == [(contracts.current().version,)]


def test_every_column_of_a_published_table_is_promised(warehouse: Warehouse) -> None:
    """A column that a model gains is a new minor version, not a secret."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.file}' as build (read_only)")
        built = columns_of(connection, "build")
    promised = contracts.current().tables
    assert {table: list(built[table]) for table in promised if table not in OWN} == {
        table: list(columns) for table, columns in promised.items() if table not in OWN
    }


def test_publishing_casts_nothing_but_doubles(warehouse: Warehouse) -> None:
    """A text that becomes a day on the way out would hide a mistake of the model."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse.file}' as build (read_only)")
        built = columns_of(connection, "build")
    promised = contracts.current().tables
    casts = {
        (was, promised[table][column])
        for table, columns in built.items()
        for column, was in columns.items()
        if table in promised and was != promised[table][column]
    }
    assert casts == {("DOUBLE", "DECIMAL(18,6)"), ("DOUBLE", "BIGINT")}


@pytest.mark.parametrize("contract", contracts.versions(), ids=lambda contract: contract.version)
def test_a_version_stands_in_the_changelog_with_its_digest(contract: Contract) -> None:
    """Who changes the file of a version comes by here: a released version never changes, a new one gets a line."""
    changelog = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"contract {contract.version} (`{contract.digest}`)" in changelog


def test_versions_move_by_what_has_changed() -> None:
    assert [
        (old.version, new.version) for old, new in pairwise(contracts.versions()) if step(old, new) > change(old, new)
    ] == []


@pytest.mark.parametrize(
    ("tables", "asked"),
    [
        ({"kpi.figures": {"day": "DATE", "amount": "DOUBLE"}}, MAJOR),
        ({"kpi.figures": {"day": "DATE"}}, MAJOR),
        ({"kpi.figures": {"day": "VARCHAR", "value": "DOUBLE"}}, MAJOR),
        ({"kpi.values": {"day": "DATE", "value": "DOUBLE"}}, MAJOR),
        ({"kpi.figures": {"day": "DATE", "value": "DOUBLE", "unit": "VARCHAR"}}, MINOR),
        ({**OLD.tables, "kpi.more": {"day": "DATE"}}, MINOR),
        ({"kpi.figures": {"value": "DOUBLE", "day": "DATE"}}, PATCH),
    ],
    ids=["renamed column", "column gone", "other type", "renamed table", "new column", "new table", "other order"],
)
def test_what_a_change_asks_of_the_version(tables: dict[str, Columns], asked: int) -> None:
    assert change(OLD, like(tables)) == asked


def test_a_digest_tells_names_and_types_apart() -> None:
    assert like(OLD.tables).digest == OLD.digest
    assert like({"kpi.figures": {"day": "DATE", "value": "FLOAT"}}).digest != OLD.digest


def test_a_build_that_lacks_a_column_is_not_published(tmp_path: Path) -> None:
    build = tmp_path / "build.duckdb"
    with duckdb.connect(str(build)) as connection:
        connection.execute("create schema kpi; create table kpi.figures as select date '2026-01-01' as day")
    with pytest.raises(ContractError, match=r"no kpi\.figures\.value, which contract 1\.2\.0 promises"):
        publish(build, tmp_path / "kompas.duckdb", contract=OLD)
    assert not (tmp_path / "kompas.duckdb").exists()


def test_days_are_dates() -> None:
    kinds = {
        kind
        for columns in contracts.current().tables.values()
        for column, kind in columns.items()
        if DAYS.search(column)
    }
    assert kinds == {"DATE"}


def test_amounts_of_money_are_decimals() -> None:
    """A parameter of a model in euros is no amount."""
    kinds = {
        f"{table}.{column}": kind
        for table, columns in contracts.current().tables.items()
        for column, kind in columns.items()
        if MONEY.search(column)
    }
    assert len(kinds) > 20
    assert {column for column, kind in kinds.items() if kind != "DECIMAL(18,6)"} == {"marts.clv_fit.v_eur"}


def test_no_column_has_a_type_that_a_bi_tool_may_not_know() -> None:
    kinds = {kind for columns in contracts.current().tables.values() for kind in columns.values()}
    known = {"VARCHAR", "DATE", "BOOLEAN", "INTEGER", "BIGINT", "DOUBLE", "DECIMAL(18,6)", "TIMESTAMP WITH TIME ZONE"}
    assert kinds == known
