"""WooCommerce's refunds and what came back with them, by the day on which they were made.

A refund of a part may leave its order as it was, so refunds are asked for by themselves. They come on their own day:
looking back is for those that were deleted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import pick
from connectors.load import Load
from connectors.records import columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, Field, Kind, Stream, Window
from connectors.woocommerce_api import Record
from connectors.woocommerce_records import REFUND, REFUND_DATE, told_id
from connectors.woocommerce_rows import DOCS, days, fields, filed, meta, paths, with_lines

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.woocommerce import WooCommerce

_REFUNDED_LINE_KEY = "_refunded_item_id"
_LINE_FIELDS = ("id", "parent_id", "date_created", "line_items")


def _pull_refunds(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    asked = paths(REFUND, ("date_created",))
    for refunds in _refunds(connector, account, window, load, asked):
        note_unknown(load, REFUND, refunds, ("date_created",))
        yield filed(REFUNDS, columns(REFUND, refunds) | {"refund_date": days(refunds)}, account, load)


def _pull_refund_lines(
    connector: WooCommerce, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    for refunds in _refunds(connector, account, window, load, _LINE_FIELDS):
        note_unknown(load, (), refunds, _LINE_FIELDS)
        parents, lines = with_lines(refunds)
        made: dict[str, Any] = {
            "refund_id": pick(parents, "id"),
            "order_id": pick(parents, "parent_id"),
            "refund_date": days(parents),
            "refund_line_id": pick(lines, "id"),
            "line_id": [meta(line).get(_REFUNDED_LINE_KEY) for line in lines],
            "quantity": [None if units is None else abs(units) for units in pick(lines, "quantity")],
        }
        yield filed(REFUND_LINES, made, account, load)


def _refunds(
    connector: WooCommerce, account: Account, window: Window, load: Load, asked: Sequence[str]
) -> Iterator[list[Record]]:
    """Refunds made on days of the window. The shop compares its own clock, and takes what is later and earlier."""
    load.note(time_zone=connector.api(account).time_zone)
    params = {
        "after": f"{window.start - timedelta(days=1)}T23:59:59",
        "before": f"{window.end + timedelta(days=1)}T00:00:00",
        "orderby": "id",
        "order": "asc",
        "_fields": ",".join(asked),
    }
    yield from connector.api(account).pages("refunds", params, load)


REFUNDS = Stream(
    name="refunds",
    description="Refunds of orders, by the day on which they were made",
    fields=(ACCOUNT_ID, *fields(REFUND), REFUND_DATE),
    key=("account_id", "refund_id"),
    kind=Kind.REPORT,
    day_field="refund_date",
    look_back_days=30,
    pull=_pull_refunds,
    docs_url=f"{DOCS}refunds/",
)
REFUND_LINES = Stream(
    name="refund_lines",
    description="What came back with a refund, by line of the order; a refund of money alone has none",
    fields=(
        ACCOUNT_ID,
        told_id("refund_id", "The refund").field,
        told_id("order_id", "The order").field,
        REFUND_DATE,
        told_id("refund_line_id", "The line of the refund").field,
        told_id("line_id", "The line of the order; NULL where the shop does not tell", nullable=True).field,
        Field("quantity", COUNT, "Units that came back", measure=True),
    ),
    key=("account_id", "refund_line_id"),
    kind=Kind.REPORT,
    day_field="refund_date",
    look_back_days=30,
    pull=_pull_refund_lines,
    docs_url=f"{DOCS}refunds/",
)
