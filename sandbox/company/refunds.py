"""What the shop pays back: returns, cancelled orders, test orders, goodwill. Money in cents."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company import catalogue
from sandbox.company.calendar import DAY, HOUR, MINUTE
from sandbox.company.chance import NULL, Bools, Chance, Ints
from sandbox.company.shop import Orders

REFUND_ID_ZERO = 900_000_000_000_000
GOODWILL = 500
"""Cents, to one in a hundred orders from which nothing came back."""
FIRST_DAYS, MORE_DAYS = 3, 42
"""A parcel comes back 3 to 45 days after the order."""


def refund_columns(chance: Chance, orders: Orders) -> dict[str, Any]:
    """Columns of refunds: returned lines, whole cancelled orders, half of the tests, and goodwill.

    The lines of one parcel share the refund and its moment; one line in five comes in a second parcel.
    """
    lines, row = orders.lines, orders.lines.row
    void = _void(chance, orders)[row]
    units = np.where(void, lines.quantity, _returned(chance, orders))
    first_line = np.diff(row, prepend=-1) > 0
    goodwill = first_line & _pleased(chance, orders, units)[row]
    amount = units * lines.price_after + np.where(void & first_line, orders.shipping[row], 0)
    second = ~void & ~goodwill & chance.hits("later parcel", lines.line_id, 0.2)
    refund_id = orders.order_id[row] * 10 + second
    refunded = np.where(void, _voided_at(orders)[row], orders.ordered[row] + _on_its_way(chance, refund_id))
    some = (units > 0) | goodwill
    return {
        "refund_id": REFUND_ID_ZERO + refund_id[some],
        "order_id": orders.order_id[row][some],
        "line_id": lines.line_id[some],
        "quantity": units[some],
        "amount": np.where(goodwill, GOODWILL, amount)[some],
        "refunded_at": refunded[some],
        "known_at": refunded[some],
    }


def _void(chance: Chance, orders: Orders) -> Bools:
    """Orders that are paid back whole."""
    half_of_tests = orders.test & chance.hits("test refund", orders.order_id, 0.5)
    return (orders.cancelled != NULL) | half_of_tests


def _voided_at(orders: Orders) -> Ints:
    return np.where(orders.cancelled != NULL, orders.cancelled, orders.ordered + HOUR) + 5 * MINUTE


def _on_its_way(chance: Chance, refund_id: Ints) -> Ints:
    days = FIRST_DAYS + MORE_DAYS * chance.unit("parcel", refund_id) ** 2.2
    return (days * DAY).astype(np.int64)


def _returned(chance: Chance, orders: Orders) -> Ints:
    """Units of each line that come back; of test orders none."""
    lines = orders.lines
    share = np.where(orders.test[lines.row], 0.0, catalogue.RETURNS[lines.product])
    return chance.binomial("return", lines.line_id, lines.quantity, share)


def _pleased(chance: Chance, orders: Orders, units: Ints) -> Bools:
    """Orders that get goodwill."""
    back = np.bincount(orders.lines.row, units, len(orders.order_id)) > 0
    lucky = chance.hits("goodwill", orders.order_id, 0.01)
    return lucky & ~back & ~orders.test & (orders.subtotal > 2 * GOODWILL)
