"""Refunds and their lines, as known at $now."""

from __future__ import annotations

from sandbox.shopify_fields import Entity, Many, Ref, Scope, bag, gid, moment, number, within


def refunds_of_orders(scope: Scope) -> str:
    """Join `refunded` (amount, at) to alias `o`: what came back of each order so far; scope: order ids."""
    return f"""LEFT JOIN (
        SELECT order_id, sum(amount) AS amount, max(known_at) AS at
        FROM refunds WHERE known_at <= $now AND {within("order_id", scope)} GROUP BY order_id
    ) AS refunded ON refunded.order_id = o.order_id"""


def units_back(scope: Scope) -> str:
    """Join `gone` (units) to alias `l`: units refunded of each order line so far; scope: line ids."""
    return f"""LEFT JOIN (
        SELECT line_id, sum(quantity) AS units
        FROM refunds WHERE known_at <= $now AND {within("line_id", scope)} GROUP BY line_id
    ) AS gone ON gone.line_id = l.line_id"""


REFUND = Entity(
    source="""(
        SELECT refund_id, order_id, sum(amount) AS amount, min(refunded_at) AS refunded_at, max(known_at) AS known_at
        FROM refunds WHERE known_at <= $now GROUP BY refund_id, order_id
    ) AS f""",
    key="f.refund_id",
    fields={
        "id": gid("Refund", "f.refund_id"),
        "legacyResourceId": number("f.refund_id"),
        "createdAt": moment("f.known_at"),
        "processedAt": moment("f.refunded_at"),
        "updatedAt": moment("f.known_at"),
        "note": "NULL",
        "totalRefundedSet": bag("f.amount"),
        "refundLineItems": Many("RefundLineItem", "w.refund_id", paged=True),
    },
)

REFUND_LINE = Entity(
    source="refunds AS w",
    key="w.line_id",
    # Goodwill (quantity 0) is an adjustment of the order at Shopify, not a line of the refund.
    seen="w.known_at <= $now AND w.quantity > 0",
    joins={"l": lambda _: "LEFT JOIN order_lines AS l ON l.line_id = w.line_id"},
    fields={
        "id": gid("RefundLineItem", "(hash(w.refund_id, w.line_id) >> 16)"),
        "quantity": "w.quantity",
        "restockType": "'RETURN'",
        "restocked": "TRUE",
        "subtotalSet": bag("w.amount"),
        "lineItem": Ref("LineItem", present="l.line_id IS NOT NULL", scope=lambda scope: scope),
    },
)
