"""What the newest day of a stream holds, as numbers that the Dagster UI plots night after night."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from connectors.stream import MONEY, Field, Stream
from pipelines.lake import Lake

_CURRENCY = "currency"


def newest(lake: Lake, connector: str, stream: Stream, days: Iterable[date]) -> dict[str, float | str]:
    """The figures of the newest of `days` that has rows, and which day that is; nothing where none has."""
    for day in sorted(days, reverse=True):
        table = lake.read(connector, stream.name, day)
        if table is not None and table.num_rows:
            return {"newest_day": day.isoformat(), **figures(stream, table)}
    return {}


def figures(stream: Stream, table: pa.Table) -> dict[str, float | str]:
    """Rows and the sum of each measure; money by its own currency, as amounts of two currencies add up to nothing.

    Labels as a person reads them: `clicks on newest_day`, `cost on newest_day (EUR)`.
    """
    found: dict[str, float | str] = {"rows on newest_day": table.num_rows}
    for field in stream.fields:
        if field.measure and field.name in table.column_names:
            found |= _sums(field, table)
    return found


def _sums(field: Field, table: pa.Table) -> dict[str, float]:
    label = f"{field.name} on newest_day"
    if field.type != MONEY or _CURRENCY not in table.column_names:
        return _told(label, pc.sum(table[field.name]).as_py())
    grouped = table.group_by(_CURRENCY).aggregate([(field.name, "sum")]).sort_by(_CURRENCY)
    found: dict[str, float] = {}
    for row in grouped.to_pylist():
        found |= _told(f"{label} ({row[_CURRENCY]})", row[f"{field.name}_sum"])
    return found


def _told(label: str, value: object) -> dict[str, float]:
    """Nothing where the sum is unknown: a plot must not show a zero that nobody measured."""
    return {} if value is None else {label: float(str(value))}
