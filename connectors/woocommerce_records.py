"""What is read of WooCommerce's orders, lines, refunds and customers, and where a record tells it."""

from __future__ import annotations

from connectors.records import Told
from connectors.stream import COUNT, DATE, FLAG, MONEY, TEXT, TIMESTAMP, Field


def told_id(name: str, description: str, path: str = "id", nullable: bool = False) -> Told:
    """A whole number that names a record of the shop."""
    return Told(Field(name, COUNT, description, nullable=nullable), path)


def _amount(name: str, description: str, path: str) -> Told:
    return Told(Field(name, MONEY, description, unit="in `currency`"), path)


def _text(name: str, description: str, path: str) -> Told:
    return Told(Field(name, TEXT, description, nullable=True), path)


def _moment(name: str, description: str, path: str, nullable: bool = False) -> Told:
    return Told(Field(name, TIMESTAMP, description, nullable=nullable), path)


ORDER_DATE = Field("order_date", DATE, "The day on which it was placed, by the shop's clock")
CURRENCY = Told(Field("currency", TEXT, "ISO 4217 code of the order's amounts"), "currency")
CHANGED = _moment("updated_at", "The order's last change or last refund, whichever is later", "date_modified_gmt")

ORDER = (
    told_id("order_id", "The order"),
    Told(Field("order_number", TEXT, "As people know it; plugins may count in their own way"), "number"),
    Told(
        Field("status", TEXT, "pending, processing, on-hold, completed, cancelled, refunded, failed, trash …"), "status"
    ),
    _moment("created_at", "When it was placed", "date_created_gmt"),
    CHANGED,
    _moment("paid_at", "When it was paid", "date_paid_gmt", nullable=True),
    _moment("completed_at", "When it was completed", "date_completed_gmt", nullable=True),
    CURRENCY,
    _amount("total_amount", "With tax and shipping, after discounts, before refunds", "total"),
    _amount("tax_amount", "All tax, before refunds", "total_tax"),
    _amount("shipping_amount", "Shipping, without tax", "shipping_total"),
    _amount("discount_amount", "All discounts, without tax", "discount_total"),
    _text("created_via", "checkout, admin, rest-api …", "created_via"),
)
ORDER_MORE = (
    ORDER_DATE,
    Field("customer_id", COUNT, "The customer; NULL for a guest", nullable=True),
    Field("country", TEXT, "ISO 3166 code of the shipping address, else of the billing address", nullable=True),
    Field("source_type", TEXT, "Of the visit that brought the order: utm, organic, referral, typein …", nullable=True),
    Field("utm_source", TEXT, "Of that visit", nullable=True),
    Field("utm_medium", TEXT, "Of that visit", nullable=True),
    Field("utm_campaign", TEXT, "Of that visit", nullable=True),
)
LINE = (
    told_id("line_id", "The line"),
    _text("sku", "Stock-keeping unit", "sku"),
    told_id("product_id", "The product; NULL when it was deleted", "product_id", nullable=True),
    Told(Field("title", TEXT, "The product's name when it was ordered"), "name"),
    Told(Field("quantity", COUNT, "Units ordered, those refunded later included"), "quantity"),
    _amount("amount", "All units after discounts, without tax", "total"),
    _amount("tax_amount", "Tax of all units", "total_tax"),
)
REFUND = (
    told_id("refund_id", "The refund"),
    told_id("order_id", "The order", "parent_id"),
    _moment("refunded_at", "When it was made", "date_created_gmt"),
    Told(Field("amount", MONEY, "Money sent back, with tax, in the order's currency", measure=True), "amount"),
)
REFUND_DATE = Field("refund_date", DATE, "The day on which it was made, by the shop's clock")
CUSTOMER = (
    told_id("customer_id", "The customer"),
    _moment("created_at", "When the account was made", "date_created_gmt"),
    Told(Field("is_paying_customer", FLAG, "Whether an order was paid", nullable=True), "is_paying_customer"),
)
