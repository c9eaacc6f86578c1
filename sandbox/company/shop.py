"""The shop: orders of the visits that bought, and their lines. Money in cents."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sandbox.company import catalogue, origins
from sandbox.company.calendar import HOUR
from sandbox.company.chance import NULL, Bools, Chance, Floats, Ints
from sandbox.company.span import Span
from sandbox.company.visits import Visits, buying_time, delay

ORDER_ID_ZERO = 5_400_000_000_000
CUSTOMER_ID_ZERO = 7_100_000_000_000
VAT_PERCENT = 21
"""Included in every price: 21/121 of it."""
SHIPPING = np.array([[7_500, 495], [10_000, 595], [12_000, 695]], np.int64)
"""By country: free from this subtotal, else this price."""
PRICES_OF = 19_358
"""2023-01-01: prices rise by a euro each year after."""
GUESTS, TESTS, CANCELLED = 0.15, 0.003, 0.015


@dataclass
class Lines:
    """Order lines; row: of the order they belong to; price_after: after discount."""

    row: Ints
    line_id: Ints
    product: Ints
    size: Ints
    quantity: Ints
    price: Ints
    price_after: Ints


@dataclass
class Orders:
    """Orders, still in numbers, and their lines. No customer means a guest; some of those are tests."""

    visits: Visits
    order_id: Ints
    ordered: Ints
    test: Bools
    cancelled: Ints
    subtotal: Ints
    discount: Ints
    shipping: Ints
    lines: Lines

    @property
    def guest(self) -> Bools:
        """No customer account."""
        return self.visits.customer == 0

    @property
    def total(self) -> Ints:
        """Cents, VAT and shipping included."""
        return self.subtotal + self.shipping

    @property
    def tax(self) -> Ints:
        """Cents of VAT inside the total, rounded half up."""
        rate = 100 + VAT_PERCENT
        return (self.total * VAT_PERCENT * 2 + rate) // (2 * rate)

    def without_lines(self, rows: Bools) -> Orders:
        """The given orders; their lines are left out."""
        names = [f.name for f in fields(self) if f.name not in ("visits", "lines")]
        columns = {name: getattr(self, name)[rows] for name in names}
        nothing = Lines(*(np.empty(0, np.int64) for _ in fields(Lines)))
        return Orders(visits=self.visits.take(rows), lines=nothing, **columns)


def recognise(chance: Chance, visits: Visits) -> None:
    """Name the customers of first-layer orders in place; guests (15 %) and test orders get none."""
    nameless = chance.hits("guest", visits.visit_id, GUESTS) | chance.hits("test order", visits.visit_id, TESTS)
    named = visits.ordered & ~nameless & (visits.customer == 0)
    visits.customer[named] = CUSTOMER_ID_ZERO + visits.visitor_id[named]


def sell(span: Span, visits: Visits) -> Orders:
    """The orders of visits that all bought."""
    chance = span.chance
    order_id = ORDER_ID_ZERO + visits.visit_id
    test = (visits.customer == 0) & chance.hits("test order", visits.visit_id, TESTS)
    ordered = buying_time(span, visits)
    lines = _lines(span, visits, order_id)
    subtotal = np.bincount(lines.row, lines.price_after * lines.quantity, len(order_id)).astype(np.int64)
    full = np.bincount(lines.row, lines.price * lines.quantity, len(order_id)).astype(np.int64)
    free_from, fee = SHIPPING[visits.country].T
    regret = ordered + ((1 + 47 * chance.unit("cancel time", order_id)) * HOUR).astype(np.int64)
    cancelled = np.where(~test & chance.hits("cancel", order_id, CANCELLED), regret, NULL)
    shipping = np.where(subtotal >= free_from, 0, fee)
    return Orders(visits, order_id, ordered, test, cancelled, subtotal, full - subtotal, shipping, lines)


def _lines(span: Span, visits: Visits, order_id: Ints) -> Lines:
    """One to four lines an order."""
    chance = span.chance
    counts = 1 + chance.choice("lines", order_id, (0.55, 0.27, 0.12, 0.06))
    row = np.repeat(np.arange(len(order_id)), counts)
    line_id = order_id[row] * 10 + 1 + np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
    product = chance.choice("product", line_id, catalogue.WEIGHTS)
    years = np.maximum(span.days.numbers[visits.position[row]] - PRICES_OF, 0) // 365
    price = catalogue.PRICES[product] + 100 * years
    price_after = np.rint(price * (1 - _discount(span, visits)[row])).astype(np.int64)
    size = chance.choice("size", line_id, catalogue.SIZE_WEIGHTS)
    quantity = 1 + chance.choice("quantity", line_id, (0.86, 0.11, 0.03))
    return Lines(row, line_id, product, size, quantity, price, price_after)


def _discount(span: Span, visits: Visits) -> Floats:
    """Share taken off: the day's sale, else a code from the newsletter or for new visitors."""
    code = np.where(visits.origin == origins.EMAIL, 0.35, np.where(visits.new_user, 0.12, 0.02))
    coded = span.chance.hits("code", visits.visit_id, code)
    return np.maximum(span.days.discount[visits.position], np.where(coded, 0.10, 0.0))


def order_columns(span: Span, orders: Orders, index: Ints, names: Any) -> dict[str, Any]:
    """Columns of orders except channel, source, medium and campaign. index: customer_order_index."""
    visits = orders.visits
    ga4_known = orders.ordered + delay(span.chance, orders.order_id)
    return {
        "order_id": orders.order_id,
        "name": names,
        "ordered_at": orders.ordered,
        "known_at": orders.ordered,
        "order_date": span.days.numbers[visits.position],
        "customer_id": np.where(orders.guest, NULL, visits.customer),
        "customer_order_index": np.where(orders.guest, NULL, index),
        "country": np.array(origins.COUNTRIES, object)[visits.country],
        "visit_id": visits.visit_id,
        "seen_by_ga4": span.chance.hits("consent", visits.visit_id, 0.94) & ~orders.test,
        "ga4_known_at": np.maximum(ga4_known, visits.known),
        "test": orders.test,
        "cancelled_at": orders.cancelled,
        "discount": orders.discount,
        "shipping": orders.shipping,
        "tax": orders.tax,
        "subtotal": orders.subtotal,
        "total": orders.total,
        "currency": np.full(len(orders.order_id), "EUR", object),
    }


def line_columns(orders: Orders) -> dict[str, Any]:
    """Columns of order_lines."""
    lines = orders.lines
    return {
        "line_id": lines.line_id,
        "order_id": orders.order_id[lines.row],
        "sku": catalogue.SKUS[lines.product * len(catalogue.SIZES) + lines.size],
        "product_id": catalogue.PRODUCT_ID_ZERO + lines.product,
        "title": catalogue.TITLES[lines.product],
        "product_type": catalogue.TYPES[lines.product],
        "quantity": lines.quantity,
        "unit_price": lines.price,
        "unit_price_after_discount": lines.price_after,
    }
