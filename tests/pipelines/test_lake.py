"""The lake: whole files or none, on every kind of store."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest

from pipelines.lake import Lake, LocalStore, ObjectStore

SCHEMA = pa.schema([("account_id", pa.string()), ("n", pa.int64())])
DAY = date(2026, 11, 20)


@pytest.fixture(params=["local", "object"])
def lake(request: pytest.FixtureRequest, tmp_path: Path) -> Lake:
    store = LocalStore(str(tmp_path / "lake")) if request.param == "local" else ObjectStore(f"memory://{uuid4().hex}")
    return Lake(store)


def batches(*values: int) -> list[pa.RecordBatch]:
    return [pa.record_batch({"account_id": ["a"], "n": [value]}, schema=SCHEMA) for value in values]


def failing() -> Iterator[pa.RecordBatch]:
    yield from batches(1)
    raise RuntimeError("the pull broke")


def test_a_day_is_read_as_it_was_written(lake: Lake) -> None:
    written = lake.write("shop", "orders", DAY, SCHEMA, batches(1, 2))
    table = lake.read("shop", "orders", DAY)
    assert table is not None
    assert table["n"].to_pylist() == [1, 2]
    assert written.rows == 2


def test_a_rerun_replaces_the_day(lake: Lake) -> None:
    lake.write("shop", "orders", DAY, SCHEMA, batches(1, 2))
    lake.write("shop", "orders", DAY, SCHEMA, batches(3))
    table = lake.read("shop", "orders", DAY)
    assert table is not None
    assert table["n"].to_pylist() == [3]


def test_a_failed_write_leaves_the_old_file(lake: Lake) -> None:
    lake.write("shop", "orders", DAY, SCHEMA, batches(1))
    with pytest.raises(RuntimeError, match="the pull broke"):
        lake.write("shop", "orders", DAY, SCHEMA, failing())
    table = lake.read("shop", "orders", DAY)
    assert table is not None
    assert table["n"].to_pylist() == [1]


def test_a_failed_first_write_leaves_nothing(lake: Lake) -> None:
    with pytest.raises(RuntimeError, match="the pull broke"):
        lake.write("shop", "orders", DAY, SCHEMA, failing())
    assert lake.days("shop", "orders") == []


def test_days_are_listed_without_the_empty_file(lake: Lake) -> None:
    lake.write_empty("shop", "orders", SCHEMA)
    lake.write("shop", "orders", DAY, SCHEMA, batches(1))
    assert lake.days("shop", "orders") == [DAY]


def test_an_absent_day_is_none(lake: Lake) -> None:
    assert lake.read("shop", "orders", DAY) is None


def test_a_table_is_all_its_files_together(lake: Lake) -> None:
    lake.write_table("loads", "one", pa.Table.from_batches(batches(1)))
    lake.write_table("loads", "two", pa.Table.from_batches(batches(2)))
    table = lake.table("loads")
    assert table is not None
    assert sorted(table["n"].to_pylist()) == [1, 2]


def test_a_table_that_was_never_written_is_none(lake: Lake) -> None:
    assert lake.table("loads") is None


def test_a_new_column_changes_the_empty_file(lake: Lake) -> None:
    lake.write_empty("shop", "orders", SCHEMA)
    wider = SCHEMA.append(pa.field("late", pa.string()))
    lake.write_empty("shop", "orders", wider)
    table = lake.read_file("shop/orders/0000-empty.parquet")
    assert table is not None
    assert table.schema.names == wider.names


def test_what_a_crash_left_is_swept(tmp_path: Path) -> None:
    lake = Lake.at(str(tmp_path))
    lake.write("shop", "orders", DAY, SCHEMA, batches(1))
    orphan = tmp_path / "shop" / "orders" / ".2026-11-20.parquet.abc.tmp"
    orphan.write_bytes(b"half a file")
    assert lake.sweep() == 1
    assert not orphan.exists()
    assert lake.days("shop", "orders") == [DAY]
