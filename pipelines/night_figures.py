"""The night in numbers, for the Dagster UI to plot: what the company did on the day, and how its KPIs stand."""

from __future__ import annotations

from datetime import date

import duckdb

from pipelines.scorecard import VERDICTS


def of_day(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, float]:
    """The sum of each measure on a day, over all brands and channels; amounts in the reporting currency.

    A measure of which nothing is known that day is left out: a plot shows a gap then, and no zero.
    """
    query = """
        select measure, sum(value) from kpi.kpi_measures
        where day = ? and value is not null group by measure order by measure
    """
    return {f"{measure} on run_day": float(value) for measure, value in connection.execute(query, [day]).fetchall()}


def verdicts(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many lines of the scorecard have each verdict; 0 where none has, so that a plot has no gap."""
    found = dict(connection.execute("select verdict, count(*) from kpi.kpi_scorecard group by verdict").fetchall())
    return {verdict: found.get(verdict, 0) for verdict in VERDICTS["en"]}
