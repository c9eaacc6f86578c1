"""The verdicts of each night, as they were known then: kept in the lake, a file a night, and never changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.lake import Lake
from pipelines.register import SEGMENT

TABLE = "verdicts"
KEY = ("kpi_id", *SEGMENT, "grain", "period_start")
Row = dict[str, Any]


def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a verdict is of: KPI, segment, grain and period."""
    return tuple(row[name] for name in KEY)


def nights(lake: Lake) -> list[date]:
    """The nights whose verdicts were kept, oldest first."""
    return lake.days("kompas", TABLE)


def newest_until(lake: Lake, day: date | None = None) -> date:
    """The newest night at or before a day, the newest of all by default. Raises LookupError when there is none."""
    found = nights(lake)
    until = [night for night in found if day is None or night <= day]
    if until:
        return until[-1]
    if not found:
        raise LookupError("the lake has no verdicts yet: run `kompas run` first")
    raise LookupError(f"the lake has no verdicts of {day} or before: its first night is {found[0]}")


def of_night(lake: Lake, night: date) -> list[Row]:
    """A night's verdicts, in the order of the scorecard."""
    table = lake.read("kompas", TABLE, night)
    return _sorted(segmented(table).to_pylist()) if table else []


def until(lake: Lake, night: date) -> pa.Table:
    """The verdicts of all nights through one."""
    parts = [lake.read("kompas", TABLE, each) for each in nights(lake) if each <= night]
    return segmented(pa.concat_tables([part for part in parts if part is not None], promote_options="default"))


def segmented(table: pa.Table) -> pa.Table:
    """With every column of a segment: nights from before a column existed were of everything together."""
    for name in SEGMENT:
        if name not in table.column_names:
            table = table.append_column(name, pa.array(["all"] * table.num_rows, pa.string()))
    return table


def replaced(kept: pa.Table) -> list[Row]:
    """Verdicts of whole periods that a later night gave anew: from what, to what, and on which nights."""
    key = ", ".join(KEY)
    with duckdb.connect() as connection:
        connection.register("kept", kept)
        found = connection.execute(
            f"""with changes as (
                    select {key}, period_end, run_day, verdict, actual, reason,
                        lag(verdict) over nights as old_verdict, lag(actual) over nights as old_actual,
                        lag(run_day) over nights as old_run_day, lag(reason) over nights as old_reason
                    from kept where period_state = 'complete'
                    window nights as (partition by {key} order by run_day))
                from changes where verdict <> old_verdict order by run_day desc, {key}"""
        )
        return found.to_arrow_table().to_pylist()


def of_kpis(rows: Iterable[Row], kpis: Sequence[str]) -> list[Row]:
    """The rows of these KPIs; all of them when none is named."""
    return [row for row in rows if not kpis or row["kpi_id"] in kpis]


def _sorted(rows: list[Row]) -> list[Row]:
    def place(row: Row) -> tuple[Any, ...]:
        segment = [(row[name] != "all", row[name]) for name in SEGMENT]
        return (row.get("position") or 0, row["kpi_id"], segment, row["period_start"], row["period_end"])

    return sorted(rows, key=place)
