"""Customers, as known at $now; and the list of all entities."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.shopify_fields import Entity, Many, Part, Scope, address, gid, moment, money, number, within
from sandbox.shopify_orders import LINE_ITEM, ORDER, REFUNDED
from sandbox.shopify_orders import UPDATED as ORDER_UPDATED
from sandbox.shopify_refunds import REFUND, REFUND_LINE, refunds_of_orders


def _tally(scope: Scope) -> str:
    """Orders, spending and last change of each customer; test orders do not count. Scope: customer ids."""
    theirs = None if scope is None else f"SELECT order_id FROM orders WHERE customer_id IN ({scope})"
    return f"""LEFT JOIN (
        SELECT o.customer_id, count(*) AS orders, sum(o.total - {REFUNDED}) AS spent, max({ORDER_UPDATED}) AS at
        FROM orders AS o {refunds_of_orders(theirs)}
        WHERE o.known_at <= $now AND NOT o.test AND {within("o.customer_id", scope)}
        GROUP BY o.customer_id
    ) AS tally ON tally.customer_id = buyer.customer_id"""


UPDATED = "date_trunc('second', greatest(buyer.created_at, tally.at))"
CONSENT = "coalesce(buyer.marketing_state, 'NOT_SUBSCRIBED')"

CUSTOMER = Entity(
    source="customers AS buyer",
    key="buyer.customer_id",
    seen="buyer.created_at <= $now",
    joins={"tally": _tally},
    fields={
        "id": gid("Customer", "buyer.customer_id"),
        "legacyResourceId": number("buyer.customer_id"),
        "createdAt": moment("buyer.created_at"),
        "updatedAt": moment(UPDATED),
        "firstName": "buyer.first_name",
        "lastName": "buyer.last_name",
        "email": "buyer.email",
        "phone": "NULL",
        "note": "NULL",
        "locale": "CASE buyer.country WHEN 'de' THEN 'de' ELSE 'nl' END",
        "state": "'DISABLED'",
        "tags": "'[]'",
        "taxExempt": "FALSE",
        "verifiedEmail": "TRUE",
        "numberOfOrders": number("coalesce(tally.orders, 0)"),
        "amountSpent": money("coalesce(tally.spent, 0)"),
        "defaultEmailAddress": Part(
            {
                "emailAddress": "buyer.email",
                "marketingState": CONSENT,
                "marketingOptInLevel": f"CASE WHEN {CONSENT} = 'SUBSCRIBED' THEN 'SINGLE_OPT_IN' END",
                "marketingUpdatedAt": moment("buyer.created_at"),
                "openTrackingLevel": "'UNKNOWN'",
                "validFormat": "TRUE",
            },
            present="buyer.email IS NOT NULL",
        ),
        "defaultAddress": address("buyer.customer_id", "buyer.country"),
        "orders": Many("Order", "o.customer_id", paged=True),
    },
)

ENTITIES: Mapping[str, Entity] = {
    "Order": ORDER,
    "LineItem": LINE_ITEM,
    "Refund": REFUND,
    "RefundLineItem": REFUND_LINE,
    "Customer": CUSTOMER,
}
