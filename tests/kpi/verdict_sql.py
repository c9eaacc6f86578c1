"""The macros of a verdict, rendered without dbt and put to rows in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa
from jinja2 import Environment

FILE = Path(__file__).parents[2] / "dbt_project" / "macros" / "verdict.sql"
TYPES = {
    "is_informational": "boolean",
    "problem_code": "varchar",
    "is_relative": "boolean",
    "is_immature": "boolean",
    "value": "double",
    "target_low": "double",
    "target_high": "double",
    "tolerance": "double",
    "interval_low": "double",
    "interval_high": "double",
    "period_state": "varchar",
    "days_elapsed": "bigint",
    "days_total": "bigint",
    "share": "double",
    "sample": "double",
    "minimum_sample": "double",
    "guardrail_state": "varchar",
}
"""What the macros look at, besides the bounds so far."""


class Judged(NamedTuple):
    """What the macros say of a row."""

    reason_code: str | None
    before_guardrail: str
    verdict: str


@cache
def macros(file: Path = FILE) -> Any:
    """The macros as functions that give SQL. Plain Jinja: nothing of dbt is needed."""
    return Environment(autoescape=False).from_string(file.read_text(encoding="utf-8")).module


def expression(name: str, *columns: str) -> str:
    """The SQL of a macro."""
    return str(getattr(macros(), name)(*columns))


def verdict_query() -> str:
    """SQL over a table `given` with an `id` and TYPES: what is said of each row."""
    return f"""
        with so_far as (
            select *, target_low * share as low_so_far, target_high * share as high_so_far from given
        ),
        coded as (select *, {expression("reason_code")} as reason_code from so_far),
        judged as (select *, {expression("verdict_before_guardrail")} as verdict_before_guardrail from coded)
        select reason_code, verdict_before_guardrail, {expression("verdict")} as verdict from judged order by id
    """


def judged(rows: Iterable[Mapping[str, Any]]) -> list[Judged]:
    """The verdicts of rows that have TYPES' columns; a blank text is NULL. Texts and figures are both taken."""
    texts = [{name: _text(row[name]) for name in TYPES} for row in rows]
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in TYPES.items())
    given = pa.Table.from_pylist(texts, schema=pa.schema([(name, pa.string()) for name in TYPES]))
    connection = _memory()
    connection.register("texts", given.append_column("id", pa.array(range(len(texts)), pa.int64())))
    connection.execute(f"create or replace table given as select id, {casts} from texts")
    return asked(verdict_query())


def asked(query: str) -> list[Judged]:
    """What a query says of the rows that were judged last."""
    return [Judged(*found) for found in _memory().execute(query).fetchall()]


def values_of(*expressions: str, **values: Any) -> tuple[Any, ...]:
    """The values of SQL expressions in which `$name` stands for a value."""
    (row,) = _memory().execute(f"select {', '.join(expressions)}", values).fetchall()
    return tuple(row)


@cache
def _memory() -> duckdb.DuckDBPyConnection:
    """One for all queries of a process: to connect costs more than to ask."""
    return duckdb.connect()


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)
