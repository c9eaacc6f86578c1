"""Who reads while a night is served: never an error, never half a night, never two at once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from connectors.errors import TransientError
from tests.house import REPOSITORY
from tests.postgres.conftest import House

_READERS_S = 60


@contextmanager
def readers(house: House, number: int, stop: Path) -> Iterator[list[subprocess.Popen[str]]]:
    """Readers that have begun; they are ended in any case."""
    command = [sys.executable, "-m", "tests.postgres.reader", house.server.url(house.database), str(stop)]
    with ExitStack() as stack:
        started = []
        for _ in range(number):
            reader = stack.enter_context(subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True))
            stack.callback(reader.kill)
            started.append(reader)
        assert [reader.stdout and reader.stdout.readline() for reader in started] == ["open\n"] * number
        yield started


def seen(house: House, number: int, nights: int) -> tuple[list[dict[str, Any]], float]:
    """What readers saw while `nights` nights were served, and how long one took on average."""
    house.night(0)
    house.serve()
    stop = house.folder / "stop"
    with readers(house, number, stop) as started:
        before = time.monotonic()
        for night in range(1, nights + 1):
            house.night(night)
            house.serve()
        taken = (time.monotonic() - before) / nights
        stop.touch()
        return [json.loads(reader.communicate(timeout=_READERS_S)[0]) for reader in started], taken


@pytest.mark.parametrize(
    ("number", "nights"), [(2, 10), pytest.param(6, 60, marks=[pytest.mark.slow, pytest.mark.timeout(900)])]
)
def test_readers_see_one_whole_night_at_a_time(house: House, number: int, nights: int) -> None:
    told, taken = seen(house, number, nights)
    print(f"{nights} nights, {taken:.2f} s each; readers: {told}")
    assert [one["wrong"] for one in told] == [[]] * number
    assert all(one["looks"] >= nights / 2 for one in told)
    assert {night for one in told for night in one["nights"]} > {0}
    assert house.rows("select distinct night from kompas_kpi.t0") == [(nights,)]


def test_an_open_transaction_keeps_its_night_and_holds_nobody_up(house: House) -> None:
    house.night(1)
    house.serve()
    with house.connect() as reader, reader.transaction():
        reader.execute("set transaction isolation level repeatable read")
        reader.execute("select 1 from kompas_kpi.t0")
        house.night(2)
        assert house.serve().seconds < 5
        assert reader.execute("select distinct night from kompas_kpi.t3").fetchall() == [(1,)]
    assert house.rows("select distinct night from kompas_kpi.t3") == [(2,)]


def test_a_view_of_a_user_stays_and_shows_the_new_night(house: House) -> None:
    house.night(1)
    house.serve()
    with house.connect() as user:
        user.execute("create view public.mine as select max(night) as night from kompas_kpi.t0")
    house.night(2)
    house.serve()
    assert house.rows("select night from public.mine") == [(2,)]


def test_an_index_and_a_grant_of_a_user_stay(house: House) -> None:
    house.night(1)
    house.serve()
    with house.connect() as user:
        user.execute("create index mine on kompas_kpi.t0 (night)")
        user.execute("grant select on kompas_kpi.t0 to pg_monitor")
    house.night(2)
    house.serve()
    assert house.rows("select indexname from pg_indexes where schemaname = 'kompas_kpi'") == [("mine",)]
    assert house.rows("select has_table_privilege('pg_monitor', 'kompas_kpi.t0', 'select')") == [(True,)]


def test_new_columns_wait_for_an_open_reader_and_let_others_pass(house: House) -> None:
    house.night(1)
    house.serve()
    house.publish("create schema kpi", "create table kpi.t0 as select 2 as night, 7 as added")
    with house.connect() as reader, house.connect() as other:
        with reader.transaction():
            reader.execute("select 1 from kompas_kpi.t0")
            serving = threading.Thread(target=house.serve, kwargs={"patience_s": 30})
            serving.start()
            waits = [_look(other) for _ in range(20)]
        serving.join(30)
    assert max(waits) < 1.5
    assert house.rows("select night, added from kompas_kpi.t0") == [(2, 7)]


def _look(reader: psycopg.Connection) -> float:
    started = time.monotonic()
    assert reader.execute("select distinct night from kompas_kpi.t0").fetchall() == [(1,)]
    time.sleep(0.05)
    return time.monotonic() - started


def test_a_reader_that_never_lets_go_costs_a_night_and_no_more(house: House) -> None:
    house.night(1)
    house.serve()
    house.publish("create schema kpi", "create table kpi.t0 as select 2 as night, 7 as added")
    with house.connect() as reader, reader.transaction():
        reader.execute("select 1 from kompas_kpi.t0")
        with pytest.raises(TransientError, match=r"lock timeout .*run `kompas serve` when they have ended"):
            house.serve(patience_s=1)
    assert house.rows("select distinct night from kompas_kpi.t0") == [(1,)]
    house.serve()
    assert house.rows("select distinct night from kompas_kpi.t0") == [(2,)]
