"""The shop: orders of the visits that bought, their lines, what comes back, and the customers. Money in cents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company import catalogue, origins, people
from sandbox.company.calendar import DAY, HOUR, MINUTE, Days
from sandbox.company.chance import Bools, Chance, Ints
from sandbox.company.visits import Visits, buying_time, delay

NULL = np.iinfo(np.int64).min
"""Stands for NULL in columns of whole numbers and moments."""
ORDER_ID_ZERO = 5_400_000_000_000
CUSTOMER_ID_ZERO = 7_100_000_000_000
FIRST_ORDER_NAME = 1_001
VAT_PERCENT = 21
"""Included in every price, 21/121 of it."""
SHIPPING = np.array([[7_500, 495], [10_000, 595], [12_000, 695]], np.int64)
"""By country: free from this subtotal, else this price."""


@dataclass
class Buyers:
    """Who placed the orders that come without a known customer: (rows of) guests and tests."""

    guest: Bools
    test: Bools


@dataclass
class Orders:
    """Orders and their lines, still in numbers; `row` of a line is the order it belongs to."""

    visits: Visits
    order_id: Ints
    ordered: Ints
    test: Bools
    guest: Bools
    cancelled: Ints
    row: Ints
    line_id: Ints
    product: Ints
    size: Ints
    quantity: Ints
    price: Ints
    price_after: Ints
    subtotal: Ints
    discount: Ints
    shipping: Ints

    @property
    def total(self) -> Ints:
        """Cents, VAT and shipping included."""
        return self.subtotal + self.shipping

    @property
    def tax(self) -> Ints:
        """Cents of VAT inside the total, rounded half up."""
        rate = 100 + VAT_PERCENT
        return (self.total * VAT_PERCENT * 2 + rate) // (2 * rate)


def recognise(chance: Chance, visits: Visits) -> Buyers:
    """Name the customers of first-layer orders in place; guests (15 %) and test orders get none."""
    test = chance.hits("test order", visits.visit_id, 0.003)
    guest = chance.hits("guest", visits.visit_id, 0.15) | test
    named = visits.ordered & ~guest & (visits.customer == 0)
    visits.customer[named] = CUSTOMER_ID_ZERO + visits.visitor_id[named]
    return Buyers(guest=guest, test=test)


def sell(chance: Chance, days: Days, visits: Visits) -> Orders:
    """The orders of visits that all bought. No customer means guest; a part of these are tests."""
    order_id = ORDER_ID_ZERO + visits.visit_id
    guest = visits.customer == 0
    test = guest & chance.hits("test order", visits.visit_id, 0.003)
    ordered = buying_time(chance, days, visits)
    off = _discount(chance, days, visits)
    row, product, size, quantity = _baskets(chance, order_id)
    position = np.arange(len(row)) - np.searchsorted(row, row, side="left")
    years = (days.numbers[visits.position[row]] - 19_358) // 365
    price = catalogue.PRICES[product] + 100 * np.maximum(years, 0)
    price_after = np.rint(price * (1 - off[row])).astype(np.int64)
    subtotal = np.bincount(row, price_after * quantity, len(order_id)).astype(np.int64)
    full = np.bincount(row, price * quantity, len(order_id)).astype(np.int64)
    free_from, fee = SHIPPING[visits.country].T
    cancelled = np.where(
        ~test & chance.hits("cancel", order_id, 0.015),
        ordered + ((1 + 47 * chance.unit("cancel time", order_id)) * HOUR).astype(np.int64),
        NULL,
    )
    return Orders(
        visits, order_id, ordered, test, guest, cancelled, row, order_id[row] * 10 + position + 1, product, size,
        quantity, price, price_after, subtotal, full - subtotal, np.where(subtotal >= free_from, 0, fee),
    )  # fmt: skip


def _discount(chance: Chance, days: Days, visits: Visits) -> Any:
    """Share taken off: the day's sale, else a code from the newsletter or for new visitors."""
    code = np.where(visits.origin == origins.EMAIL, 0.35, np.where(visits.new_user, 0.12, 0.02))
    coded = chance.hits("code", visits.visit_id, code)
    return np.maximum(days.discount[visits.position], np.where(coded, 0.10, 0.0))


def _baskets(chance: Chance, order_id: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Lines as (row of the order, product, size, quantity): one to four lines, no product twice in a row."""
    lines = 1 + chance.choice("lines", order_id, (0.55, 0.27, 0.12, 0.06))
    row = np.repeat(np.arange(len(order_id)), lines)
    line = order_id[row] * 10 + np.arange(len(row)) - np.repeat(np.cumsum(lines) - lines, lines)
    product = chance.choice("product", line, catalogue.WEIGHTS)
    size = chance.choice("size", line, catalogue.SIZE_WEIGHTS)
    return row, product, size, 1 + chance.choice("quantity", line, (0.86, 0.11, 0.03))


def order_columns(
    chance: Chance, days: Days, orders: Orders, index: Ints, numbers: Ints, origin: dict[str, Any]
) -> dict[str, Any]:
    """Columns of orders. index: customer_order_index; numbers: of the names; origin: texts per order."""
    visits = orders.visits
    ga4_known = orders.ordered + delay(chance, orders.order_id)
    return {
        "order_id": orders.order_id,
        "name": np.array([f"#{number}" for number in numbers], object),
        "ordered_at": orders.ordered,
        "known_at": orders.ordered,
        "order_date": days.numbers[visits.position],
        "customer_id": np.where(orders.guest, NULL, visits.customer),
        "customer_order_index": np.where(orders.guest, NULL, index),
        "country": np.array(origins.COUNTRIES, object)[visits.country],
        **origin,
        "visit_id": visits.visit_id,
        "seen_by_ga4": chance.hits("consent", visits.visit_id, 0.94) & ~orders.test,
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
    return {
        "line_id": orders.line_id,
        "order_id": orders.order_id[orders.row],
        "sku": catalogue.SKUS[orders.product * len(catalogue.SIZES) + orders.size],
        "product_id": catalogue.PRODUCT_ID_ZERO + orders.product,
        "title": catalogue.TITLES[orders.product],
        "product_type": catalogue.TYPES[orders.product],
        "quantity": orders.quantity,
        "unit_price": orders.price,
        "unit_price_after_discount": orders.price_after,
    }


def refund_columns(chance: Chance, orders: Orders) -> dict[str, Any]:
    """Columns of refunds: returned lines 3 to 45 days later, whole cancelled orders, half of the tests, goodwill."""
    row = orders.row
    void = (orders.cancelled != NULL) | (orders.test & chance.hits("test refund", orders.order_id, 0.5))
    returned = chance.binomial("return", orders.line_id, orders.quantity, catalogue.RETURNS[orders.product])
    returned = np.where(orders.test[row], 0, returned)
    units = np.where(void[row], orders.quantity, returned)
    amount = units * orders.price_after
    first_line = np.diff(row, prepend=-1) > 0
    amount += np.where(void[row] & first_line, orders.shipping[row], 0)
    goodwill = _goodwill(chance, orders, units, first_line)
    amount = np.where(goodwill, 500, amount)
    wait = 3 * DAY + (42 * DAY * chance.unit("parcel", orders.order_id) ** 2.2).astype(np.int64)
    cancelled = np.where(orders.cancelled != NULL, orders.cancelled, orders.ordered + HOUR) + 5 * MINUTE
    refunded = np.where(void, cancelled, orders.ordered + wait)[row]
    some = (units > 0) | goodwill
    return {
        "refund_id": orders.line_id[some] + 10**15,
        "order_id": orders.order_id[row][some],
        "line_id": orders.line_id[some],
        "quantity": units[some],
        "amount": amount[some],
        "refunded_at": refunded[some],
        "known_at": refunded[some],
    }


def _goodwill(chance: Chance, orders: Orders, units: Ints, first_line: Bools) -> Bools:
    """Lines to which a refund of EUR 5 without a return is booked: in 1 % of the orders from which nothing came back."""
    any_back = np.bincount(orders.row, units, len(orders.order_id)) > 0
    kind = chance.hits("goodwill", orders.order_id, 0.01) & ~any_back & ~orders.test & (orders.subtotal > 1_000)
    return first_line & kind[orders.row]


def new_customer_columns(chance: Chance, orders: Orders, index: Ints) -> dict[str, Any]:
    """Columns of customers for those whose first order this is."""
    first = ~orders.guest & (index == 1)
    country = np.array(origins.COUNTRIES, object)[orders.visits.country[first]]
    created = orders.ordered[first] - MINUTE
    return people.columns(chance, orders.visits.customer[first], created, country)


class Register:
    """How many orders each customer has placed. State, from span to span."""

    def __init__(self) -> None:
        self._customers = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)

    def index(self, customer: Ints, ordered: Ints) -> Ints:
        """customer_order_index of each order (1 for the first ever), and remember them."""
        rows = np.lexsort((ordered, customer))
        sorted_customer = customer[rows]
        rank = np.arange(len(rows)) - np.searchsorted(sorted_customer, sorted_customer, side="left")
        index = np.empty(len(rows), np.int64)
        index[rows] = rank + 1 + self._before(sorted_customer)
        everyone = np.concatenate([self._customers, customer])
        weights = np.concatenate([self._counts, np.ones(len(customer), np.int64)])
        self._customers, inverse = np.unique(everyone, return_inverse=True)
        self._counts = np.bincount(inverse.ravel(), weights, len(self._customers)).astype(np.int64)
        return index

    def _before(self, customer: Ints) -> Ints:
        if not len(self._customers):
            return np.zeros(len(customer), np.int64)
        at = np.minimum(np.searchsorted(self._customers, customer), len(self._customers) - 1)
        return np.where(self._customers[at] == customer, self._counts[at], 0)
