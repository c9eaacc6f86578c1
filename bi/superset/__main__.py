"""Superset with the dashboard "Kompas", until Ctrl-C. `make superset` runs it.

.venv-superset/bin/python -m bi.superset --warehouse data/kompas.duckdb --screenshot build/superset.png --once
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path

import duckdb

from bi.superset import charts, comparison, dashboard, screen, server
from bi.superset.api import Api, ApiError
from bi.superset.dashboard import Made
from bi.superset.source import Source, duckdb_file, postgres

POSTGRES = "KOMPAS_SUPERSET_POSTGRES_URL"
_TRENDS = 3


def main() -> int:
    told = _arguments()
    if not told.warehouse.exists():
        sys.exit(f"there is no {told.warehouse} yet: run `kompas run` first, or name another with --warehouse")
    try:
        with server.running(told.binaries, told.home, told.port) as running:
            print(f"Superset: {running.url}, user {running.user}, password in {told.home / 'password'}", flush=True)
            return _show(running, told)
    except KeyboardInterrupt:
        return 0
    except (ApiError, RuntimeError) as error:
        sys.exit(str(error))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bi.superset", description='Superset with the dashboard "Kompas"')
    parser.add_argument("--warehouse", type=Path, default=Path("data/kompas.duckdb"), help="the published file")
    parser.add_argument("--home", type=Path, default=Path("build/superset"), help="where Superset keeps its own things")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; a free one by default")
    parser.add_argument("--screenshot", type=Path, help="write a picture of the dashboard there")
    parser.add_argument("--export", type=Path, help="write the dashboard there, as a ZIP for another Superset")
    parser.add_argument("--once", action="store_true", help="stop when all is made and compared")
    parser.add_argument(
        "--binaries", type=Path, default=Path(sys.executable).parent, help="where `superset` is installed"
    )
    told = parser.parse_args()
    told.home = told.home.resolve()
    return told


def _show(running: server.Server, told: argparse.Namespace) -> int:
    api, wrong = Api(running), 0
    for source in _sources(told.warehouse):
        made = make(api, source, told.warehouse)
        print(f"Dashboard: {made.url}", flush=True)
        wrong += _compare(api, made, told.warehouse)
        if told.screenshot and source.name == "Kompas":
            print(f"Picture: {screen.take(running, made.url, told.screenshot)}")
        if told.export and source.name == "Kompas":
            told.export.write_bytes(api.export(made.dashboard))
    if not told.once:
        print("Ctrl-C stops it.", flush=True)
        signal.pause()
    return int(wrong > 0)


def _sources(warehouse: Path) -> list[Source]:
    url = os.environ.get(POSTGRES)
    return [duckdb_file(warehouse), *([postgres(url)] if url else [])]


def make(api: Api, source: Source, warehouse: Path) -> Made:
    """The dashboard over a source; its lines are those of the first KPIs with a monthly target."""
    return dashboard.make(api, source, charts.datasets(source), charts.charts(source, trends(warehouse)))


def trends(warehouse: Path, number: int = _TRENDS) -> list[tuple[str, str, str]]:
    """Id, name and unit of the KPIs that are shown as lines."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            f"""select kpi_id, any_value(name_nl), any_value(unit) from bi.trend
                where grain = 'month' and target is not null and {charts.EVERYTHING}
                group by kpi_id order by any_value(position) limit {number}"""
        ).fetchall()


def _compare(api: Api, made: Made, warehouse: Path) -> int:
    """Tell of every chart whether it shows what the published file says; the number of those that do not."""
    wrong, right = 0, expected(warehouse)
    for chart, told in made.charts.items():
        seen = comparison.shown(api, chart)
        good = comparison.same(seen, right[told.title])
        wrong += not good
        print(f"{'✔ as published' if good else '✘ not as published'}: {told.title}, {len(seen)} rows", flush=True)
    return wrong


def expected(warehouse: Path) -> dict[str, list[comparison.Row]]:
    """What every chart has to show, by title; also where it reads from PostgreSQL."""
    return comparison.published(warehouse, charts.charts(duckdb_file(warehouse), trends(warehouse)))


if __name__ == "__main__":
    sys.exit(main())
