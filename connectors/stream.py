"""A stream: one raw table of a platform, declared once.

The declaration is the contract. It makes the empty file of the lake, the docs, the dbt source columns and the drift
check, so nothing else may know a column by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.load import Load

MONEY = pa.decimal128(18, 6)
"""Amounts keep their original currency, in major units; six decimals hold Google's micros exactly."""
TIMESTAMP = pa.timestamp("us", tz="UTC")
DATE = pa.date32()
TEXT = pa.string()
COUNT = pa.int64()
NUMBER = pa.float64()
FLAG = pa.bool_()


class Kind(StrEnum):
    """How a stream changes, hence how it is pulled and filed."""

    REPORT = "report"  # rows belong to a report date and are restated for a while
    ENTITY = "entity"  # mutable records, pulled by "changed since"
    FULL = "full"  # the whole source is read every time, and all its days are replaced


@dataclass(frozen=True)
class Field:
    """One column: its Arrow type, what it means, and its unit or currency rule.

    `measure` marks additive quantities whose restatements are worth a ledger row. A field that is not `nullable`
    makes a row without it bad data; a nullable one that is absent is NULL, never 0.
    """

    name: str
    type: pa.DataType
    description: str
    unit: str = ""
    nullable: bool = False
    measure: bool = False

    def arrow(self) -> pa.Field:
        metadata = {"description": self.description, "unit": self.unit}
        return pa.field(self.name, self.type, self.nullable, metadata)


ACCOUNT_ID = Field("account_id", TEXT, "The platform's id of the account that the row was pulled from")


@dataclass(frozen=True)
class Window:
    """Days from `start` through `end`, both included, in the account's time zone."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.start > self.end:
            raise ValueError(f"a window ends before it starts: {self.start} > {self.end}")

    @property
    def days(self) -> list[date]:
        return [self.start + timedelta(days=n) for n in range((self.end - self.start).days + 1)]

    def slices(self, days: int) -> list[Window]:
        """Neighbouring windows of at most `days` days that together are this one, without overlap."""
        starts = self.days[::days]
        return [Window(start, min(start + timedelta(days=days - 1), self.end)) for start in starts]

    def instants(self, tz: tzinfo) -> tuple[datetime, datetime]:
        """The first instant of the window and the first one after it, in UTC: its days are those of a time zone."""
        start, after = (datetime.combine(day, time(), tz) for day in (self.start, self.end + timedelta(days=1)))
        return start.astimezone(UTC), after.astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.start}..{self.end}"


Pull = Callable[[Any, "Account", Window, "Load"], Iterator[pa.RecordBatch]]


@dataclass(frozen=True)
class Stream:
    """One raw table. `pull(connector, account, window, load)` yields record batches of `schema`, in any order.

    `day_field` decides the file of a row: a date column, or for entity streams the time of the last change.
    `slice_days` is the longest window of one call of `pull`; slices run side by side. `overlap_days` re-reads the
    end of the previous window of an entity stream. `full_history_days`: how far back the platform can answer.
    `lead_days`: how many days before the first day of all a first pull starts, where a day needs those before it.
    """

    name: str
    description: str
    kind: Kind
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    day_field: str
    pull: Pull
    look_back_days: int = 1
    slice_days: int = 31
    lead_days: int = 0
    docs_url: str = ""

    def __post_init__(self) -> None:
        unknown = [name for name in (*self.key, self.day_field) if name not in self.schema.names]
        if unknown:
            raise ValueError(f"stream {self.name}: no such field: {', '.join(unknown)}")

    @cached_property
    def schema(self) -> pa.Schema:
        return pa.schema([field.arrow() for field in self.fields])

    @property
    def measures(self) -> tuple[str, ...]:
        return tuple(field.name for field in self.fields if field.measure)

    def window(self, run_day: date, first_day: date | None = None, look_back_days: int | None = None) -> Window:
        """The days that the night after `run_day` pulls; a first run starts `lead_days` before `first_day`."""
        days = look_back_days or self.look_back_days
        start = run_day - timedelta(days=days - 1)
        return Window(min(start, first_day - timedelta(days=self.lead_days)) if first_day else start, run_day)

    def empty(self) -> pa.Table:
        return self.schema.empty_table()
