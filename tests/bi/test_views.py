"""Ready-made views: the same figures as the KPI tables, whatever the file is called or attached as."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.headline import headline
from pipelines.kpi_checks import judged
from pipelines.publish import publish
from pipelines.settings import Settings
from tests.bi.reconciliation import QUERIES
from tests.warehouse import Warehouse

VIEWS = ("scorecard", "trend", "channel_performance", "funnel", "cohort")


def contents(connection: duckdb.DuckDBPyConnection, catalogue: str = "") -> dict[str, list[tuple[Any, ...]]]:
    return {view: connection.execute(f"from {catalogue}bi.{view} order by all").fetchall() for view in VIEWS}


@pytest.mark.parametrize("query", QUERIES)
def test_the_views_say_what_the_kpi_tables_say(reader: duckdb.DuckDBPyConnection, query: str) -> None:
    assert reader.execute(QUERIES[query]).fetchall()[:3] == []


@pytest.mark.parametrize("query", QUERIES)
def test_a_figure_that_differs_would_be_seen(warehouse: Warehouse, tmp_path: Path, query: str) -> None:
    """In a file whose tables were changed behind the views' back, or whose views were; each query finds its own."""
    file = tmp_path / "kompas.duckdb"
    publish(warehouse.file, file)
    file.chmod(0o644)
    with duckdb.connect(str(file)) as connection:
        for view in VIEWS:
            connection.execute(f"create table bi.{view}_was as from bi.{view}; drop view bi.{view}")
            connection.execute(f"alter table bi.{view}_was rename to {view}")
        spoil(connection)
        assert connection.execute(QUERIES[query]).fetchall() != []


def spoil(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("update bi.scorecard set actual = actual + 1 where kpi_id = 'cpa'")
    connection.execute("delete from bi.scorecard where kpi_id = 'csat'")
    connection.execute("update bi.trend set verdict = 'on_target' where kpi_id = 'cpa'")
    connection.execute("update bi.channel_performance set ad_spend = ad_spend + 0.01 where ad_spend is not null")
    connection.execute("update bi.funnel set value = value + 1")
    connection.execute("update bi.cohort set customers = 10000 where months_since = 0")
    connection.execute("update bi.cohort set orders = orders + 1")
    connection.execute("update marts.channel_day set ad_spend = ad_spend + 0.01 where ad_spend is not null")


def test_the_scorecard_has_the_headline_of_each_kpi(shop: Settings, reader: duckdb.DuckDBPyConnection) -> None:
    found = {row["kpi_id"]: row for row in reader.execute("from bi.scorecard").to_arrow_table().to_pylist()}
    every = reader.execute("from kpi.kpi_verdicts").to_arrow_table().to_pylist()
    for one in judged(shop.kpis):
        told = headline([row for row in every if one.owns(row)], one.kpi.grain.value)
        assert (found[one.kpi.id]["period_start"], found[one.kpi.id]["grain"]) == (told["period_start"], told["grain"])


def test_a_verdict_stands_beside_its_words(reader: duckdb.DuckDBPyConnection) -> None:
    found = reader.execute("select distinct verdict, verdict_sign, verdict_nl, verdict_en from bi.trend").fetchall()
    assert ("off_target", "✘", "niet gehaald", "off target") in found


def test_a_month_of_a_channel_is_what_was_spent_and_sold_in_it(reader: duckdb.DuckDBPyConnection) -> None:
    """March of the shop: 22 weekdays and 9 days of weekends; two new customers a day of € 80."""
    spent = Decimal("115") * (22 * Decimal("1.08") + 9 * Decimal("0.8"))
    asked = """select ad_spend, orders, order_revenue, cpa from bi.channel_performance
               where grain = 'month' and period_start = date '2026-03-01' and channel = 'Paid Search'"""
    assert reader.execute(asked).fetchall() == [(spent, 62, Decimal(4960), pytest.approx(float(spent) / 62))]


def test_a_cohort_that_never_came_back_has_nothing_later(reader: duckdb.DuckDBPyConnection) -> None:
    asked = """select months_since, is_complete, customers, orders, revenue_eur
               from bi.cohort where cohort_month = $1 order by 1"""
    assert reader.execute(asked, [date(2026, 3, 1)]).fetchall() == [
        (0, True, 155, 155, Decimal(12400)),
        (1, False, 0, 0, Decimal(0)),
    ]


def test_the_night_is_told(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("from bi.night").fetchall() == [(date(2026, 4, 12), "EUR", "nl", "Europe/Amsterdam")]


def test_views_live_in_a_file_of_any_name(published: Path, tmp_path: Path, reader: duckdb.DuckDBPyConnection) -> None:
    copy = tmp_path / "Kopie van mijn cijfers (2).db"
    shutil.copy(published, copy)
    with duckdb.connect(str(copy), read_only=True) as connection:
        assert contents(connection) == contents(reader)


def test_views_live_under_any_alias(published: Path, reader: duckdb.DuckDBPyConnection) -> None:
    """Beside another database that has schemas and tables of the same names."""
    with duckdb.connect() as connection:
        connection.execute("create schema kpi; create table kpi.kpi_verdicts as select 'nobody' as kpi_id")
        connection.execute(f"attach '{published}' as \"my numbers\" (read_only)")
        assert contents(connection, '"my numbers".') == contents(reader)


def test_views_live_in_two_files_at_once(published: Path, tmp_path: Path, reader: duckdb.DuckDBPyConnection) -> None:
    shutil.copy(published, tmp_path / "gisteren.duckdb")
    with duckdb.connect(str(tmp_path / "gisteren.duckdb"), read_only=True) as connection:
        connection.execute(f"attach '{published}' as today (read_only)")
        assert contents(connection) == contents(connection, "today.") == contents(reader)
