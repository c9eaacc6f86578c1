"""WooCommerce's orders and their lines, as they are now: of every status, changed or refunded since a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import pick
from connectors.load import Load
from connectors.records import columns, note_unknown
from connectors.stream import ACCOUNT_ID, Kind, Stream, Window
from connectors.woocommerce_api import Record, ShopApi
from connectors.woocommerce_records import CHANGED, CURRENCY, LINE, ORDER, ORDER_DATE, ORDER_MORE, told_id
from connectors.woocommerce_rows import DOCS, changed_since, days, fields, filed, meta, paths, with_lines

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.woocommerce import WooCommerce

_ATTRIBUTION = ("source_type", "utm_source", "utm_medium", "utm_campaign")
_ATTRIBUTION_KEY = "_wc_order_attribution_"
_ORDER_FIELDS = ("date_created", "customer_id", "shipping.country", "billing.country", "meta_data")
_CHANGED = "date_modified_gmt"
_IDS_AT_ONCE = 100
_LINE_FIELDS = ("id", "date_created", "date_modified_gmt", "currency", "line_items")


def _pull_orders(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    for orders in _orders(connector, account, window, load, paths(ORDER, _ORDER_FIELDS)):
        note_unknown(load, ORDER, orders, (field.partition(".")[0] for field in _ORDER_FIELDS))
        made: dict[str, Any] = columns(ORDER, orders) | {"order_date": days(orders)}
        made["customer_id"] = [customer or None for customer in pick(orders, "customer_id")]
        addresses = zip(pick(orders, "shipping.country"), pick(orders, "billing.country"), strict=True)
        made["country"] = [shipping or billing or None for shipping, billing in addresses]
        told = [meta(order) for order in orders]
        made |= {name: [one.get(_ATTRIBUTION_KEY + name) or None for one in told] for name in _ATTRIBUTION}
        yield filed(ORDERS, made, account, load)


def _pull_lines(connector: WooCommerce, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    for orders in _orders(connector, account, window, load, _LINE_FIELDS):
        note_unknown(load, (), orders, _LINE_FIELDS)
        parents, lines = with_lines(orders)
        made: dict[str, Any] = columns(LINE, lines) | columns((CHANGED, CURRENCY), parents)
        made |= {"order_id": pick(parents, "id"), "order_date": days(parents)}
        made["product_id"] = [product or None for product in made["product_id"]]
        yield filed(ORDER_LINES, made, account, load)


def _orders(
    connector: WooCommerce, account: Account, window: Window, load: Load, asked: Sequence[str]
) -> Iterator[list[Record]]:
    """Orders that changed since the window began, were thrown away since, or had a refund since.

    By id, and not by change: an order that changes meanwhile comes in, and moves none of the others to a page that was
    read already.
    """
    api, seen = connector.api(account), set[int]()
    by_id = {"orderby": "id", "order": "asc", "_fields": ",".join(asked)}
    since = {"modified_after": changed_since(connector, window), "dates_are_gmt": "true"}
    refunded = _refunded(api, since["modified_after"], load)
    for status in ("any", "trash"):  # any is any but trash
        for orders in api.pages("orders", {**by_id, **since, "status": status}, load):
            seen.update(pick(orders, "id"))
            yield _touched(orders, refunded)
    for ids in _chunks(sorted(refunded.keys() - seen)):
        for orders in api.pages("orders", {**by_id, "include": ",".join(map(str, ids)), "status": "any"}, load):
            yield _touched(orders, refunded)


def _refunded(api: ShopApi, since: str, load: Load) -> dict[int, str]:
    """Orders with a refund made since an instant, and the last time of one: it may leave the order as it was."""
    fields = "parent_id,date_created_gmt"
    params = {"after": since, "dates_are_gmt": "true", "orderby": "id", "order": "asc", "_fields": fields}
    refunds = [refund for page in api.pages("refunds", params, load) for refund in page]
    told = zip(pick(refunds, "parent_id"), pick(refunds, "date_created_gmt"), strict=True)
    return dict(sorted((parent, moment) for parent, moment in told if parent is not None and moment))


def _touched(orders: list[Record], refunded: dict[int, str]) -> list[Record]:
    """The orders, a later refund as their last change: whichever window brings them, they stand on the same day."""
    return [
        {**order, _CHANGED: max(order[_CHANGED], refunded[order["id"]])}
        if order.get("id") in refunded and order.get(_CHANGED)
        else order
        for order in orders
    ]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many ids at a time as an address may hold."""
    for start in range(0, len(ids), _IDS_AT_ONCE):
        yield ids[start : start + _IDS_AT_ONCE]


ORDERS = Stream(
    name="orders",
    description="Orders of every status, as they are now",
    fields=(ACCOUNT_ID, *fields(ORDER), *ORDER_MORE),
    key=("account_id", "order_id"),
    kind=Kind.ENTITY,
    day_field="updated_at",
    pull=_pull_orders,
    docs_url=f"{DOCS}orders/",
)
ORDER_LINES = Stream(
    name="order_lines",
    description="Lines of orders",
    fields=(ACCOUNT_ID, told_id("order_id", "The order").field, *fields((*LINE, CHANGED, CURRENCY)), ORDER_DATE),
    key=("account_id", "order_id", "line_id"),
    kind=Kind.ENTITY,
    day_field="updated_at",
    pull=_pull_lines,
    docs_url=f"{DOCS}orders/",
)
