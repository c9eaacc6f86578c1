"""WooCommerce's streams: orders, their lines, refunds and their lines, customers.

Times come without an offset: `date_…_gmt` is UTC, and `date_…` the clock of the shop, whose day is the order's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.errors import BadDataError
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.secret import pseudonym
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window
from connectors.woocommerce_api import Record
from connectors.woocommerce_records import (
    CHANGED,
    CURRENCY,
    CUSTOMER,
    LINE,
    ORDER,
    ORDER_DATE,
    ORDER_MORE,
    REFUND,
    REFUND_DATE,
    told_id,
)

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.woocommerce import WooCommerce

_ATTRIBUTION = ("source_type", "utm_source", "utm_medium", "utm_campaign")
_ATTRIBUTION_KEY = "_wc_order_attribution_"
_REFUNDED_LINE_KEY = "_refunded_item_id"
_DOCS = "https://developer.woocommerce.com/docs/apis/rest-api/v3/"
_ORDER_FIELDS = ("date_created", "customer_id", "shipping.country", "billing.country", "meta_data")
_LINE_FIELDS = ("id", "date_created", "date_modified_gmt", "currency", "line_items")


def _pull_orders(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    for orders in _orders(connector, account, window, load, _paths(ORDER, _ORDER_FIELDS)):
        note_unknown(load, ORDER, orders, (field.partition(".")[0] for field in _ORDER_FIELDS))
        made: dict[str, Any] = columns(ORDER, orders) | {"order_date": _days(orders)}
        made["customer_id"] = [customer or None for customer in pick(orders, "customer_id")]
        addresses = zip(pick(orders, "shipping.country"), pick(orders, "billing.country"), strict=True)
        made["country"] = [shipping or billing or None for shipping, billing in addresses]
        told = [_meta(order) for order in orders]
        made |= {name: [meta.get(_ATTRIBUTION_KEY + name) or None for meta in told] for name in _ATTRIBUTION}
        yield _batch(ORDERS, made, account, load)


def _pull_lines(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    for orders in _orders(connector, account, window, load, _LINE_FIELDS):
        note_unknown(load, (), orders, _LINE_FIELDS)
        parents, lines = _with_lines(orders)
        made: dict[str, Any] = columns(LINE, lines) | columns((CHANGED, CURRENCY), parents)
        made |= {"order_id": pick(parents, "id"), "order_date": _days(parents)}
        made["product_id"] = [product or None for product in made["product_id"]]
        yield _batch(ORDER_LINES, made, account, load)


def _orders(
    connector: WooCommerce, account: Account, window: Window, load: Load, fields: Sequence[str]
) -> Iterator[list[Record]]:
    """Orders changed since the window began, and those thrown away since.

    By id, and not by change: an order that changes meanwhile comes in, and moves none of the others to a page that was
    read already.
    """
    params = {
        "modified_after": _changed_since(connector, window),
        "dates_are_gmt": "true",
        "orderby": "id",
        "order": "asc",
        "_fields": ",".join(fields),
    }
    for status in ("any", "trash"):  # any is any but trash
        yield from connector.api(account).pages("orders", {**params, "status": status}, load)


def _changed_since(connector: WooCommerce, window: Window) -> str:
    """A second before the first instant of the window: the shop takes what is later than it."""
    start, _ = window.instants(connector.company.tz)
    return f"{start - timedelta(seconds=1):%Y-%m-%dT%H:%M:%S}"


def _pull_refunds(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    fields = _paths(REFUND, ("date_created",))
    for refunds in _refunds(connector, account, window, load, fields):
        note_unknown(load, REFUND, refunds, ("date_created",))
        yield _batch(REFUNDS, columns(REFUND, refunds) | {"refund_date": _days(refunds)}, account, load)


def _pull_refund_lines(
    connector: WooCommerce, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    fields = ("id", "parent_id", "date_created", "line_items")
    for refunds in _refunds(connector, account, window, load, fields):
        note_unknown(load, (), refunds, fields)
        parents, lines = _with_lines(refunds)
        made: dict[str, Any] = {
            "refund_id": pick(parents, "id"),
            "order_id": pick(parents, "parent_id"),
            "refund_date": _days(parents),
            "refund_line_id": pick(lines, "id"),
            "line_id": [_meta(line).get(_REFUNDED_LINE_KEY) for line in lines],
            "quantity": [None if units is None else abs(units) for units in pick(lines, "quantity")],
        }
        yield _batch(REFUND_LINES, made, account, load)


def _refunds(
    connector: WooCommerce, account: Account, window: Window, load: Load, fields: Sequence[str]
) -> Iterator[list[Record]]:
    """Refunds made on days of the window. The shop compares its own clock, and takes what is later and earlier."""
    load.note(time_zone=connector.api(account).time_zone)
    params = {
        "after": f"{window.start - timedelta(days=1)}T23:59:59",
        "before": f"{window.end + timedelta(days=1)}T00:00:00",
        "orderby": "id",
        "order": "asc",
        "_fields": ",".join(fields),
    }
    yield from connector.api(account).pages("refunds", params, load)


def _pull_customers(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    """Customers changed since the window began. All are read, as the shop cannot be asked for changes of customers."""
    since, key = _changed_since(connector, window), connector.company.reveal_hash_key()
    more = ("date_created", "date_modified_gmt", "email")
    params = {"role": "all", "orderby": "id", "order": "asc", "_fields": ",".join(_paths(CUSTOMER, more))}
    for customers in connector.api(account).pages("customers", params, load):
        note_unknown(load, CUSTOMER, customers, more)
        changed = [one for one in customers if str(_changed(one)) > since]
        made: dict[str, Any] = columns(CUSTOMER, changed) | {"created_date": _days(changed)}
        made["updated_at"] = [_changed(one) for one in changed]
        made["email_hash"] = [pseudonym(email, key) for email in pick(changed, "email")]
        yield _batch(CUSTOMERS, made, account, load)


def _changed(customer: Record) -> Any:
    """The last change; an account that was never changed since it was made has none."""
    return customer.get("date_modified_gmt") or customer.get("date_created_gmt")


def _paths(told: Sequence[Told], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*(one.path for one in told), *more]))


def _days(records: Sequence[Record]) -> list[str | None]:
    """The day of each by the shop's clock."""
    return [str(moment)[:10] if moment else None for moment in pick(records, "date_created")]


def _with_lines(records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The lines of records, each with the record that it stands in. Raises BadDataError where a record has no list."""
    if not all(isinstance(record.get("line_items"), list) for record in records):
        raise BadDataError("the answer has another shape than documented at line_items")
    pairs = [(record, line) for record in records for line in record["line_items"]]
    return [record for record, _ in pairs], [line for _, line in pairs]


def _meta(record: Record) -> dict[str, Any]:
    """The additions of plugins, by key; values that are no text or number are left out."""
    told = [one for one in record.get("meta_data") or () if isinstance(one, dict)]
    return {str(one.get("key")): one.get("value") for one in told if isinstance(one.get("value"), str | int)}


def _batch(stream: Stream, made: dict[str, Any], account: Account, load: Load) -> pa.RecordBatch:
    """The rows of the columns; times get the offset that they are meant in."""
    rows = len(next(iter(made.values())))
    times = (field.name for field in stream.fields if field.type == TIMESTAMP)
    utc = {name: [text and f"{text}Z" for text in made[name]] for name in times}
    return batch(stream, made | utc | {"account_id": [account.id] * rows}, load)


def _fields(told: Sequence[Told]) -> tuple[Field, ...]:
    return tuple(one.field for one in told)


_entity = partial(Stream, kind=Kind.ENTITY, day_field="updated_at")
_report = partial(Stream, kind=Kind.REPORT, day_field="refund_date", look_back_days=90)

ORDERS = _entity(
    name="orders",
    description="Orders of every status, as they are now",
    fields=(ACCOUNT_ID, *_fields(ORDER), *ORDER_MORE),
    key=("account_id", "order_id"),
    pull=_pull_orders,
    docs_url=f"{_DOCS}orders/",
)
ORDER_LINES = _entity(
    name="order_lines",
    description="Lines of orders",
    fields=(ACCOUNT_ID, told_id("order_id", "The order").field, *_fields((*LINE, CHANGED, CURRENCY)), ORDER_DATE),
    key=("account_id", "order_id", "line_id"),
    pull=_pull_lines,
    docs_url=f"{_DOCS}orders/",
)
REFUNDS = _report(
    name="refunds",
    description="Refunds of orders, by the day on which they were made",
    fields=(ACCOUNT_ID, *_fields(REFUND), REFUND_DATE),
    key=("account_id", "refund_id"),
    pull=_pull_refunds,
    docs_url=f"{_DOCS}refunds/",
)
REFUND_LINES = _report(
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
    pull=_pull_refund_lines,
    docs_url=f"{_DOCS}refunds/",
)
CUSTOMERS = _entity(
    name="customers",
    description="Customers with an account, without names and addresses; guests are none",
    fields=(
        ACCOUNT_ID,
        *_fields(CUSTOMER),
        Field("updated_at", TIMESTAMP, "The last change"),
        Field("created_date", DATE, "The day on which the account was made, by the shop's clock"),
        Field("email_hash", TEXT, "Keyed pseudonym (HMAC-SHA256) of the e-mail address", nullable=True),
    ),
    key=("account_id", "customer_id"),
    pull=_pull_customers,
    docs_url=f"{_DOCS}customers/",
)
STREAMS = (ORDERS, ORDER_LINES, REFUNDS, REFUND_LINES, CUSTOMERS)
