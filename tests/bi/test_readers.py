"""Readers never see an error nor a mixed night, however often the file is published under their eyes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import yaml

from pipelines import contract as contracts
from pipelines.publish import publish
from tests.bi.nights import ASKED, SMALL, Reading, marked, published_under_readers, small_build, with_marks
from tests.warehouse import Warehouse

_PUBLISH = """
import sys
from pathlib import Path
from pipelines import publish
from pipelines.contract import read
while True:
    publish.publish(Path(sys.argv[1]), Path(sys.argv[2]), contract=read(Path(sys.argv[3])))
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return small_build(tmp_path / "build.duckdb")


def look(file: Path) -> tuple[object, ...]:
    with duckdb.connect(str(file), read_only=True) as connection:
        row = connection.execute(ASKED).fetchone()
    assert row
    return row


def test_two_readers_through_twenty_publishes(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "kompas.duckdb"
    publish(small, file, contract=with_marks(SMALL))
    seen, _ = published_under_readers(small, file, SMALL, count=2, times=20)
    assert seen.errors == []
    assert seen.mixed() == []
    assert len(seen.nights()) > 2
    assert seen.queries > 20


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_eight_readers_through_two_hundred_publishes(warehouse: Warehouse, tmp_path: Path) -> None:
    build, file = tmp_path / "build.duckdb", tmp_path / "kompas.duckdb"
    shutil.copy(warehouse.file, build)
    marked(build, 0)
    publish(build, file, contract=with_marks(contracts.current()))
    seen, _ = published_under_readers(build, file, contracts.current(), count=8, times=200)
    assert seen.errors == []
    assert seen.mixed() == []
    assert len(seen.nights()) > 100
    assert seen.queries > 1000


def test_a_mixed_night_would_be_noticed() -> None:
    whole = '["2026-11-15", 20261115, 20261115, 9, 20261115, 3]'
    mixed = '["2026-11-15", 20261115, 20261115, 9, 20261114, 3]'
    assert Reading({whole: 1, mixed: 1}, [], [1.0]).mixed() == [mixed]


def test_kills_leave_a_whole_file_and_the_next_publish_sweeps(small: Path, tmp_path: Path) -> None:
    """kill -9 at three moments of publishing, over and over in a process of its own."""
    folder = tmp_path / "published"
    file, contract = folder / "kompas.duckdb", tmp_path / "1.0.0.yml"
    publish(small, file, contract=with_marks(SMALL))
    before = look(file)
    contract.write_text(yaml.safe_dump(with_marks(SMALL).tables), encoding="utf-8")
    left = [_killed_after(seconds, small, file, contract) for seconds in (0, 0.01, 0.02)]
    assert any(left), "no kill hit a publish"
    assert look(file) == before
    publish(small, file, contract=with_marks(SMALL))
    assert [path.name for path in folder.iterdir()] == ["kompas.duckdb"]


def _killed_after(seconds: float, build: Path, file: Path, contract: Path) -> bool:
    """Kill a publishing process so long after a new temporary file was there; whether it leaves one."""
    old = _temporary(file)
    command = [sys.executable, "-c", _PUBLISH, str(build), str(file), str(contract)]
    process = subprocess.Popen(command)
    while not _temporary(file) - old:
        assert process.poll() is None
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(timeout=30)
    return bool(_temporary(file))


def _temporary(file: Path) -> set[str]:
    return {path.name for path in file.parent.glob(".*.tmp*")}
