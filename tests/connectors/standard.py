"""What the standard suite has to know of a connector, and how it runs one: test_standard.py holds the tests.

A connector has a module `cases/<platform>.py` with a `CASE`; its settings are those of tests/contract/our_requests.py.
"""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Connector
from connectors.errors import ConnectorError
from connectors.load import Load
from connectors.stream import Stream, Window
from sandbox.company import World
from sandbox.faults import Answer as Scripted
from sandbox.faults import Faults
from sandbox.server import Sandbox
from tests.contract import our_requests
from tests.faults.spoiled import Rows, Spoil, spoiling
from tests.http_server import Answer, Request

SCALE = 0.05
ERROR_IN_200 = Answer(200, json.dumps({"error": {"code": 13, "message": "internal"}}).encode(), {})
Accounts = Callable[[Callable[[str], str]], list[Any]]


@dataclass(frozen=True)
class StreamCase:
    """A stream, and where its rows are in the platform's answers.

    rows        which requests bring them (a word of path or body), and a field that every row has
    required    a field of a row without which the row is bad data; `rows.field` by default
    optional    (field of a row that may be absent, column that is NULL then)
    number      (field of a row that holds a number, column that it becomes)
    text        (field of a row that holds text, column that it becomes)
    small_page  what makes pages small: {"module.path.NAME": value}; none where the platform has no pages
    window_days how many days a window has in which the small company has more than one page
    """

    name: str
    rows: Rows
    required: str = ""
    optional: tuple[str, str] | None = None
    number: tuple[str, str] | None = None
    text: tuple[str, str] | None = None
    small_page: Mapping[str, Any] = field(default_factory=dict)
    window_days: int = 20


@dataclass(frozen=True)
class Case:
    """A connector in the standard suite.

    accounts     two accounts as in kompas.yaml, given a function that keeps a text as a secret
    of_account   whether a request is about an account, by its id
    quota        the platform's answer when there were too many calls, without a Retry-After header
    expired      its answer to a token that has ended; forbidden: to one that may not see an account
    refreshable  whether a new token is fetched then; else the user has to act
    secrets      texts that may stand in no message
    prepare      makes the sandbox fit for the test, which does not wait: more points, say
    excused      name of a test, or `test[stream]` for one stream, or `*` for all tests: why it does not apply
    """

    platform: str
    streams: tuple[StreamCase, ...]
    accounts: Accounts
    of_account: Callable[[Request, str], bool]
    quota: Answer
    expired: Answer
    forbidden: Answer
    secrets: tuple[str, ...]
    refreshable: bool = True
    error_in_200: Answer = ERROR_IN_200
    prepare: Callable[[World], None] = lambda world: None
    excused: Mapping[str, str] = field(default_factory=dict)

    def reason(self, test: str, stream: str = "") -> str | None:
        """Why a test does not apply, or None."""
        return self.excused.get("*") or self.excused.get(test) or self.excused.get(f"{test}[{stream}]")


class Trial:
    """One connector against the sandbox of a small company, its answers spoiled or not."""

    def __init__(self, case: Case, sandbox: Sandbox, folder: Path, time_zone: str = "Europe/Amsterdam") -> None:
        self.case, self.sandbox, self.folder, self.time_zone = case, sandbox, folder, time_zone
        self.asked: list[Request] = []
        case.prepare(sandbox.world)

    @contextmanager
    def connector(self, spoil: Spoil | None = None) -> Iterator[Connector[Any]]:
        """The connector, its platform behind a proxy where answers are spoiled."""
        if spoil is None:
            with self._made({}) as made:
                yield made
            return
        with (
            spoiling(self.sandbox.url(self.case.platform), spoil) as server,
            self._made({"base_url": server.url}) as made,
        ):
            self.asked = server.requests
            yield made

    def _made(self, changes: dict[str, Any]) -> Connector[Any]:
        accounts = self.case.accounts(self._secret)
        return our_requests.connector(
            self.case.platform, self.sandbox, self.folder, self.time_zone, accounts=accounts, **changes
        )

    def _secret(self, value: str) -> str:
        path = self.folder / f"{len(list(self.folder.iterdir()))}.secret"
        path.write_text(value, encoding="utf-8")
        return f"file:{path}"

    def pull(self, name: str, window: Window, spoil: Spoil | None = None, account: int = 0) -> Pulled:
        """All rows of a window. Raises ConnectorError, in which no secret stands."""
        with self.connector(spoil) as made:
            stream, load = made.stream(name), Load()
            try:
                batches = list(made.pull(stream, made.accounts[account], window, load))
            except ConnectorError as error:
                self._hold_secrets_back(error)
                raise
            return Pulled(stream, pa.Table.from_batches(batches, stream.schema), load)

    def failure(self, name: str, window: Window, spoil: Spoil) -> ConnectorError:
        """The error that a pull ends in."""
        with pytest.raises(ConnectorError) as caught:
            self.pull(name, window, spoil)
        return caught.value

    def _hold_secrets_back(self, error: ConnectorError) -> None:
        told = "".join([repr(error), *traceback.format_exception(error)])
        secrets = [secret for secret in self.case.secrets if secret in told]
        assert not secrets, f"the message of {type(error).__name__} holds a secret"


@dataclass(frozen=True)
class Pulled:
    """What one pull brought."""

    stream: Stream
    table: pa.Table
    load: Load

    @property
    def rows(self) -> list[str]:
        """Rows as text, in an order of their own."""
        return sorted(map(repr, self.table.to_pylist()))

    @property
    def by_key(self) -> dict[tuple[Any, ...], dict[str, Any]]:
        """The newest version of each row by its key."""
        found: dict[tuple[Any, ...], dict[str, Any]] = {}
        for row in self.table.to_pylist():
            key = tuple(row[name] for name in self.stream.key)
            if key not in found or row[self.stream.day_field] >= found[key][self.stream.day_field]:
                found[key] = row
        return found

    def days(self, zone: Any) -> set[date]:
        """The days of its rows, in a time zone where they are instants."""
        return {_day(value, zone) for value in self.table[self.stream.day_field].to_pylist()}


def _day(value: date | datetime, zone: Any) -> date:
    return value.astimezone(zone).date() if isinstance(value, datetime) else value


def a_company() -> World:
    """A small company that began before the newest change of the clocks, and whose last day is today."""
    now = datetime.now(UTC)
    return World(
        seed=7, scale=SCALE, first_day=min(clocks_changed(now.date()), now.date() - timedelta(days=40)), now=now
    )


def clocks_changed(today: date) -> date:
    """A week before the newest change of the clocks in Amsterdam that is a week ago."""
    day = today - timedelta(days=7)
    while not (day.weekday() == 6 and day.month in (3, 10) and day.day >= 25):
        day -= timedelta(days=1)
    return day - timedelta(days=7)


def sandbox_of(world: World) -> Sandbox:
    return Sandbox(world, Faults.none(), port=0, grpc_port=0)


def answer_of(told: Scripted) -> Answer:
    """A scripted answer of the sandbox, as the proxy before it sends it."""
    return Answer(told.status, told.content(), dict(told.all_headers()))
