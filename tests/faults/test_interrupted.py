"""A night that is stopped half-way, and two nights at once: whole files only, and the next night goes well."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.lock import hold
from tests.conftest import HISTORY_FROM, NIGHT, FirstNight, Seen, seen, world_after
from tests.end_to_end.the_truth import kpi_differences, periods
from tests.house import Done, House, Tables, differing

pytestmark = [pytest.mark.xdist_group("nights"), pytest.mark.timeout(900)]
NEXT = NIGHT + timedelta(days=1)
WORDS = ("run", "--date", NEXT.isoformat())


@pytest.fixture(scope="module")
def house(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A company whose platforms are slow, so that a pull can be stopped in the middle."""
    with first_night.moved(tmp_path_factory.mktemp("stopped"), world_after(NEXT), latency=0.5) as house:
        yield house


def pulling(house: House) -> subprocess.Popen[str]:
    """A night in the middle of its pulls: some answers have come, and more are awaited."""
    before = len(house.sandbox.requests)
    process = house.start(*WORDS)
    until(lambda: len(house.sandbox.requests) > before + 5 or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return process


def until(true: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def stop(process: subprocess.Popen[str], how: signal.Signals) -> Done:
    """As Ctrl-C does, or a machine that goes down: the signal goes to all processes of the command."""
    os.killpg(process.pid, how)
    output, _ = process.communicate(timeout=120)
    return Done(process.returncode, output)


def is_free(house: House) -> bool:
    with hold(house.settings.state, "night"):
        return True


def unreadable(house: House) -> list[str]:
    """Files of the lake that are not whole."""
    found = []
    for file in Path(house.settings.lake_url).rglob("*.parquet"):
        try:
            pq.read_metadata(file)
        except (OSError, pa.ArrowException) as error:
            found.append(f"{file}: {error}")
    return found


def temporary(house: House) -> list[Path]:
    return [path for path in (house.folder / "data").rglob(".*") if ".tmp" in path.name]


@pytest.fixture(scope="module")
def second(house: House) -> Iterator[tuple[Done, subprocess.Popen[str]]]:
    """A second command while the first is pulling; the first goes on until `interrupted` ends it."""
    first = pulling(house)
    try:
        yield house.kompas(*WORDS), first
    finally:
        if first.poll() is None:
            stop(first, signal.SIGKILL)


@pytest.fixture(scope="module")
def interrupted(house: House, second: tuple[Done, subprocess.Popen[str]]) -> tuple[Done, Tables]:
    done = stop(second[1], signal.SIGINT)
    return done, house.published()


@pytest.fixture(scope="module")
def killed(house: House, interrupted: tuple[Done, Tables]) -> Tables:
    stop(pulling(house), signal.SIGKILL)
    for orphan in ("lake/ga4/site_day/.2026-11-16.parquet.abc.tmp", ".kompas.duckdb.abc.tmp"):
        (house.folder / "data" / orphan).write_bytes(b"half a file")
    return house.published()


@pytest.fixture(scope="module")
def next_night(house: House, killed: Tables) -> Seen:
    house.sandbox.latency = 0.0
    return seen(house, house.kompas(*WORDS))


def test_a_second_night_is_told_so_and_does_nothing(second: tuple[Done, subprocess.Popen[str]]) -> None:
    assert second[0].code == 1
    assert "another run of night is under way" in second[0].words


def test_a_second_night_does_not_disturb_the_first(second: tuple[Done, subprocess.Popen[str]]) -> None:
    assert "✓" not in second[0].output
    assert second[0].output.count("\n") < 5


def test_ctrl_c_ends_the_night(interrupted: tuple[Done, Tables]) -> None:
    assert interrupted[0].code != 0
    assert "Traceback" not in interrupted[0].output


def test_ctrl_c_leaves_whole_files_only(house: House, interrupted: tuple[Done, Tables]) -> None:
    assert unreadable(house) == []


def test_ctrl_c_leaves_the_published_warehouse(first_night: FirstNight, interrupted: tuple[Done, Tables]) -> None:
    assert differing(first_night.seen.tables, interrupted[1]) == []


def test_ctrl_c_frees_the_lock(house: House, interrupted: tuple[Done, Tables]) -> None:
    assert is_free(house)


def test_a_kill_leaves_whole_files_only(house: House, killed: Tables) -> None:
    assert unreadable(house) == []


def test_a_kill_leaves_the_published_warehouse(first_night: FirstNight, killed: Tables) -> None:
    assert differing(first_night.seen.tables, killed) == []


def test_the_next_night_succeeds(next_night: Seen) -> None:
    assert next_night.done.code == 0, next_night.done.output


def test_the_next_night_is_true(house: House, next_night: Seen) -> None:
    assert kpi_differences(next_night.tables, house.world, periods(HISTORY_FROM, NEXT)) == []


def test_the_next_night_sweeps_what_was_left_over(house: House, next_night: Seen) -> None:
    assert temporary(house) == []


def test_a_published_file_is_never_half(house: House, next_night: Seen) -> None:
    with duckdb.connect(str(house.settings.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from kpi.kpi_scorecard").fetchone() != (0,)
