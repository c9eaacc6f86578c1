"""The interval macros over intervals.csv: figures that SciPy and NumPy gave, not our SQL."""

from __future__ import annotations

import csv
import math
from functools import cache
from pathlib import Path

import duckdb

from tests.kpi.verdict_sql import expression

FILE = Path(__file__).parent / "intervals.csv"
KINDS = {
    "wilson": ("successes", "trials"),
    "mean": ("total", "squares", "observations"),
    "count": ("events",),
    "forecast": ("share", "elapsed_variance", "remaining_variance"),
}
"""The columns that each interval is made of; they stand in the file as a, b and c."""


def query(kind: str) -> str:
    """SQL over a table `given`: both ends of each interval, or the deviation of each forecast twice."""
    names = ["forecast_deviation"] * 2 if kind == "forecast" else [f"{kind}_low", f"{kind}_high"]
    low, high = (expression(name, *KINDS[kind]) for name in names)
    return f"select {low} as low, {high} as high from given order by id"


def holds(kind: str, sql: str) -> bool:
    """Whether the SQL gives the figures of the file, to a billionth."""
    known = [(float(row["low"]), float(row["high"])) if row["low"] else (None, None) for row in rows(kind)]
    found = _given(kind).execute(sql).fetchall()
    return all(_close(one, other) for ends in zip(known, found, strict=True) for one, other in zip(*ends, strict=True))


def rows(kind: str) -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["kind"] == kind]


@cache
def _given(kind: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    columns = ", ".join(f"{name} double" for name in KINDS[kind])
    connection.execute(f"create table given (id bigint, {columns})")
    for number, row in enumerate(rows(kind)):
        values = [float(row[name]) if row[name] else None for name in "abc"[: len(KINDS[kind])]]
        connection.execute(f"insert into given values (?{', ?' * len(values)})", [number, *values])
    return connection


def _close(known: float | None, found: float | None) -> bool:
    if known is None or found is None:
        return known is found
    return math.isclose(known, found, rel_tol=1e-9, abs_tol=1e-9)
