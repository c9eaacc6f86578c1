"""Publishing: the new file whole, or the old one."""

import stat
from pathlib import Path

import duckdb
import pytest

from pipelines.contract import Contract
from pipelines.publish import Published
from pipelines.publish import publish as publish_by
from pipelines.whole_file import sweep

CONTRACT = Contract("1.0.0", {"kpi.kpi_values": {"value": "INTEGER"}, "marts.fct_orders": {"order_id": "VARCHAR"}})


def publish(build: Path, target: Path) -> Published:
    return publish_by(build, target, contract=CONTRACT)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    file = tmp_path / "build.duckdb"
    fill(file, 1)
    return file


def fill(file: Path, value: int) -> None:
    with duckdb.connect(str(file)) as connection:
        for schema in ("staging", "marts", "kpi"):
            connection.execute(f"create schema if not exists {schema}")
        connection.execute(f"create or replace table kpi.kpi_values as select {value} as value")
        connection.execute("create or replace table marts.fct_orders as select 'o' as order_id")
        connection.execute("create or replace table kpi.kpi_between as select 1 as step")
        connection.execute("create or replace view staging.private as select 1 as secret")
        connection.execute("comment on table kpi.kpi_values is 'A KPI''s values'")
        connection.execute("comment on column kpi.kpi_values.value is 'The figure'")


def value(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as connection:
        found = connection.execute("select value from kpi.kpi_values").fetchone()
    assert found
    return int(found[0])


def test_what_the_contract_promises_is_published_and_nothing_else(build: Path, tmp_path: Path) -> None:
    done = publish(build, tmp_path / "kompas.duckdb")
    assert done.tables == {"kpi.kpi_values": 1, "marts.fct_orders": 1}


def test_descriptions_come_along(build: Path, tmp_path: Path) -> None:
    publish(build, tmp_path / "kompas.duckdb")
    with duckdb.connect(str(tmp_path / "kompas.duckdb"), read_only=True) as connection:
        found = connection.execute("select comment from duckdb_columns() where column_name = 'value'").fetchall()
    assert found == [("The figure",)]


def test_the_published_file_is_read_only(build: Path, tmp_path: Path) -> None:
    publish(build, tmp_path / "kompas.duckdb")
    assert stat.S_IMODE((tmp_path / "kompas.duckdb").stat().st_mode) == 0o444


def test_a_reader_neither_blocks_publishing_nor_sees_half_of_it(build: Path, tmp_path: Path) -> None:
    target = tmp_path / "kompas.duckdb"
    publish(build, target)
    # Another process, as a BI tool is one: in one process DuckDB would share the open file.
    import subprocess
    import sys

    code = (
        "import duckdb,sys; c=duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); "
        "sys.stdin.readline(); print(c.execute('select value from kpi.kpi_values').fetchone()[0])"
    )
    reader = subprocess.Popen(
        [sys.executable, "-c", code, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    fill(build, 2)
    publish(build, target)
    answer, _ = reader.communicate("\n", timeout=30)
    assert answer == "1\n"
    assert value(target) == 2


def test_a_failed_publish_leaves_the_old_file(build: Path, tmp_path: Path) -> None:
    target = tmp_path / "kompas.duckdb"
    publish(build, target)
    build.write_bytes(b"no database")
    with pytest.raises(duckdb.Error):
        publish(build, target)
    assert value(target) == 1
    assert list(tmp_path.glob(".kompas*")) == []


def test_what_a_killed_run_left_is_swept(tmp_path: Path) -> None:
    (tmp_path / ".kompas.duckdb.abc.tmp").write_bytes(b"half")
    assert sweep(tmp_path / "kompas.duckdb") == 1
