"""What is known of one verdict: its row, the parts of its gap, its targets, its guardrails, and the data behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from pipelines import register, sources, vocabulary
from pipelines.kpi import Kpi
from pipelines.period import Period
from pipelines.publish import existing
from pipelines.register import SEGMENT
from pipelines.settings import Settings

ALL = "all"
Row = dict[str, Any]


@dataclass(frozen=True)
class Feed:
    """A stream of an account that a KPI takes its figures from, over the days of a period so far."""

    source: str
    account: str
    newest_load: datetime | None
    missing: tuple[date, ...]
    flags: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """All that is told of one verdict."""

    kpi: Kpi
    row: Row
    contributions: list[Row]
    guardrails: list[Row]
    targets: list[Row]
    feeds: list[Feed]


def gather(settings: Settings, kpi_id: str, period: Period | None, segment: Mapping[str, str | None]) -> Facts:
    """The facts of a KPI's period, the newest that was judged by default.

    Raises LookupError for a KPI, period or segment that is not there, FileNotFoundError before the first night.
    """
    kpi = settings.kpi(kpi_id)
    with duckdb.connect(str(existing(settings.warehouse)), read_only=True) as warehouse:
        row = _row(warehouse, kpi, period, segment)
        return Facts(
            kpi,
            row,
            contributions(warehouse, row),
            _guardrails(warehouse, kpi, row),
            _targets(kpi, row),
            list(feeds(settings, kpi, row, lambda **stream: rows_of(warehouse, "marts.data_quality", "day", **stream))),
        )


def rows_of(warehouse: duckdb.DuckDBPyConnection, table: str, order: str = "all", **values: Any) -> list[Row]:
    """The rows of a published table in which these columns have these values; one that it lacks is not asked for."""
    names = {name for (name,) in warehouse.execute(f"select column_name from (describe {table})").fetchall()}
    asked = {name: value for name, value in values.items() if name in names}
    where = " and ".join(f"{name} = ${name}" for name in asked) or "true"
    return warehouse.execute(f"from {table} where {where} order by {order}", asked).to_arrow_table().to_pylist()


def _row(warehouse: duckdb.DuckDBPyConnection, kpi: Kpi, period: Period | None, segment: Mapping[str, Any]) -> Row:
    wanted = {name: segment.get(name) or ALL for name in SEGMENT}
    when = {"grain": period.grain, "period_start": period.start} if period else {}
    order = f"grain <> '{kpi.grain}', verdict = 'no_verdict', period_start desc"
    found = rows_of(warehouse, "kpi.kpi_verdicts", order, kpi_id=kpi.id, **wanted, **when)
    if not found:
        of = " ".join(value for value in wanted.values() if value != ALL)
        asked = ", ".join(filter(None, (str(period or ""), of)))
        raise LookupError(f"{kpi.id} has no verdict{' of ' + asked if asked else ''}: only what has a target is judged")
    return found[0]


def _key(row: Row) -> Row:
    return {name: row[name] for name in ("kpi_id", "grain", "period_start", *SEGMENT) if name in row}


def contributions(warehouse: duckdb.DuckDBPyConnection, row: Row) -> list[Row]:
    """What the gap of a row of kpi_verdicts is made of: rows of kpi_contributions, the largest first.

    None for a row of one channel or keyword, as only the whole is split by channel.
    """
    if row["channel"] != ALL or row.get("keyword", ALL) != ALL:
        return []
    key = {name: value for name, value in _key(row).items() if name not in ("channel", "keyword")}
    return rows_of(warehouse, "kpi.kpi_contributions", "abs(contribution) desc, channel, campaign_id", **key)


def _guardrails(warehouse: duckdb.DuckDBPyConnection, kpi: Kpi, row: Row) -> list[Row]:
    """The guardrails' own verdicts, of the same period and segment or else of everything."""
    found = []
    for guardrail in kpi.guardrails:
        own = _key(row) | {"kpi_id": guardrail}
        whole = own | {name: ALL for name in SEGMENT if name in row}
        rows = rows_of(warehouse, "kpi.kpi_verdicts", **own) or rows_of(warehouse, "kpi.kpi_verdicts", **whole)
        found += rows[:1]
    return found


def _targets(kpi: Kpi, row: Row) -> list[Row]:
    """The dated targets of the row's grain and segment, oldest first."""

    def same(target: Row) -> bool:
        return target["grain"] == row["grain"] and all(
            (target.get(name) or ALL) == row[name] for name in SEGMENT if name in row
        )

    return sorted(filter(same, register.targets(kpi)), key=lambda target: target["valid_from"])


def feeds(settings: Settings, kpi: Kpi, row: Row, loads_of: Callable[..., list[Row]]) -> Iterator[Feed]:
    """The streams that a row of kpi_verdicts takes its figures from.

    `loads_of(platform=…, stream=…, account_id=…)` gives rows of marts.data_quality, oldest first.
    """
    needed = vocabulary.days_needed(sources.measures(kpi))
    for connector in settings.connectors():
        for account in connector.accounts:
            if row["brand"] not in (ALL, account.brand) or row.get("country", ALL) not in (ALL, account.country):
                continue
            for stream in connector.streams_of(account):
                days = _days(row, needed.get(f"{connector.name}.{stream.name}"))
                if days:
                    loads = loads_of(platform=connector.name, stream=stream.name, account_id=account.id)
                    yield _feed(f"{connector.name}.{stream.name}", account.name or account.id, days, loads)


def _days(row: Row, need: str | None) -> list[date]:
    """The days that a figure needs of a stream: all so far; or the last one, as unique counts are told to date."""
    first, last = row["period_start"], row["through_day"]
    every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return {"every_day": every, "through_day": [last]}.get(need or "", [])


def _feed(source: str, account: str, days: list[date], loads: list[Row]) -> Feed:
    of_period = [load for load in loads if days[0] <= load["day"] <= days[-1]]
    complete = {load["day"] for load in of_period if load["is_complete"]}
    return Feed(
        source,
        account,
        max((load["loaded_at"] for load in loads), default=None),
        tuple(day for day in days if day not in complete),
        tuple(
            sorted({flag.strip() for load in of_period for flag in (load["flags"] or "").split(",") if flag.strip()})
        ),
        tuple(sorted({load["problem"] for load in of_period if load["problem"]})),
    )
