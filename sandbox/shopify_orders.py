"""Orders and their lines, as known at $now: refunds and cancellations of later are not there yet."""

from __future__ import annotations

from sandbox.shopify_fields import Entity, Many, Part, Ref, Scope, address, bag, gid, moment, number, within
from sandbox.shopify_refunds import refunds_of_orders, units_back

CURRENCY = "o.currency"
CANCELLED = "(o.cancelled_at IS NOT NULL AND o.cancelled_at <= $now)"
REFUNDED = "coalesce(refunded.amount, 0)"
LEFT_OVER = f"greatest(o.total - {REFUNDED}, 0)"
UPDATED = f"""date_trunc('second', greatest(
    o.known_at, CASE WHEN {CANCELLED} THEN o.cancelled_at END, refunded.at))"""
FINANCIAL_STATUS = f"""CASE WHEN {REFUNDED} >= o.total AND o.total > 0 THEN 'REFUNDED'
    WHEN {REFUNDED} > 0 THEN 'PARTIALLY_REFUNDED' WHEN {CANCELLED} THEN 'VOIDED' ELSE 'PAID' END"""
RECEIVED = f"CASE WHEN {CANCELLED} AND {REFUNDED} = 0 THEN 0 ELSE o.total END"
# Shopify attributes an order's sessions a while after it was placed (how long is UNCONFIRMED).
JOURNEY_READY = "(o.ordered_at <= $now - INTERVAL 30 MINUTE)"
# No consent, no session; and only a tagged link has UTM parameters.
VISITED = f"(o.seen_by_ga4 AND {JOURNEY_READY} AND o.visit_id IS NOT NULL)"
TAGGED = "(o.campaign <> '' AND NOT starts_with(o.campaign, '('))"


def _visit(scope: Scope) -> str:
    wanted = f"SELECT visit_id FROM orders WHERE {within('order_id', scope)}"
    return f"""LEFT JOIN (
        SELECT visit_id, started_at FROM visits WHERE visit_id IN ({wanted})
    ) AS visit ON visit.visit_id = o.visit_id"""


UTM = {
    "source": "o.source",
    "medium": "o.medium",
    "campaign": "o.campaign",
    "content": "NULL",
    "term": "NULL",
}
VISIT = Part(
    {
        "id": gid("CustomerVisit", "o.visit_id"),
        "occurredAt": moment("coalesce(visit.started_at, o.ordered_at)"),
        "source": "o.source",
        "utmParameters": Part(UTM, present=TAGGED),
    },
    present=VISITED,
)
JOURNEY = Part(
    {
        "ready": JOURNEY_READY,
        "customerOrderIndex": "o.customer_order_index",
        "firstVisit": VISIT,
        "lastVisit": VISIT,
    }
)

ORDER = Entity(
    source="orders AS o",
    key="o.order_id",
    seen="o.known_at <= $now",
    joins={
        "refunded": refunds_of_orders,
        "visit": _visit,
        "buyer": lambda _: "LEFT JOIN customers AS buyer ON buyer.customer_id = o.customer_id",
    },
    fields={
        "id": gid("Order", "o.order_id"),
        "legacyResourceId": number("o.order_id"),
        "name": "o.name",
        "number": "ltrim(o.name, '#')::INTEGER",
        "createdAt": moment("o.ordered_at"),
        "processedAt": moment("o.ordered_at"),
        "updatedAt": moment(UPDATED),
        "cancelledAt": f"CASE WHEN {CANCELLED} THEN {moment('o.cancelled_at')} END",
        "cancelReason": f"CASE WHEN {CANCELLED} THEN 'CUSTOMER' END",
        "closed": "FALSE",
        "closedAt": "NULL",
        "confirmed": "TRUE",
        "test": "o.test",
        "currencyCode": CURRENCY,
        "presentmentCurrencyCode": CURRENCY,
        "displayFinancialStatus": FINANCIAL_STATUS,
        "displayFulfillmentStatus": f"CASE WHEN {CANCELLED} THEN 'UNFULFILLED' ELSE 'FULFILLED' END",
        "fullyPaid": "TRUE",
        "unpaid": "FALSE",
        "sourceName": "'web'",
        "customerLocale": "CASE o.country WHEN 'de' THEN 'de' ELSE 'nl' END",
        "note": "NULL",
        "tags": "'[]'",
        "discountCodes": "'[]'",
        "taxExempt": "FALSE",
        "taxesIncluded": "TRUE",
        "totalPriceSet": bag("o.total", CURRENCY),
        "originalTotalPriceSet": bag("o.total", CURRENCY),
        "currentTotalPriceSet": bag(LEFT_OVER, CURRENCY),
        "subtotalPriceSet": bag("o.subtotal", CURRENCY),
        "totalDiscountsSet": bag("o.discount", CURRENCY),
        "totalTaxSet": bag("o.tax", CURRENCY),
        "currentTotalTaxSet": bag(f"CASE WHEN o.total > 0 THEN o.tax * {LEFT_OVER} / o.total ELSE 0 END", CURRENCY),
        "totalShippingPriceSet": bag("o.shipping", CURRENCY),
        "totalRefundedSet": bag(REFUNDED, CURRENCY),
        "totalReceivedSet": bag(RECEIVED, CURRENCY),
        "netPaymentSet": bag(f"{RECEIVED} - {REFUNDED}", CURRENCY),
        "email": "buyer.email",
        "customer": Ref(
            "Customer",
            present="buyer.customer_id IS NOT NULL",
            scope=lambda scope: f"SELECT customer_id FROM orders WHERE order_id IN ({scope})",
        ),
        "customerJourneySummary": JOURNEY,
        "shippingAddress": address("o.order_id", "o.country"),
        "billingAddress": address("o.order_id", "o.country"),
        "refunds": Many("Refund", "f.order_id", paged=False),
        "lineItems": Many("LineItem", "l.order_id", paged=True),
    },
)

LINE_ITEM = Entity(
    source="order_lines AS l",
    key="l.line_id",
    joins={"gone": units_back},
    fields={
        "id": gid("LineItem", "l.line_id"),
        "name": "l.title",
        "title": "l.title",
        "sku": "l.sku",
        "vendor": "'Duurzame Mode'",
        "variantTitle": "NULL",
        "quantity": "l.quantity",
        "currentQuantity": "(l.quantity - coalesce(gone.units, 0))::INTEGER",
        "refundableQuantity": "(l.quantity - coalesce(gone.units, 0))::INTEGER",
        "isGiftCard": "FALSE",
        "requiresShipping": "TRUE",
        "taxable": "TRUE",
        "originalUnitPriceSet": bag("l.unit_price"),
        "originalTotalSet": bag("l.unit_price * l.quantity"),
        # The shop's discounts are codes on the whole order: after-all-discounts has them, the older field has not.
        "discountedUnitPriceSet": bag("l.unit_price"),
        "discountedUnitPriceAfterAllDiscountsSet": bag("l.unit_price_after_discount"),
        "totalDiscountSet": bag("(l.unit_price - l.unit_price_after_discount) * l.quantity"),
        "product": Part(
            {
                "id": gid("Product", "l.product_id"),
                "legacyResourceId": number("l.product_id"),
                "title": "l.title",
                "productType": "coalesce(l.product_type, '')",
                "vendor": "'Duurzame Mode'",
            },
            present="l.product_id IS NOT NULL",
        ),
    },
)
