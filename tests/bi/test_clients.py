"""The published file read by what BI tools read it with: SQLAlchemy, data frames, DuckDB's own command line."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from sqlalchemy import Date, Numeric, create_engine, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from pipelines import contract as contracts
from pipelines.publish import publish
from tests.warehouse import Warehouse

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:duckdb_engine", "ignore:duckdb-engine doesn't yet")


def engine(file: Path) -> Engine:
    """As the docs say it: read-only, and a connection for each question, so that a new night is seen."""
    return create_engine(f"duckdb:///{file}?access_mode=read_only", poolclass=NullPool)


def test_sqlalchemy_lists_every_table_and_view(published: Path) -> None:
    found = inspect(engine(published))
    names = {
        schema: [*found.get_table_names(schema), *found.get_view_names(schema)] for schema in ("bi", "kpi", "marts")
    }
    assert {f"{schema}.{name}" for schema, listed in names.items() for name in listed} == set(
        contracts.current().tables
    )


@pytest.mark.parametrize("table", ["bi.scorecard", "bi.channel_performance", "marts.order_facts"])
def test_sqlalchemy_knows_every_column(published: Path, table: str) -> None:
    schema, name = table.split(".")
    columns = [column["name"] for column in inspect(engine(published)).get_columns(name, schema)]
    assert columns == list(contracts.current().tables[table])


def test_sqlalchemy_sees_days_and_decimals(published: Path) -> None:
    columns = {column["name"]: column for column in inspect(engine(published)).get_columns("channel_performance", "bi")}
    assert isinstance(columns["period_start"]["type"], Date)
    assert isinstance(columns["ad_spend"]["type"], Numeric)
    assert columns["period_start"]["comment"] == "First day of the period"


def test_sqlalchemy_asks(published: Path) -> None:
    asked = """select sum(order_revenue) from bi.channel_performance where grain = :grain and period_start = :start"""
    with engine(published).connect() as connection:
        march = connection.execute(text(asked), {"grain": "month", "start": date(2026, 3, 1)}).scalar()
    assert march == Decimal(12400)


def test_sqlalchemy_cannot_write(published: Path) -> None:
    with engine(published).connect() as connection, pytest.raises(DBAPIError, match="read-only"):
        connection.exec_driver_sql("create table bi.mine (a int)")


def test_sqlalchemy_sees_the_next_night(warehouse: Warehouse, tmp_path: Path) -> None:
    build, file = tmp_path / "build.duckdb", tmp_path / "kompas.duckdb"
    build.write_bytes(warehouse.file.read_bytes())
    publish(build, file)
    asked = engine(file)
    nights = [_night(asked)]
    with duckdb.connect(str(build)) as connection:
        connection.execute("update bi.night set run_day = run_day + 1")
    publish(build, file)
    nights.append(_night(asked))
    assert nights == [date(2026, 4, 12), date(2026, 4, 13)]


def _night(asked: Engine) -> date:
    with asked.connect() as connection:
        return connection.exec_driver_sql("select run_day from bi.night").scalar()  # type: ignore[return-value]


def test_arrow_keeps_days_and_decimals(reader: duckdb.DuckDBPyConnection) -> None:
    schema = reader.execute("from bi.channel_performance").to_arrow_table().schema
    assert str(schema.field("period_start").type) == "date32[day]"
    assert str(schema.field("ad_spend").type) == "decimal128(18, 6)"


def test_a_data_frame_has_the_rows(reader: duckdb.DuckDBPyConnection) -> None:
    frame = reader.execute("from bi.trend").df()
    assert isinstance(frame, pd.DataFrame)
    assert len(frame) == 37


def test_the_command_line_of_duckdb_reads_the_file(published: Path) -> None:
    """`duckdb -readonly FILE SQL`: the wheel of duckdb-cli, which stands in the test environment."""
    command = Path(sys.executable).with_name("duckdb")
    if not command.exists():
        pytest.skip("the DuckDB command line is not in this environment")
    asked = "select kpi_id, verdict_nl from bi.scorecard order by position limit 1"
    done = subprocess.run(
        [command, "-readonly", "-csv", str(published), asked], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["kpi_id,verdict_nl", "cpa,niet gehaald"]
