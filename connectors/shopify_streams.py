"""Shopify's streams: their columns, and their pull, by the page for a few days and in bulk for a history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, local_days, pick
from connectors.load import Load
from connectors.secret import pseudonym
from connectors.shopify_bulk import Bulk
from connectors.shopify_pages import Pager
from connectors.shopify_records import CUSTOMERS, ORDER_LINES, ORDERS, REFUNDS, Records, Row
from connectors.stream import (
    ACCOUNT_ID,
    COUNT,
    DATE,
    FLAG,
    MONEY,
    TEXT,
    TIMESTAMP,
    Field,
    Kind,
    Stream,
    Window,
)

if TYPE_CHECKING:
    from connectors.connector import Account, Company
    from connectors.shopify import Shopify

_PAGED_DAYS = 7
"""Changes since longer ago than this are read in bulk, which costs no points and is not paged."""
_BATCH_ROWS = 20_000
ORDER_ACCESS_DAYS = 60
"""How far back orders can be read without the scope read_all_orders."""


def _pull(
    records: Records, connector: Shopify, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    """Batches of many rows: small ones are cheap to decode, and dear to file, each row under the day of its change."""
    held: list[pa.RecordBatch] = []
    for made in _batches(records, connector, account, window, load):
        held.append(made)
        if sum(part.num_rows for part in held) >= _BATCH_ROWS:
            yield from pa.Table.from_batches(held).combine_chunks().to_batches()
            held = []
    if held:
        yield from pa.Table.from_batches(held).combine_chunks().to_batches()


def _batches(
    records: Records, connector: Shopify, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    api, stream = connector.api(account), connector.stream(records.name)
    _note_access(connector, account, records, window, load)
    for rows in _reader(connector, account, records, window, load).rows(_since(window, connector)):
        if rows:
            columns = _columns(records, rows, api.shop["ianaTimezone"], connector.company)
            columns["account_id"] = [account.id] * len(rows)
            yield batch(stream, _without_blanks(stream, columns), load)


def _since(window: Window, connector: Shopify) -> str:
    """The first instant of a window in the company's time zone, as UTC."""
    return f"{window.instants(connector.company.tz)[0]:%Y-%m-%dT%H:%M:%SZ}"


def _age_days(window: Window, connector: Shopify) -> int:
    """How long ago the window starts. Not how long it is: changes are read from its start until now."""
    return (datetime.now(connector.company.tz).date() - window.start).days


def _reader(connector: Shopify, account: Account, records: Records, window: Window, load: Load) -> Pager | Bulk:
    if _age_days(window, connector) <= _PAGED_DAYS:
        return Pager(connector.api(account), records, load)
    return Bulk(connector.api(account), records, load, connector.patience)


def _note_access(connector: Shopify, account: Account, records: Records, window: Window, load: Load) -> None:
    """Say so when the window reaches further back than the token may look: the answer would just be shorter."""
    if records.root != "orders" or _age_days(window, connector) <= ORDER_ACCESS_DAYS:
        return
    if "read_all_orders" not in connector.api(account).scopes:
        since = datetime.now(connector.company.tz).date() - timedelta(days=ORDER_ACCESS_DAYS)
        load.note(since=since, since_reason=f"without the scope read_all_orders, Shopify shows nothing before {since}")


def _columns(records: Records, rows: list[Row], zone: str, company: Company) -> dict[str, Any]:
    """Rows as columns, with days in the shop's time zone, and pseudonyms instead of addresses."""
    columns: dict[str, Any] = {column: pick(rows, path) for column, path in records.paths.items()}
    columns |= {column: local_days(pick(rows, path), zone) for column, path in records.days.items()}
    for column, path in records.hashed.items():
        key = company.reveal_hash_key()
        columns[column] = [pseudonym(value, key) for value in pick(rows, path)]
    return columns


def _without_blanks(stream: Stream, columns: dict[str, Any]) -> dict[str, Any]:
    """An empty text, as Shopify sends it for a product without a type, is NULL where there may be none."""
    may = {field.name for field in stream.fields if field.nullable and field.type == TEXT}
    return {name: [cell or None for cell in cells] if name in may else cells for name, cells in columns.items()}


def _entity(records: Records, description: str, key: str, *fields: Field) -> Stream:
    return Stream(
        name=records.name,
        description=description,
        kind=Kind.ENTITY,
        fields=(ACCOUNT_ID, *fields),
        key=("account_id", *key.split()),
        day_field="updated_at",
        pull=partial(_pull, records),
        docs_url=f"https://shopify.dev/docs/api/admin-graphql/2026-10/queries/{records.root}",
    )


def _id(name: str, description: str, nullable: bool = False) -> Field:
    return Field(name, TEXT, f"{description} (gid)", nullable=nullable)


def _amount(name: str, description: str, nullable: bool = False) -> Field:
    return Field(name, MONEY, description, unit="in `currency`", nullable=nullable)


_CURRENCY = Field("currency", TEXT, "ISO 4217 code, the shop's own currency")
_ORDER_DATE = Field("order_date", DATE, "The day of processed_at in the shop's time zone")

STREAMS = (
    _entity(
        ORDERS,
        "Orders, test and cancelled ones too, as they are now",
        "order_id",
        _id("order_id", "The order"),
        Field("order_name", TEXT, "As people know it: #1001"),
        Field("created_at", TIMESTAMP, "When it came into Shopify"),
        Field("processed_at", TIMESTAMP, "When it was placed; earlier than created_at where it was imported"),
        Field("updated_at", TIMESTAMP, "Its last change; refunds and edits are changes"),
        Field("cancelled_at", TIMESTAMP, "When it was cancelled; its amounts stay", nullable=True),
        _ORDER_DATE,
        Field("test", FLAG, "Placed with a test payment"),
        _CURRENCY,
        Field("financial_status", TEXT, "PAID, PARTIALLY_REFUNDED …", nullable=True),
        Field("source_name", TEXT, "web, pos …", nullable=True),
        Field("country", TEXT, "ISO 3166 code of the shipping address", nullable=True),
        _amount("total_amount", "With tax and shipping, after discounts, before returns"),
        _amount("subtotal_amount", "All lines after discounts, before returns", nullable=True),
        _amount("discount_amount", "All discounts", nullable=True),
        _amount("tax_amount", "Tax, before returns", nullable=True),
        _amount("shipping_amount", "Shipping"),
        _amount("refunded_amount", "Refunded until now"),
        _id("customer_id", "The customer; NULL for a guest", nullable=True),
        Field("customer_order_index", COUNT, "The customer's first order is 1; test orders not counted", nullable=True),
        Field("utm_source", TEXT, "Of the last visit before the order", nullable=True),
        Field("utm_medium", TEXT, "Of the last visit before the order", nullable=True),
        Field("utm_campaign", TEXT, "Of the last visit before the order", nullable=True),
    ),
    _entity(
        ORDER_LINES,
        "Lines of orders",
        "order_id line_id",
        _id("order_id", "The order"),
        _id("line_id", "The line"),
        Field("updated_at", TIMESTAMP, "The order's last change"),
        _ORDER_DATE,
        Field("sku", TEXT, "Stock-keeping unit", nullable=True),
        _id("product_id", "The product; NULL when it was deleted or never was one", nullable=True),
        Field("title", TEXT, "The product's title when it was ordered"),
        Field("product_type", TEXT, "The product's type now", nullable=True),
        Field("quantity", COUNT, "Units ordered, those refunded or removed later included"),
        Field("current_quantity", COUNT, "Units left after refunds and removals"),
        _amount("unit_price", "One unit, after the line's discounts, not those of the order or of codes"),
        _CURRENCY,
    ),
    _entity(
        REFUNDS,
        "Refunds of orders",
        "refund_id",
        _id("refund_id", "The refund"),
        _id("order_id", "The order"),
        Field("updated_at", TIMESTAMP, "The refund's last change"),
        Field("processed_at", TIMESTAMP, "When the money was sent back"),
        Field("refund_date", DATE, "The day of processed_at in the shop's time zone"),
        _amount("amount", "Money sent back, with tax; it may hold shipping"),
        _CURRENCY,
    ),
    _entity(
        CUSTOMERS,
        "Customers, without names and addresses",
        "customer_id",
        _id("customer_id", "The customer"),
        Field("created_at", TIMESTAMP, "When the customer came into the shop"),
        Field("updated_at", TIMESTAMP, "The last change"),
        Field("created_date", DATE, "The day of created_at in the shop's time zone"),
        Field("number_of_orders", COUNT, "Orders in all"),
        _amount("amount_spent", "Money spent in all"),
        _CURRENCY,
        Field("email_hash", TEXT, "Keyed pseudonym (HMAC-SHA256) of the e-mail address", nullable=True),
        Field("marketing_state", TEXT, "SUBSCRIBED, UNSUBSCRIBED, NOT_SUBSCRIBED, PENDING or INVALID", nullable=True),
    ),
)
