"""What a person is told when PostgreSQL refuses, what a killed night leaves, and that no message has the password."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable

import pytest

from connectors.errors import AuthorisationError, ConfigurationError, ConnectorError, TransientError
from pipelines.serving import attempts, postgres
from tests.house import REPOSITORY, closed_port
from tests.postgres.conftest import House
from tests.postgres.server import PASSWORD, SPELLED

Spoil = Callable[[str], str]
WRONG: dict[str, tuple[Spoil, type[ConnectorError], str]] = {
    "another password": (
        lambda url: url.replace(SPELLED, "hemelsleutel"),
        AuthorisationError,
        r"password authentication failed .*check user and password in file:postgres.url",
    ),
    "no such database": (
        lambda url: url.replace("/bi_", "/no_"),
        ConfigurationError,
        r'database "no_.*" does not exist \(create the database, or name another in file:postgres.url\)',
    ),
    "no such host": (
        lambda url: url.replace("127.0.0.1", "db.invalid"),
        TransientError,
        r"could not translate host name .*is the server running",
    ),
    "another kind of database": (
        lambda url: url.replace("postgresql", "mysql"),
        ConfigurationError,
        r"file:postgres.url is no address of PostgreSQL \(write postgresql://user:password@host",
    ),
    "a password as it is typed": (
        lambda url: url.replace(SPELLED, PASSWORD),
        ConfigurationError,
        r"file:postgres.url cannot be read as an address \(in user and password, write @ as %40",
    ),
    "a port of letters": (
        lambda url: url.replace("127.0.0.1:", "127.0.0.1:x"),
        ConfigurationError,
        r"cannot be read as an address",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_address_is_explained_without_its_password(house: House, wrong: str) -> None:
    spoil, kind, words = WRONG[wrong]
    house.address(spoil(house.server.url(house.database)))
    house.night(1)
    with pytest.raises(kind, match=words) as told:
        house.serve()
    secrets = {PASSWORD, SPELLED, "hemelsleutel", "geheim"}
    written = "".join(traceback.format_exception(told.value))
    assert [secret for secret in secrets if secret in written] == []


def test_a_server_that_is_down_is_explained(house: House) -> None:
    house.night(1)
    with closed_port() as port:
        house.address(house.server.url(house.database).replace(f":{house.server.port}/", f":{port}/"))
        with pytest.raises(TransientError, match=r"Connection refused .*Then run `kompas serve`"):
            house.serve()


def test_a_server_that_is_down_is_tried_again(house: House) -> None:
    house.night(1)
    told: list[str] = []
    with closed_port() as port:
        house.address(house.server.url(house.database).replace(f":{house.server.port}/", f":{port}/"))
        with pytest.raises(TransientError):
            attempts.served(house.file, house.settings(), told.append, first_s=0.01)
    assert [line.endswith("; trying again") for line in told] == [True] * 3


def test_who_may_not_make_schemas_is_told_what_to_ask_for(house: House) -> None:
    with house.connect() as admin:
        admin.execute("create role bi_guest login password 'gast'")
    house.address(house.server.url(house.database, "bi_guest", "gast"))
    house.night(1)
    with pytest.raises(ConfigurationError, match=r"permission denied for database .*grant create on database"):
        house.serve()
    with pytest.raises(ConfigurationError, match=r"bi_guest may not make schemas .*grant create on database"):
        postgres.check(house.settings())


def test_a_reader_who_does_not_exist_is_named(house: House) -> None:
    house.night(1)
    for attempt in (
        lambda: house.serve(readers=["nobody"]),
        lambda: postgres.check(house.settings(readers=["nobody"])),
    ):
        with pytest.raises(ConfigurationError, match=r'role "?nobody.*serving.postgres.readers'):
            attempt()
    assert house.rows("select to_regnamespace('kompas_kpi')::text") == [(None,)]


def test_a_check_that_passes_says_where_it_was(house: House) -> None:
    assert postgres.check(house.settings()) == f"127.0.0.1:{house.server.port}/{house.database}"


def test_the_night_before_stays_when_the_file_cannot_be_read(house: House) -> None:
    house.night(1)
    house.serve()
    house.publish("create schema kpi", "create table kpi.t0 as select 170141183460469231731687303715884105727 as night")
    with pytest.raises(Exception, match=r"Conversion Error|Could not cast"):
        house.serve()
    assert house.rows("select distinct night from kompas_kpi.t0") == [(1,)]


def test_a_night_that_is_killed_leaves_the_one_before_and_nothing_else(house: House) -> None:
    house.night(1, rows=50)
    house.serve()
    before = house.rows(_EVERYTHING)
    house.night(2, rows=3_000_000, tables=1)
    killed = subprocess.Popen([sys.executable, "-c", _SERVE.format(folder=house.folder)], cwd=REPOSITORY)
    while not house.rows(_COPYING):
        assert killed.poll() is None
        time.sleep(0.01)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait()
    while house.rows(_COPYING):
        time.sleep(0.05)
    assert house.rows("select distinct night from kompas_kpi.t0") == [(1,)]
    assert house.rows(_EVERYTHING) == before
    house.night(3)
    house.serve()
    assert house.rows("select distinct night from kompas_kpi.t0") == [(3,)]


_EVERYTHING = "select relname::text from pg_class where relnamespace::regnamespace::text !~ '^pg_' order by 1"
_COPYING = "select 1 from pg_stat_progress_copy where datname = current_database()"
_SERVE = """
from pathlib import Path
from pipelines.serving.postgres import serve
from pipelines.serving.settings import PostgresSettings
folder = Path('{folder}')
told = PostgresSettings.model_validate({{"url": "file:postgres.url"}}, context={{"folder": folder}})
serve(folder / "kompas.duckdb", told)
"""
