"""The first night of a company, run once for all tests that begin after it."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from sandbox.company import World
from tests.house import Done, House, Tables
from tests.warehouse import shared_folder

NIGHT = date(2026, 11, 15)
"""A Sunday. Whole days are known until then, and the days from the first of July on are pulled."""
HISTORY_FROM = date(2026, 7, 1)
HISTORY_DAYS = (NIGHT - HISTORY_FROM).days + 1
WORLD_FROM = date(2026, 5, 1)
SCALE = 0.2
Furnish = Callable[[House], None]


def morning_after(day: date) -> datetime:
    """Six in the morning in Amsterdam, when the night of a day runs."""
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC) + timedelta(days=1)


def world_after(day: date) -> World:
    """The company as it is known on the morning after a day; always the same one."""
    return World(seed=7, scale=SCALE, first_day=WORLD_FROM, now=morning_after(day))


@dataclass(frozen=True)
class Seen:
    """A house as it was found after a command."""

    done: Done
    tables: Tables
    files: dict[str, str]


def seen(house: House, done: Done) -> Seen:
    return Seen(done, house.published(), house.files())


@dataclass(frozen=True)
class FirstNight:
    """The first night: what it left, its data as they were then, and how many days of history it brought."""

    seen: Seen
    data: Path
    history_days: int

    @property
    def lake(self) -> Path:
        return self.data / "lake"

    @contextmanager
    def moved(self, folder: Path, world: World, latency: float = 0.0) -> Iterator[House]:
        """A house that begins with the data of the first night."""
        with House(folder, world, self.history_days, latency) as house:
            # dbt's parse is of the other house's paths.
            shutil.copytree(self.data, folder / "data", ignore=shutil.ignore_patterns(house.settings.dbt_parse.name))
            yield house


def pytest_configure(config: pytest.Config) -> None:
    """dagster-dbt's parser of SQL warns of its own accelerator when it is imported; nothing of ours can mend that."""
    config.addinivalue_line("filterwarnings", "ignore:sqlglotrs is deprecated:DeprecationWarning")
    # apprise's mail, for its signatures.
    config.addinivalue_line("filterwarnings", "ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture(scope="session", autouse=True)
def ctrl_c() -> Iterator[None]:
    """A shell ignores Ctrl-C for what it runs in the background; the commands that tests start would ignore it too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture(scope="session")
def first_night(tmp_path_factory: pytest.TempPathFactory) -> FirstNight:
    """`kompas run` in an empty folder, once for all processes of a test run. About half a minute."""
    folder = shared_folder(tmp_path_factory, "first_night")
    left = folder / "seen.pickle"
    with FileLock(folder / "lock"):
        if not left.exists():
            left.write_bytes(pickle.dumps(_first_night(folder)))
    return FirstNight(pickle.loads(left.read_bytes()), folder / "data", HISTORY_DAYS)


def _first_night(folder: Path) -> Seen:
    with House(folder / "house", world_after(NIGHT), HISTORY_DAYS) as house:
        done = house.kompas("run", "--date", NIGHT.isoformat())
        assert done.code == 0, done.output
        shutil.copytree(house.folder / "data", folder / "data")
        return seen(house, done)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The modules that may take longest (by their own timeout) begin first, so that the workers end together."""
    items.sort(key=_timeout, reverse=True)


def _timeout(item: pytest.Item) -> float:
    told = item.get_closest_marker("timeout")
    return float(told.args[0]) if told else 0.0


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything can be had, a test that skips is a failure: set KOMPAS_NO_SKIPS."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("KOMPAS_NO_SKIPS") and skipped and not hasattr(session.config, "workerinput"):
        reporter.write_line(f"KOMPAS_NO_SKIPS: {len(skipped)} tests were skipped")
        for report in skipped:
            reporter.write_line(f"  {report.nodeid}: {report.longrepr[2] if report.longrepr else ''}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
