"""The ledgers: what every pull brought or failed to bring, and what a later pull changed."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.lake import Lake

_TS = pa.timestamp("us", tz="UTC")
LOADS = pa.schema(
    [
        ("loaded_at", _TS),
        ("run_id", pa.string()),
        ("run_day", pa.date32()),
        ("connector", pa.string()),
        ("stream", pa.string()),
        ("account_id", pa.string()),
        ("day", pa.date32()),
        ("rows", pa.int64()),
        ("quarantined", pa.int64()),
        ("requests", pa.int64()),
        ("flags", pa.string()),
        ("complete", pa.bool_()),
        ("reason", pa.string()),
        ("action", pa.string()),
        ("seconds", pa.float64()),
        ("hint", pa.string()),
    ]
)
RESTATEMENTS = pa.schema(
    [
        ("noticed_at", _TS),
        ("run_day", pa.date32()),
        ("connector", pa.string()),
        ("stream", pa.string()),
        ("account_id", pa.string()),
        ("day", pa.date32()),
        ("measure", pa.string()),
        ("old_value", pa.float64()),
        ("new_value", pa.float64()),
    ]
)
QUARANTINE = pa.schema(
    [
        ("loaded_at", _TS),
        ("run_day", pa.date32()),
        ("connector", pa.string()),
        ("stream", pa.string()),
        ("account_id", pa.string()),
        ("reason", pa.string()),
        ("row", pa.string()),
    ]
)
SCHEMAS = {"loads": LOADS, "restatements": RESTATEMENTS, "quarantine": QUARANTINE}


@dataclass(frozen=True)
class LoadRow:
    """One day of one account of one stream, pulled once: complete, or why not."""

    loaded_at: datetime
    run_id: str
    run_day: date
    connector: str
    stream: str
    account_id: str
    day: date
    rows: int
    quarantined: int
    requests: int
    flags: str
    complete: bool
    reason: str | None
    action: str | None
    seconds: float
    hint: str | None = None


@dataclass(frozen=True)
class RestatementRow:
    """A day's measure that a later pull changed: what was known before, and what is known now."""

    noticed_at: datetime
    run_day: date
    connector: str
    stream: str
    account_id: str
    day: date
    measure: str
    old_value: float
    new_value: float


@dataclass(frozen=True)
class QuarantineRow:
    """A row that did not fit its schema, kept as text."""

    loaded_at: datetime
    run_day: date
    connector: str
    stream: str
    account_id: str
    reason: str
    row: str


def write(lake: Lake, table: str, run_day: date, connector: str, rows: Iterable[object]) -> None:
    """Append rows to a ledger, as a file of their own: ledgers only ever grow."""
    # The rows are flat, and a file with a long history has many: `asdict` would copy every cell of them.
    records = [vars(row) for row in rows]
    if records:
        name = f"{run_day}.{connector}.{uuid.uuid4().hex[:12]}"
        lake.write_table(table, name, pa.Table.from_pylist(records, schema=SCHEMAS[table]))


def bootstrap(lake: Lake) -> None:
    """Put an empty file of each ledger into the lake."""
    for name, schema in SCHEMAS.items():
        lake.write_empty("kompas", name, schema)


def loads(lake: Lake, connector: str) -> pa.Table:
    """The pulls of a connector until now, oldest first; a row per day of an account's stream."""
    table = read(lake, "loads", connector)
    return LOADS.empty_table() if table is None else table.sort_by("loaded_at")


def read(lake: Lake, table: str, connector: str) -> pa.Table | None:
    """A connector's rows of a ledger. Its files bear its name: a year of nights makes a thousand of the others."""
    found = lake.table(table, f".{connector}.")
    return None if found is None else found.filter(pc.equal(found["connector"], connector))


def loaded_days(pulls: pa.Table) -> set[tuple[str, str, date]]:
    """The (stream, account, day) of `loads` that came in whole once."""
    whole = (
        pulls.filter(pulls["complete"])
        .select(["stream", "account_id", "day"])
        .group_by(["stream", "account_id", "day"])
    )
    return {(row["stream"], row["account_id"], row["day"]) for row in whole.aggregate([]).to_pylist()}


class Reached(NamedTuple):
    """How far the pulls of a stream of an account have come: the latest day, and the first still to be made good."""

    latest: date
    first_hole: date | None


Known = dict[tuple[str, str], Reached]
"""How far each (stream, account) has come."""


def reached(pulls: pa.Table) -> Known:
    """How far each (stream, account) of `loads` has come.

    A day whose newest load is not complete is a hole. A day that the platform no longer keeps is none: its load names
    no action, as pulling again brings nothing.
    """
    newest = {
        (row["stream"], row["account_id"], row["day"]): row["complete"] or row["action"] is None
        for row in pulls.select(["stream", "account_id", "day", "complete", "action"]).to_pylist()
    }
    days: dict[tuple[str, str], list[date]] = defaultdict(list)
    holes: dict[tuple[str, str], list[date]] = defaultdict(list)
    for (stream, account, day), settled in newest.items():
        days[stream, account].append(day)
        if not settled:
            holes[stream, account].append(day)
    return {feed: Reached(max(days[feed]), min(holes[feed], default=None)) for feed in days}


__all__ = [
    "Known",
    "LoadRow",
    "QuarantineRow",
    "Reached",
    "RestatementRow",
    "bootstrap",
    "loaded_days",
    "loads",
    "reached",
    "read",
    "write",
]
