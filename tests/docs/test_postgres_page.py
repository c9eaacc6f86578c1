"""docs/bi/postgres.md, done as it says: on a real PostgreSQL, with a company that had a night."""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
import pytest
import yaml
from click.testing import CliRunner

from pipelines.cli import main
from tests.docs.pages import DOCS, Block, blocks_of
from tests.house import House
from tests.postgres.server import Server

pytestmark = pytest.mark.timeout(900)


def block(language: str) -> Block:
    """The only block of a language."""
    (only,) = [one for one in blocks_of(DOCS / "bi" / "postgres.md") if one.language == language]
    return only


def address(server: Server) -> str:
    """The address that the page exports, of this server."""
    _, _, exported = block("sh").text.strip().partition("=")
    shown = urlsplit(exported.strip("'"))
    return shown._replace(netloc=f"{shown.username}:{shown.password}@127.0.0.1:{server.port}", query="").geturl()


@pytest.mark.parametrize("command", ["check", "serve"])
def test_the_steps_of_the_page_serve_a_warehouse(
    company: House, server: Server, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    url = address(server)
    prepared(server)
    company.write(company.plain() | yaml.safe_load(block("yaml").text))
    monkeypatch.setenv("KOMPAS_POSTGRES_URL", url)
    done = CliRunner().invoke(main, ["--settings", str(company.file), command])
    assert done.exit_code == 0, done.output
    if command == "serve":
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from kompas_kpi.kpi_scorecard").fetchone() != (0,)


def prepared(server: Server) -> None:
    """What the page has an administrator do, once."""
    with server.connect() as connection:
        if connection.execute("select 1 from pg_roles where rolname = 'bi_reader'").fetchone():
            return
        for statement in block("sql").text.split(";"):
            if statement.strip():
                connection.execute(statement)  # type: ignore[call-overload]
