"""A real PostgreSQL, and a published file whose every cell says of which night it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from pipelines.serving.postgres import Served, serve
from pipelines.serving.settings import PostgresSettings
from tests.postgres.server import Server, programs, running


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    binaries = programs()
    if binaries is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    with running(binaries) as server:
        yield server


@dataclass
class House:
    """A published file, and a database for it."""

    folder: Path
    server: Server
    database: str = field(init=False)

    def __post_init__(self) -> None:
        self.database = self.server.database()
        self.address(self.server.url(self.database))

    @property
    def file(self) -> Path:
        return self.folder / "kompas.duckdb"

    def address(self, url: str) -> None:
        (self.folder / "postgres.url").write_text(url)

    def settings(self, **told: Any) -> PostgresSettings:
        return PostgresSettings.model_validate({"url": "file:postgres.url", **told}, context={"folder": self.folder})

    def publish(self, *statements: str) -> None:
        """A new file in place of the old one."""
        new = self.folder / "new.duckdb"
        with duckdb.connect(str(new)) as connection:
            for statement in statements:
                connection.execute(statement)
        new.replace(self.file)

    def night(self, number: int, rows: int = 50, tables: int = 4) -> None:
        """Publish tables that say in every cell which night it is."""
        made = [
            f"create table kpi.t{one} as select {number} as night, range as row from range({rows})"
            for one in range(tables)
        ]
        self.publish("create schema kpi", *made)

    def serve(self, *, patience_s: float = 5.0, **told: Any) -> Served:
        return serve(self.file, self.settings(**told), patience_s)

    def connect(self, **told: Any) -> psycopg.Connection:
        return psycopg.connect(self.server.url(self.database, **told), autocommit=True)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(query).fetchall()  # type: ignore[call-overload,no-any-return]


@pytest.fixture
def house(server: Server, tmp_path: Path) -> House:
    return House(tmp_path, server)
