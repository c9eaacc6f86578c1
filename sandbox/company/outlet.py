"""The outlet: last year's clothes in two small shops of their own, NL and BE. Money in cents, VAT included.

Its draws are its own, so that it takes nothing away from the shop's visitors and orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company import catalogue
from sandbox.company.calendar import DAY, HOUR
from sandbox.company.chance import NULL, Bools, Chance, Ints
from sandbox.company.shop import VAT_PERCENT
from sandbox.company.span import Span


@dataclass(frozen=True)
class Outlet:
    """A shop: its address, country, time zone, and orders a day at the start of 2023 at scale 1."""

    name: str
    country: str
    time_zone: str
    orders: float


OUTLETS = (
    Outlet("outlet.duurzamemode.example", "NL", "Europe/Amsterdam", 1.3),
    Outlet("outlet-be.duurzamemode.example", "BE", "Europe/Brussels", 0.7),
)
SMALLEST = 0.5
"""Scale below which the outlets do not shrink: they are small enough."""
SHOP_IDS, DAY_IDS = 10**12, 100_000
"""Ids are told without the shop's part: both shops count from one, and so have the same."""
ORDER_IDS_FROM = 19_000
PRICE_SHARE, SHIPPING = 0.6, 595
GUESTS = 0.4
CUSTOMERS_PER_MONTH = 120
"""Whoever buys again does so within the month: then a history of whole months knows everyone's first order."""
FATES = ("", "failed", "pending", "cancelled", "trash")
FATE_SHARES = (0.915, 0.025, 0.025, 0.025, 0.01)
"""An order that fails or is not paid never counts; one that is cancelled or thrown away does until then."""
RETURNED, GOODWILL_SHARE, GOODWILL = 0.14, 0.02, 500


@dataclass
class OutletOrders:
    """Orders; shop: index into OUTLETS; fate: into FATES; void: from when it does not count. Lines by their order."""

    shop: Ints
    order_id: Ints
    position: Ints
    ordered: Ints
    fate: Ints
    void: Ints
    row: Ints
    line_id: Ints
    product: Ints
    quantity: Ints
    price: Ints
    """Of one unit."""

    @property
    def line_total(self) -> Ints:
        """Cents of each line."""
        return self.price * self.quantity

    @property
    def line_tax(self) -> Ints:
        """Cents of VAT in each line, rounded half up."""
        return _tax(self.line_total)


def _tax(amount: Ints) -> Ints:
    rate = 100 + VAT_PERCENT
    return (amount * VAT_PERCENT * 2 + rate) // (2 * rate)


def sell(span: Span) -> OutletOrders:
    """The orders of the span's days."""
    chance, days = span.chance, span.days
    shop, position, number = _places(span)
    order_id = (shop + 1) * SHOP_IDS + (days.numbers[position] - ORDER_IDS_FROM) * DAY_IDS + 2 * number + 1
    ordered = days.at(position, chance.unit("outlet time", order_id))
    fate = chance.choice("outlet fate", order_id, FATE_SHARES)
    later = ordered + ((2 + 70 * chance.unit("outlet end", order_id)) * HOUR).astype(np.int64)
    void = np.select([fate == 0, fate <= 2], [NULL, ordered], later)
    row = np.repeat(np.arange(len(order_id)), 1 + chance.hits("outlet lines", order_id, 0.35).astype(np.int64))
    line_id = order_id[row] * 10 + np.arange(len(row)) - np.searchsorted(row, row)
    product = chance.choice("outlet product", line_id, catalogue.WEIGHTS)
    price = np.rint(catalogue.PRICES[product] * PRICE_SHARE).astype(np.int64)
    quantity = 1 + chance.hits("outlet quantity", line_id, 0.1).astype(np.int64)
    return OutletOrders(shop, order_id, position, ordered, fate, void, row, line_id, product, quantity, price)


def _places(span: Span) -> tuple[Ints, Ints, Ints]:
    """Of each order of the span: its shop, the position of its day, and its number within both."""
    shop = np.tile(np.arange(len(OUTLETS)), span.length)
    position = np.repeat(np.arange(span.first, span.last + 1), len(OUTLETS))
    usual = np.array([outlet.orders for outlet in OUTLETS])[shop] * max(span.scale, SMALLEST)
    ids = span.days.numbers[position] * 10 + shop
    count = span.chance.whole("outlet orders", ids, usual * span.days.traffic[position])
    number = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(shop, count), np.repeat(position, count), number


def order_columns(span: Span, orders: OutletOrders) -> dict[str, Any]:
    """Columns of outlet_orders."""
    chance, order_id = span.chance, orders.order_id
    goods = np.bincount(orders.row, orders.line_total, len(order_id)).astype(np.int64)
    goods_tax = np.bincount(orders.row, orders.line_tax, len(order_id)).astype(np.int64)
    shipping = np.full(len(order_id), SHIPPING)
    paid = orders.ordered + np.where(chance.hits("outlet transfer", order_id, 0.1), DAY, HOUR // 60)
    return {
        "shop": np.array([outlet.name for outlet in OUTLETS], object)[orders.shop],
        "order_id": order_id,
        "order_date": span.days.numbers[orders.position],
        "ordered_at": orders.ordered,
        "paid_at": np.where((orders.fate == 1) | (orders.fate == 2), NULL, paid),
        "completed_at": np.where(orders.fate == 0, paid + 2 * DAY, NULL),
        "void_at": orders.void,
        "fate": np.array(FATES, object)[orders.fate],
        "customer_id": _customers(span, orders),
        "country": np.array([outlet.country for outlet in OUTLETS], object)[orders.shop],
        "by_mail": chance.hits("outlet mail", order_id, 0.3),
        "shipping": shipping,
        "tax": goods_tax + _tax(shipping),
        "total": goods + shipping,
    }


def _customers(span: Span, orders: OutletOrders) -> Ints:
    """Customer of each order, one of those of its month; NULL for guests."""
    month = span.days.numbers[orders.position].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    drawn = (span.chance.unit("outlet customer", orders.order_id) * CUSTOMERS_PER_MONTH).astype(np.int64)
    customer = (orders.shop + 1) * SHOP_IDS + month * 1_000 + drawn
    return np.where(span.chance.hits("outlet guest", orders.order_id, GUESTS), NULL, customer)


def line_columns(orders: OutletOrders) -> dict[str, Any]:
    """Columns of outlet_lines."""
    return {
        "line_id": orders.line_id,
        "order_id": orders.order_id[orders.row],
        "sku": np.array([f"OUT-{n + 1:03d}" for n in range(len(catalogue.TITLES))], object)[orders.product],
        "product_id": 300 + orders.product,
        "title": catalogue.TITLES[orders.product],
        "quantity": orders.quantity,
        "tax": orders.line_tax,
        "total": orders.line_total,
    }


def refund_columns(chance: Chance, orders: OutletOrders) -> dict[str, Any]:
    """Columns of outlet_refunds: what came back of an order, in one parcel; or goodwill, of no line."""
    good = (orders.fate == 0)[orders.row]
    back = good & chance.hits("outlet return", orders.line_id, RETURNED)
    first = np.diff(orders.row, prepend=-1) > 0
    pleased = first & good & ~_any(orders, back) & chance.hits("outlet goodwill", orders.line_id, GOODWILL_SHARE)
    some = back | pleased
    order_id = orders.order_id[orders.row][some]
    days = 4 + 40 * chance.unit("outlet parcel", order_id) ** 2
    return {
        "refund_id": order_id + 1,
        "order_id": order_id,
        "line_id": np.where(back, orders.line_id, NULL)[some],
        "quantity": np.where(back, orders.quantity, 0)[some],
        "amount": np.where(back, orders.line_total, GOODWILL)[some],
        "refunded_at": orders.ordered[orders.row][some] + (days * DAY).astype(np.int64),
    }


def _any(orders: OutletOrders, lines: Bools) -> Bools:
    """Of each line, whether any line of its order is among the given ones."""
    found: Bools = (np.bincount(orders.row, lines, len(orders.order_id)) > 0)[orders.row]
    return found
