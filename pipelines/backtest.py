"""What other tolerances or targets would have told: the kept nights judged again, by the macros that judge a night.

An alert is a change of verdict from one night to the next, as the digest sends it: what is on target from the start is
silence, and so is a night without a verdict. It is false when it says off target of a period that ended on target, or
on target of one that ended off target; at risk says neither.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from statistics import median
from typing import Any

import duckdb
import pyarrow as pa
from jinja2 import Environment

from pipelines import kept_verdicts as kept
from pipelines.kpi import Direction, Kpi
from pipelines.lake import Lake
from pipelines.publish import existing
from pipelines.settings import Settings
from pipelines.vocabulary import DBT_PROJECT

YEAR = timedelta(days=365)
_OPPOSITE = {"off_target": "on_target", "on_target": "off_target"}
Row = dict[str, Any]
Periods = dict[tuple[Any, ...], list[Row]]


@dataclass(frozen=True)
class Outcome:
    """What a year of nights would have sent. `days_ahead` has, for each period that ended off target, how many days
    before its end that was first told; None where it was not before the end was there."""

    tolerance: float | None
    alerts: int
    false_alerts: int
    days_ahead: tuple[int | None, ...]

    @property
    def told_in_time(self) -> int:
        return sum(days is not None for days in self.days_ahead)

    @property
    def median_days_ahead(self) -> float | None:
        return median([days for days in self.days_ahead if days is not None]) if self.told_in_time else None


def nights_of(settings: Settings, kpi: Kpi) -> tuple[pa.Table, pa.Table]:
    """The last year's nights of a KPI, and the whole periods as they are known now.

    The nights are those that the lake kept, and before the first of them the last days of whole periods, as known now:
    the KPI was judged then, if not by us.
    """
    lake = Lake.at(settings.lake_url)
    last = kept.newest_until(lake)
    with duckdb.connect(str(existing(settings.warehouse)), read_only=True) as warehouse:
        now = warehouse.execute(
            """select period_end as run_day, * from kpi.kpi_verdicts
               where kpi_id = $kpi and period_state = 'complete' and period_end > $first""",
            {"kpi": kpi.id, "first": last - YEAR},
        ).to_arrow_table()
        own = _filtered(warehouse, kept.until(lake, last), f"kpi_id = '{kpi.id}' and run_day > date '{last - YEAR}'")
        before = _filtered(warehouse, now, f"run_day < date '{kept.nights(lake)[0]}'")
    shared = [name for name in own.column_names if name in before.column_names]
    return pa.concat_tables([own.select(shared), before.select(shared)], promote_options="permissive"), now


def _filtered(connection: duckdb.DuckDBPyConnection, rows: pa.Table, condition: str) -> pa.Table:
    connection.register("rows_", rows)
    return connection.execute(f"from rows_ where {condition}").to_arrow_table()


@cache
def _rules() -> Any:
    """The macros of a verdict, which have nothing of dbt in them."""
    text = (DBT_PROJECT / "macros" / "verdict.sql").read_text(encoding="utf-8")
    return Environment(autoescape=False).from_string(text).module


def rejudged(rows: pa.Table, kpi: Kpi, tolerance: float | None = None, target: float | None = None) -> list[Row]:
    """The rows with `verdict` as another tolerance (a share of the bound) or target (in the stored unit) gives it.

    Nights that had no verdict have none now. Raises ValueError for a target of a KPI with a range.
    """
    if target is not None and kpi.direction is Direction.RANGE:
        raise ValueError(f"{kpi.id} has a range: a backtest takes another tolerance, but no single target")
    low, high = (target, None) if kpi.direction is Direction.HIGHER else (None, target)
    with duckdb.connect() as connection:
        connection.register("nights", rows)
        found = connection.execute(
            f"""with told as (
                    select {", ".join(kept.KEY)}, run_day, period_end, actual as value, guardrail_state,
                        case when verdict = 'no_verdict' then reason_code end as reason_code,
                        coalesce($tolerance, tolerance) as tolerance, interval_low, interval_high,
                        case when $is_new then $low else target_low end as target_low,
                        case when $is_new then $high else target_high end as target_high,
                        case when $is_new then $low * share else low_so_far end as low_so_far,
                        case when $is_new then $high * share else high_so_far end as high_so_far
                    from nights
                    where verdict = 'no_verdict' or low_so_far is not null or high_so_far is not null),
                judged as (select *, {_rules().verdict_before_guardrail()} as verdict_before_guardrail from told)
                select *, {_rules().verdict()} as verdict from judged order by run_day""",
            {"tolerance": tolerance, "low": low, "high": high, "is_new": target is not None},
        )
        return found.to_arrow_table().to_pylist()


def outcome(nights: Sequence[Row], final: Sequence[Row], tolerance: float | None = None) -> Outcome:
    """The alerts of nights that are in order, held against the final verdicts of whole periods."""
    ended = {kept.key(row): row["verdict"] for row in final}
    alerts = [alert for rows in _periods(nights).values() for alert in _alerts(rows)]
    false = [alert for alert in alerts if ended.get(kept.key(alert)) == _OPPOSITE.get(alert["verdict"], "")]
    missed = [key for key, verdict in ended.items() if verdict == "off_target"]
    return Outcome(
        tolerance, len(alerts), len(false), tuple(_days_ahead(_periods(nights).get(key, [])) for key in missed)
    )


def _periods(rows: Sequence[Row]) -> Periods:
    found: Periods = {}
    for row in rows:
        found.setdefault(kept.key(row), []).append(row)
    return found


def _alerts(rows: Sequence[Row]) -> Iterator[Row]:
    known = "on_target"
    for row in rows:
        if row["verdict"] not in (known, "no_verdict"):
            known = row["verdict"]
            yield row


def _days_ahead(rows: Sequence[Row]) -> int | None:
    days: list[tuple[date, date]] = [
        (row["run_day"], row["period_end"])
        for row in rows
        if row["verdict"] == "off_target" and row["run_day"] < row["period_end"]
    ]
    return (days[0][1] - days[0][0]).days if days else None


def as_told(rows: pa.Table) -> list[Row]:
    """The nights with the verdicts that they had."""
    return rows.sort_by("run_day").to_pylist()
