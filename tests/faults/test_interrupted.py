"""A night that is stopped half-way, and two nights at once: whole files only, and the next night goes well."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
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

pytestmark = pytest.mark.timeout(900)
NEXT = NIGHT + timedelta(days=1)
GENTLE_S, STUCK_S = 0.3, 100.0
WORDS = ("run", "--date", NEXT.isoformat())


@pytest.fixture(scope="module")
def house(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with first_night.moved(tmp_path_factory.mktemp("stopped"), world_after(NEXT), latency=GENTLE_S) as house:
        yield house


def pulling(house: House) -> subprocess.Popen[str]:
    """A night in the middle of its pulls: some answers have come, and the platforms let it wait for the others."""
    house.sandbox.latency = GENTLE_S
    before = len(house.sandbox.requests)
    process = house.start(*WORDS)
    until(lambda: len(house.sandbox.requests) > before + 5 or process.poll() is not None)
    house.sandbox.latency = STUCK_S
    assert process.poll() is None, process.communicate()
    return process


def until(true: Callable[[], bool], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def stop(process: subprocess.Popen[str], how: signal.Signals, whom: Iterable[int] = ()) -> Done:
    """Ctrl-C goes to the command; a machine that goes down takes all that it started along (`whom`)."""
    for pid in [*whom, process.pid]:
        os.kill(pid, how)
    output, _ = process.communicate(timeout=120)
    return Done(process.returncode, output)


def family(ancestor: int) -> set[int]:
    """The processes that a process started, and those that they started, and so on."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


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
            stop(first, signal.SIGKILL, family(first.pid))


@dataclass(frozen=True)
class Stopped:
    """After Ctrl-C: how the command ended, what is published, and what it had started."""

    done: Done
    tables: Tables
    family: set[int]


@pytest.fixture(scope="module")
def interrupted(house: House, second: tuple[Done, subprocess.Popen[str]]) -> Stopped:
    started = family(second[1].pid)
    return Stopped(stop(second[1], signal.SIGINT), house.published(), started)


@pytest.fixture(scope="module")
def killed(house: House, interrupted: Stopped) -> Tables:
    night = pulling(house)
    stop(night, signal.SIGKILL, family(night.pid))
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


def test_ctrl_c_ends_the_night_though_a_platform_does_not_answer(interrupted: Stopped) -> None:
    assert interrupted.done.code != 0
    assert "Traceback" not in interrupted.done.output


def test_ctrl_c_leaves_no_process_behind(interrupted: Stopped) -> None:
    assert len(interrupted.family) > 2
    until(lambda: not any(map(is_alive, interrupted.family)), seconds=10)


def test_ctrl_c_leaves_whole_files_only(house: House, interrupted: Stopped) -> None:
    assert unreadable(house) == []


def test_ctrl_c_leaves_the_published_warehouse(first_night: FirstNight, interrupted: Stopped) -> None:
    assert differing(first_night.seen.tables, interrupted.tables) == []


def test_ctrl_c_frees_the_lock(house: House, interrupted: Stopped) -> None:
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
