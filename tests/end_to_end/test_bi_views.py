"""The ready-made views of a whole night, against its KPI tables."""

from __future__ import annotations

import duckdb
import pytest

from tests.bi.reconciliation import QUERIES
from tests.conftest import FirstNight


@pytest.mark.parametrize("query", QUERIES)
def test_the_views_say_what_the_kpi_tables_say(first_night: FirstNight, query: str) -> None:
    with duckdb.connect(str(first_night.data / "kompas.duckdb"), read_only=True) as connection:
        assert connection.execute(QUERIES[query]).fetchall()[:3] == []


@pytest.mark.parametrize("view", ["scorecard", "trend", "channel_performance", "funnel", "cohort"])
def test_a_night_fills_every_view(first_night: FirstNight, view: str) -> None:
    with duckdb.connect(str(first_night.data / "kompas.duckdb"), read_only=True) as connection:
        assert connection.execute(f"select count(*) > 2 from bi.{view}").fetchone() == (True,)
