"""A shop's whole published warehouse in PostgreSQL: by the asset of the night, and by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
import duckdb
import psycopg
import pytest
import yaml
from click.testing import CliRunner

from pipelines import settings as kompas_settings
from pipelines.cli import main
from pipelines.serving.assets import POSTGRES, serving_assets
from pipelines.settings import Settings
from tests.explain.company import document
from tests.explain.conftest import shop as explained  # noqa: F401 - a fixture of theirs
from tests.explain.conftest import warehouse  # noqa: F401
from tests.postgres.server import PASSWORD, SPELLED, Server

KINDS = {
    "DATE": "date",
    "VARCHAR": "text",
    "DOUBLE": "double precision",
    "BIGINT": "bigint",
    "INTEGER": "integer",
    "BOOLEAN": "boolean",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
}


@pytest.fixture(scope="module")
def shop(explained: Settings, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Settings:  # noqa: F811
    """A company that serves that shop's warehouse."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "postgres.url").write_text(server.url(server.database()))
    paths = {"lake": explained.lake_url, "warehouse": str(explained.warehouse), "state": str(folder / "state")}
    told = document() | {"paths": paths, "serving": {"postgres": {"url": "file:postgres.url", "schema_prefix": ""}}}
    (folder / "kompas.yaml").write_text(yaml.safe_dump(told))
    return kompas_settings.read(folder / "kompas.yaml")


@pytest.fixture(scope="module")
def served(shop: Settings) -> dg.ExecuteInProcessResult:
    return dg.materialize(serving_assets(shop))


@pytest.fixture
def database(shop: Settings, served: dg.ExecuteInProcessResult) -> Iterator[psycopg.Connection]:
    with psycopg.connect((shop.folder / "postgres.url").read_text()) as connection:
        yield connection


@pytest.fixture
def published(shop: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


def names(published: duckdb.DuckDBPyConnection) -> list[str]:
    found = published.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
    return [name for (name,) in found]


def rows(connection: Any, name: str) -> list[str]:
    return sorted(map(repr, connection.execute(f"select * from {name}").fetchall()))


def test_every_published_table_has_the_same_rows(
    database: psycopg.Connection, published: duckdb.DuckDBPyConnection
) -> None:
    database.execute("set timezone = 'UTC'")
    differing = [name for name in names(published) if counts(database, name) != counts(published, name)]
    assert differing == []
    assert len(names(published)) > 20
    assert sum(counts(published, name)[0][0] for name in names(published)) > 10_000


def counts(connection: Any, name: str) -> list[Any]:
    """How many rows, and how many values of each column are known."""
    columns = [one[0] for one in connection.execute(f"select * from {name} limit 0").description]
    told = ", ".join(f'count("{column}")' for column in columns)
    return list(connection.execute(f"select count(*), {told} from {name}").fetchall())


def test_figures_are_the_same_to_the_last_bit(
    database: psycopg.Connection, published: duckdb.DuckDBPyConnection
) -> None:
    for name in ("kpi.kpi_values", "kpi.kpi_scorecard", "marts.channel_day", "marts.order_facts", "marts.dim_day"):
        assert rows(database, name) == rows(published, name), name


def test_every_column_has_the_type_that_it_is_published_with(
    database: psycopg.Connection, published: duckdb.DuckDBPyConnection
) -> None:
    for name in names(published):
        wanted = {column: kind for column, kind, *_ in published.execute(f"describe {name}").fetchall()}
        found = database.execute(
            """select attname, format_type(atttypid, atttypmod) from pg_attribute
               where attrelid = %s::regclass and attnum > 0""",
            [name],
        ).fetchall()
        assert dict(found) == {column: postgres_type(kind) for column, kind in wanted.items()}


def postgres_type(kind: str) -> str:
    return KINDS.get(kind) or kind.lower().replace("decimal", "numeric")


def test_the_asset_says_what_it_served(served: dg.ExecuteInProcessResult, published: duckdb.DuckDBPyConnection) -> None:
    (done,) = served.asset_materializations_for_node("warehouse__postgres")
    assert done.asset_key == POSTGRES
    assert done.metadata["tables"].value == len(names(published))
    assert done.metadata["notes"].value == "none"


def test_a_database_that_refuses_fails_its_step_and_no_other(shop: Settings, server: Server) -> None:
    @dg.asset
    def another_step() -> None: ...

    url = server.url("postgres").replace(SPELLED, "verkeerd")
    with changed(shop, url):
        done = dg.materialize([*serving_assets(shop), another_step], raise_on_error=False)
    assert not done.success
    assert done.asset_materializations_for_node("another_step")
    (failed,) = [event for event in done.all_events if event.is_step_failure]
    told = failed.step_failure_data.user_failure_data
    assert told and str(told.description).startswith("PostgreSQL 127.0.0.1:")
    assert "password authentication failed" in str(told.description)
    assert "verkeerd" not in str(done.all_events)


@contextmanager
def changed(shop: Settings, url: str) -> Iterator[None]:
    """The shop with another address."""
    file = shop.folder / "postgres.url"
    before = file.read_text()
    file.write_text(url)
    yield
    file.write_text(before)


def kompas(shop: Settings, *words: str) -> Any:
    return CliRunner().invoke(main, ["--settings", str(shop.folder / "kompas.yaml"), *words])


def test_kompas_serve_copies_it_again(shop: Settings, published: duckdb.DuckDBPyConnection) -> None:
    done = kompas(shop, "serve")
    assert done.exit_code == 0, done.output
    assert f"{len(names(published))} tables" in done.output


def test_kompas_serve_says_what_is_wrong_and_no_password(shop: Settings, server: Server) -> None:
    with changed(shop, server.url("nowhere")):
        done = kompas(shop, "serve")
    words = " ".join(done.output.split())
    assert done.exit_code == 1
    assert 'database "nowhere" does not exist (create the database, or name another in file:postgres.url)' in words
    assert PASSWORD not in done.output and SPELLED not in done.output


def test_kompas_serve_needs_something_to_serve(explained: Settings) -> None:  # noqa: F811
    done = kompas(explained, "serve")
    assert done.exit_code == 1
    assert "kompas.yaml names nothing to serve: add serving.postgres" in done.output


def test_kompas_check_names_the_database(shop: Settings, server: Server) -> None:
    done = kompas(shop, "check")
    assert f"✔ PostgreSQL serving: 127.0.0.1:{server.port}/" in " ".join(done.output.split())
