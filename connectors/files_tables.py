"""The canonical raw tables that a file can be mapped onto: data, and nothing else.

A tool without a connector of its own comes in through one of these. Amounts are in major units of `currency`, days
are in the company's time zone, and a NULL means that the file does not say.
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.stream import ACCOUNT_ID, COUNT, DATE, FLAG, MONEY, NUMBER, TEXT, TIMESTAMP, Field

EMAIL = "email"
"""Mapped by this name, written as `email_hash` only."""


@dataclass(frozen=True)
class Table:
    """One canonical table. `key` leaves out `account_id`, which is part of every key."""

    name: str
    description: str
    key: tuple[str, ...]
    day_field: str
    columns: tuple[Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return (ACCOUNT_ID, *self.columns)

    @property
    def mappable(self) -> dict[str, Field]:
        """The columns by the name under which kompas.yaml maps them."""
        return {EMAIL if field.name == "email_hash" else field.name: field for field in self.columns}

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(name for name, field in self.mappable.items() if not field.nullable)


CURRENCY = Field("currency", TEXT, "ISO 4217 code of the amounts of the row")
CUSTOMER_ID = Field("customer_id", TEXT, "The tool's id of the customer; NULL for a guest", nullable=True)
COUNTRY = Field("country", TEXT, "ISO 3166 alpha-2 code", nullable=True)
CHANNEL = Field("channel", TEXT, "Marketing channel, as the tool names it", nullable=True)
CAMPAIGN_NAME = Field("campaign_name", TEXT, "Name of the campaign", nullable=True)
ORDER_DATE = Field("order_date", DATE, "Day of the order")
DAY = Field("date", DATE, "Day to which the figures belong")


def _money(name: str, description: str, *, nullable: bool = True, measure: bool = True) -> Field:
    return Field(name, MONEY, description, "currency", nullable, measure)


def _count(name: str, description: str, *, nullable: bool = True, measure: bool = True) -> Field:
    return Field(name, COUNT, description, "count", nullable, measure)


def _text(name: str, description: str) -> Field:
    return Field(name, TEXT, description, nullable=True)


ORDERS = Table(
    "orders",
    "One row per order",
    ("order_id",),
    "order_date",
    (
        Field("order_id", TEXT, "The tool's id of the order"),
        ORDER_DATE,
        Field("ordered_at", TIMESTAMP, "Moment of the order", nullable=True),
        CUSTOMER_ID,
        CURRENCY,
        COUNTRY,
        Field("test", FLAG, "A test order, which counts nowhere"),
        Field("cancelled", FLAG, "A cancelled order, which counts nowhere"),
        _money("total_amount", "Paid: with tax and shipping, after discounts", nullable=False),
        _money("tax_amount", "Tax in total_amount"),
        _money("shipping_amount", "Shipping in total_amount"),
        _money("discount_amount", "Discounts, already taken off total_amount"),
        CHANNEL,
        _text("campaign", "Campaign that the order is attributed to"),
        _text("utm_source", "UTM source of the visit"),
        _text("utm_medium", "UTM medium of the visit"),
    ),
)

ORDER_LINES = Table(
    "order_lines",
    "One row per line of an order",
    ("order_id", "line_id"),
    "order_date",
    (
        Field("order_id", TEXT, "The order of the line"),
        Field("line_id", TEXT, "Id of the line within its order; `row_number: true` gives one where there is none"),
        ORDER_DATE,
        _text("sku", "Stock code of the article"),
        _text("title", "Name of the article"),
        _text("product_type", "Kind of article"),
        _count("quantity", "Units ordered", nullable=False),
        _count("returned_quantity", "Units of this line that came back; NULL where returns are not known by line"),
        _money("unit_price", "Price of one unit after discounts", nullable=False, measure=False),
        CURRENCY,
    ),
)

REFUNDS = Table(
    "refunds",
    "One row per refund",
    ("refund_id",),
    "refund_date",
    (
        Field("refund_id", TEXT, "The tool's id of the refund"),
        _text("order_id", "The order that is refunded; NULL where the tool keeps no link"),
        Field("refund_date", DATE, "Day of the refund"),
        _money("amount", "Paid back; positive", nullable=False),
        _count("quantity", "Units that came back"),
        CURRENCY,
    ),
)

CUSTOMERS = Table(
    "customers",
    "One row per known customer",
    ("customer_id",),
    "created_date",
    (
        Field("customer_id", TEXT, "The tool's id of the customer"),
        Field("created_date", DATE, "Day on which the customer became known"),
        COUNTRY,
        _text("email_hash", "Keyed hash of the e-mail address; map the address itself as `email`"),
    ),
)

LEADS = Table(
    "leads",
    "One row per lead or deal",
    ("lead_id",),
    "created_date",
    (
        Field("lead_id", TEXT, "The CRM's id of the lead"),
        Field("created_date", DATE, "Day on which the lead came in"),
        Field("won_date", DATE, "Day on which it was won", nullable=True),
        Field("lost_date", DATE, "Day on which it was lost", nullable=True),
        _text("status", "Stage, as the CRM names it"),
        CHANNEL,
        _money("value", "Value of the deal"),
        Field("currency", TEXT, "ISO 4217 code of the value", nullable=True),
    ),
)

SURVEY_RESPONSES = Table(
    "survey_responses",
    "One row per answer to a satisfaction survey",
    ("response_id",),
    "date",
    (
        Field("response_id", TEXT, "The tool's id of the answer"),
        Field("date", DATE, "Day of the answer"),
        Field("score", NUMBER, "The score given, on `scale`"),
        Field(
            "scale", TEXT, "Scale of the score: its lowest and highest answer, as 1-10, 1-5 or 0-10, or percent_good"
        ),
        CUSTOMER_ID,
    ),
)

AD_PERFORMANCE = Table(
    "ad_performance",
    "Advertising per day and campaign",
    ("date", "campaign_id"),
    "date",
    (
        DAY,
        Field("campaign_id", TEXT, "The platform's id of the campaign, or the channel's name where there are none"),
        CAMPAIGN_NAME,
        CHANNEL,
        CURRENCY,
        _money("spend", "Costs", nullable=False),
        _count("impressions", "Times shown"),
        _count("clicks", "Clicks"),
        Field("conversions", NUMBER, "Conversions, as the platform attributes them", "count", True, True),
        _money("conversion_value", "Value of the conversions"),
    ),
)

EMAIL_SENDS = Table(
    "email_sends",
    "E-mail campaigns per day of sending",
    ("date", "campaign_id"),
    "date",
    (
        DAY,
        Field("campaign_id", TEXT, "The tool's id of the mailing"),
        CAMPAIGN_NAME,
        _count("delivered", "Sent minus bounced", nullable=False),
        _count("unique_opens", "Receivers who opened"),
        _count("unique_clicks", "Receivers who clicked"),
        _count("unsubscribed", "Receivers who left"),
        Field("machine_opens_excluded", FLAG, "Whether opens by mail privacy proxies are left out"),
    ),
)

SESSIONS = Table(
    "sessions",
    "Website traffic per day and channel",
    ("date", "channel"),
    "date",
    (
        DAY,
        CHANNEL,
        _count("sessions", "Visits", nullable=False),
        _count("engaged_sessions", "Visits with engagement"),
        _count("users", "Unique visitors of the day and channel; cannot be added up", measure=False),
        _count("purchases", "Purchases"),
        _money("revenue", "Revenue of the purchases"),
        Field("currency", TEXT, "ISO 4217 code of the revenue", nullable=True),
    ),
)

SOCIAL_POSTS = Table(
    "social_posts",
    "One row per post, counted since it was placed",
    ("post_id",),
    "date",
    (
        Field("date", DATE, "Day on which it was placed"),
        Field("post_id", TEXT, "The platform's id of the post"),
        _text("platform", "Name of the platform"),
        _text("post_type", "Kind of post: photo, video, link"),
        _count("likes", "Likes"),
        _count("comments", "Comments"),
        _count("shares", "Shares"),
        _count("reach", "People who saw it; cannot be added up", measure=False),
        _count("impressions", "Times shown"),
    ),
)

SEARCH_ROWS = Table(
    "search_rows",
    "Place in the search results per day and keyword",
    ("date", "keyword", "page", "country"),
    "date",
    (
        DAY,
        Field("keyword", TEXT, "The search term"),
        _text("page", "URL that was shown"),
        COUNTRY,
        _count("clicks", "Clicks", nullable=False),
        _count("impressions", "Times shown", nullable=False),
        Field("position", NUMBER, "Average place, 1 is the highest"),
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        ORDERS,
        ORDER_LINES,
        REFUNDS,
        CUSTOMERS,
        LEADS,
        SURVEY_RESPONSES,
        AD_PERFORMANCE,
        EMAIL_SENDS,
        SESSIONS,
        SOCIAL_POSTS,
        SEARCH_ROWS,
    )
}
