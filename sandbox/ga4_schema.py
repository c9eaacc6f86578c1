"""The property's dimensions and metrics, as `getMetadata` lists them and as SQL over ga4_facts.

purchaseRevenue = total including VAT of seen, non-test orders, by purchase date; refundAmount by refund date.
Google's reference defines purchaseRevenue as net of refunds; `Property.purchase_revenue_net_of_refunds` follows it,
its default does not, because many shops send refunds late or never and Kompas asks for the two apart.
totalRevenue = purchaseRevenue less refunds (there are no subscriptions or ads here). An active user is one with an
engaged session or a first visit. Values of `keyEvents` are whole: only event-scoped attribution splits them.
"""

from __future__ import annotations

from dataclasses import dataclass

from google.analytics.data_v1beta.types import MetricType


@dataclass(frozen=True)
class Dimension:
    """A dimension: SQL giving text, and whether it needs the event relation."""

    sql: str
    ui_name: str
    category: str
    by_event: bool = False
    deprecated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Metric:
    """A metric: aggregate SQL over the session relation and, where it differs, over the event relation.

    `additive` metrics may be summed over rows (the `(other)` row does so).
    """

    sql: str
    kind: str
    ui_name: str
    category: str
    event_sql: str = ""
    deprecated: tuple[str, ...] = ()
    additive: bool = True

    def expression(self, by_event: bool) -> str:
        """The SQL over the relation that the report reads."""
        return self.event_sql if by_event and self.event_sql else self.sql

    @property
    def type_number(self) -> int:
        """The kind as a number of the enum MetricType."""
        return int(getattr(MetricType, self.kind))


_COUNTRY = """CASE country WHEN 'nl' THEN 'Netherlands' WHEN 'be' THEN 'Belgium' WHEN 'de' THEN 'Germany'
    ELSE country END"""
_IS_KEY = "CASE WHEN event_name IN ('purchase', 'newsletter_signup') THEN 'true' ELSE 'false' END"
_TRAFFIC, _TIME, _EVENT, _GEO = "Traffic Source", "Time", "Event", "Geography"

DIMENSIONS: dict[str, Dimension] = {
    "date": Dimension("strftime(date, '%Y%m%d')", "Date", _TIME),
    "year": Dimension("strftime(date, '%Y')", "Year", _TIME),
    "month": Dimension("strftime(date, '%m')", "Month", _TIME),
    "yearMonth": Dimension("strftime(date, '%Y%m')", "Year month", _TIME),
    "isoWeek": Dimension("strftime(date, '%V')", "ISO week of the year", _TIME),
    "isoYear": Dimension("strftime(date, '%G')", "ISO year", _TIME),
    "isoYearIsoWeek": Dimension("strftime(date, '%G%V')", "ISO week of ISO year", _TIME),
    "day": Dimension("strftime(date, '%d')", "Day", _TIME),
    "dayOfWeek": Dimension("dayofweek(date)::VARCHAR", "Day of week", _TIME, deprecated=("dayOfWeekZero",)),
    "sessionDefaultChannelGroup": Dimension(
        "channel", "Session default channel group", _TRAFFIC, deprecated=("sessionDefaultChannelGrouping",)
    ),
    "sessionPrimaryChannelGroup": Dimension("channel", "Session primary channel group", _TRAFFIC),
    "sessionSource": Dimension("source", "Session source", _TRAFFIC),
    "sessionMedium": Dimension("medium", "Session medium", _TRAFFIC),
    "sessionSourceMedium": Dimension("source || ' / ' || medium", "Session source / medium", _TRAFFIC),
    "sessionCampaignName": Dimension("campaign", "Session campaign", _TRAFFIC),
    "country": Dimension(_COUNTRY, "Country", _GEO),
    "countryId": Dimension("upper(country)", "Country ID", _GEO),
    "deviceCategory": Dimension("device", "Device category", "Platform / Device"),
    "hostName": Dimension("'www.duurzame-mode.example'", "Hostname", "Page / Screen"),
    "eventName": Dimension("event_name", "Event name", _EVENT, by_event=True),
    "isKeyEvent": Dimension(_IS_KEY, "Is key event", _EVENT, by_event=True, deprecated=("isConversionEvent",)),
    "transactionId": Dimension("coalesce(transaction_id, '(not set)')", "Transaction ID", "Ecommerce", by_event=True),
}

_SESSIONS, _USER, _MONEY = "Session", "User", "Revenue"
_ACTIVE = "count(DISTINCT visitor_id) FILTER (engaged OR new_user)"
_SEEN = "count(DISTINCT visit_id)"
_ENGAGED = f"{_SEEN} FILTER (engaged)"
_KEY = "sum(purchases) + sum(sign_ups)"
_KEY_SESSIONS = f"{_SEEN} FILTER (event_name IN ('purchase', 'newsletter_signup'))"


def _ratio(top: str, bottom: str) -> str:
    return f"coalesce(({top})::DOUBLE / nullif({bottom}, 0), 0)"


METRICS: dict[str, Metric] = {
    "sessions": Metric("sum(sessions)", "TYPE_INTEGER", "Sessions", _SESSIONS, _SEEN),
    "engagedSessions": Metric(
        "sum(sessions) FILTER (engaged)", "TYPE_INTEGER", "Engaged sessions", _SESSIONS, _ENGAGED
    ),
    "engagementRate": Metric(
        _ratio("sum(sessions) FILTER (engaged)", "sum(sessions)"),
        "TYPE_FLOAT",
        "Engagement rate",
        _SESSIONS,
        _ratio(_ENGAGED, _SEEN),
        additive=False,
    ),
    "totalUsers": Metric("count(DISTINCT visitor_id)", "TYPE_INTEGER", "Total users", _USER, additive=False),
    "activeUsers": Metric(_ACTIVE, "TYPE_INTEGER", "Active users", _USER, additive=False),
    "newUsers": Metric(
        "sum(sessions) FILTER (new_user)",
        "TYPE_INTEGER",
        "New users",
        _USER,
        "count(DISTINCT visitor_id) FILTER (new_user)",
    ),
    "screenPageViews": Metric("sum(page_views)", "TYPE_INTEGER", "Views", "Page / Screen"),
    "eventCount": Metric("sum(events)", "TYPE_INTEGER", "Event count", _EVENT),
    "keyEvents": Metric(_KEY, "TYPE_FLOAT", "Key events", _EVENT, deprecated=("conversions",)),
    "sessionKeyEventRate": Metric(
        "",
        "TYPE_FLOAT",
        "Session key event rate",
        _SESSIONS,
        _ratio(_KEY_SESSIONS, _SEEN),
        deprecated=("sessionConversionRate",),
        additive=False,
    ),
    "addToCarts": Metric("sum(carts)", "TYPE_INTEGER", "Add to carts", "Ecommerce"),
    "checkouts": Metric("sum(checkouts)", "TYPE_INTEGER", "Checkouts", "Ecommerce"),
    "ecommercePurchases": Metric("sum(purchases)", "TYPE_INTEGER", "Ecommerce purchases", "Ecommerce"),
    "transactions": Metric(
        "count(DISTINCT transaction_id) FILTER (purchases > 0)", "TYPE_INTEGER", "Transactions", "Ecommerce"
    ),
    "purchaseRevenue": Metric("sum(revenue)", "TYPE_CURRENCY", "Purchase revenue", _MONEY),
    "grossPurchaseRevenue": Metric("sum(revenue)", "TYPE_CURRENCY", "Gross purchase revenue", _MONEY),
    "totalRevenue": Metric("sum(revenue) - sum(refund)", "TYPE_CURRENCY", "Total revenue", _MONEY),
    "refundAmount": Metric("sum(refund)", "TYPE_CURRENCY", "Refund amount", _MONEY),
}

NET_PURCHASE_REVENUE = Metric("sum(revenue) - sum(refund)", "TYPE_CURRENCY", "Purchase revenue", _MONEY)
"""purchaseRevenue to the letter of Google's reference: less refunds."""

DATE_RANGE = "dateRange"
"""The dimension that appears by itself as soon as a report has more than one date range."""


def metrics(net_of_refunds: bool) -> dict[str, Metric]:
    """The metrics by name, with the property's reading of purchaseRevenue."""
    return METRICS | ({"purchaseRevenue": NET_PURCHASE_REVENUE} if net_of_refunds else {})
