"""Records of a shop on their way into rows: days, times, the additions of plugins, and lines within records."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.errors import BadDataError
from connectors.load import Load
from connectors.records import Told
from connectors.stream import TIMESTAMP, Field, Stream, Window
from connectors.woocommerce_api import Record

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.woocommerce import WooCommerce

DOCS = "https://developer.woocommerce.com/docs/apis/rest-api/v3/"


def changed_since(connector: WooCommerce, window: Window) -> str:
    """A second before the first instant of the window: the shop takes what is later than it."""
    start, _ = window.instants(connector.company.tz)
    return f"{start - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}"


def paths(told: Sequence[Told], more: Sequence[str]) -> list[str]:
    """What `_fields` has to name."""
    return list(dict.fromkeys([*(one.path for one in told), *more]))


def days(records: Sequence[Record]) -> list[str | None]:
    """The day of each by the shop's clock."""
    return [str(moment)[:10] if moment else None for moment in pick(records, "date_created")]


def with_lines(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The lines of records, each with the record that it stands in. Raises BadDataError where a record has no list."""
    if not all(isinstance(record.get("line_items"), list) for record in records):
        raise BadDataError("the answer has another shape than documented at line_items")
    pairs = [(record, line) for record in records for line in record["line_items"]]
    return [record for record, _ in pairs], [line for _, line in pairs]


def meta(record: Record) -> dict[str, Any]:
    """The additions of plugins, by key; values that are no text or number are left out."""
    told = [one for one in record.get("meta_data") or () if isinstance(one, dict)]
    return {str(one.get("key")): one.get("value") for one in told if isinstance(one.get("value"), str | int)}


def filed(stream: Stream, made: dict[str, Any], account: Account, load: Load) -> pa.RecordBatch:
    """The rows of the columns; times get the offset that they are meant in."""
    rows = len(next(iter(made.values())))
    times = (field.name for field in stream.fields if field.type == TIMESTAMP)
    utc = {name: [text and f"{text}Z" for text in made[name]] for name in times}
    return batch(stream, made | utc | {"account_id": [account.id] * rows}, load)


def fields(told: Sequence[Told]) -> tuple[Field, ...]:
    """The columns of a stream."""
    return tuple(one.field for one in told)
