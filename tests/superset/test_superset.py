"""The whole way through a real Superset: the dashboard is made, shows what is published, and the next night too."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from bi.superset import __main__ as superset
from bi.superset import comparison, screen, server
from bi.superset.api import Api
from bi.superset.dashboard import Made
from bi.superset.source import duckdb_file, postgres
from pipelines.publish import publish
from pipelines.serving.postgres import serve
from pipelines.serving.settings import PostgresSettings
from tests.explain import company
from tests.house import REPOSITORY
from tests.postgres.server import programs, running

BINARIES = REPOSITORY / ".venv-superset" / "bin"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@dataclass(frozen=True)
class Shop:
    """A small shop: the file that dbt built, and the published one."""

    build: Path
    warehouse: Path

    def publish(self, change: str = "") -> None:
        if change:
            with duckdb.connect(str(self.build)) as connection:
                connection.execute(change)
        publish(self.build, self.warehouse)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    made = Shop(folder / "build.duckdb", folder / "kompas.duckdb")
    shutil.copy(company.shop(folder).file, made.build)
    made.publish()
    return made


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    if not (BINARIES / "superset").exists():
        pytest.skip("there is no Superset here: make .venv-superset/done")
    with server.running(BINARIES, tmp_path_factory.mktemp("superset")) as one:
        yield Api(one)


@pytest.fixture(scope="module")
def made(api: Api, shop: Shop) -> Made:
    return superset.make(api, duckdb_file(shop.warehouse), shop.warehouse)


def differing(api: Api, made: Made, warehouse: Path) -> list[str]:
    right = superset.expected(warehouse)
    return [
        told.title for chart, told in made.charts.items() if not comparison.same(shown(api, chart), right[told.title])
    ]


def shown(api: Api, chart: int) -> list[comparison.Row]:
    return comparison.shown(api, chart)


def test_every_chart_shows_what_is_published(api: Api, made: Made, shop: Shop) -> None:
    assert all(superset.expected(shop.warehouse).values())
    assert differing(api, made, shop.warehouse) == []


def test_making_it_again_changes_it_and_makes_nothing_twice(api: Api, made: Made, shop: Shop) -> None:
    again = superset.make(api, duckdb_file(shop.warehouse), shop.warehouse)
    assert (again.dashboard, list(again.charts)) == (made.dashboard, list(made.charts))


def test_the_next_publish_is_on_the_dashboard(api: Api, made: Made, shop: Shop) -> None:
    before = {told.title: shown(api, chart) for chart, told in made.charts.items()}
    shop.publish("update kpi.kpi_scorecard set actual = actual * 2")
    assert differing(api, made, shop.warehouse) == []
    assert [title for title in before if before[title] != superset.expected(shop.warehouse)[title]] == ["Scorecard"]


def test_a_browser_shows_the_verdicts(api: Api, made: Made, tmp_path: Path) -> None:
    picture = screen.take(api.server, made.url, tmp_path / "dashboard.png")
    assert picture.stat().st_size > 50_000


def test_the_export_holds_the_dashboard_and_no_password(api: Api, made: Made) -> None:
    with zipfile.ZipFile(io.BytesIO(api.export(made.dashboard))) as archive:
        names = archive.namelist()
    assert [
        part for part in ("dashboards/", "charts/", "datasets/", "databases/") if not any(part in one for one in names)
    ] == []


def test_the_same_dashboard_reads_postgresql(api: Api, shop: Shop, tmp_path: Path) -> None:
    binaries = programs()
    if binaries is None:
        pytest.skip("there is no PostgreSQL here: apt-get install postgresql")
    with running(binaries) as database:
        url = database.url(database.database())
        (tmp_path / "url").write_text(url)
        told = {"url": "file:url"}
        serve(shop.warehouse, PostgresSettings.model_validate(told, context={"folder": tmp_path}))
        made = superset.make(api, postgres(url), shop.warehouse)
        assert differing(api, made, shop.warehouse) == []
