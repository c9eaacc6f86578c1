"""GA4's streams that are one report by date: their fields, and which of GA4's names fill them.

Names and meanings: https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from connectors.connector import Account
from connectors.ga4_report import Query, report
from connectors.load import Load
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

DOCS = "https://developers.google.com/analytics/devguides/reporting/data/v1/api-schema"
_LOOK_BACK_DAYS = 30
"""Key events and revenue are credited to channels for weeks, sessions for a few days."""


def by_date(name: str, description: str, *, fields: tuple[Field, ...], query: Query) -> Stream:
    """A stream that is one report by date. `query` fills the fields; its dimensions are the key."""

    def pull(ga4: Any, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
        return report(ga4.client, stream, query, account=account, window=window, load=load)

    stream = Stream(
        name=name,
        description=description,
        kind=Kind.REPORT,
        fields=(ACCOUNT_ID, *fields),
        key=(ACCOUNT_ID.name, *query.dimensions),
        day_field="date",
        pull=pull,
        look_back_days=_LOOK_BACK_DAYS,
        docs_url=DOCS,
    )
    return stream


def _revenue(name: str, description: str) -> Field:
    hidden = "NULL where the credential may not see revenue"
    return Field(name, MONEY, f"{description}; {hidden}", "currency", nullable=True, measure=True)


DATE_FIELD = Field("date", DATE, "Day in the property's time zone")
_CHANNEL = Field("channel_group", TEXT, "Default channel group of the session; Unassigned is a real value")
_KEY_EVENTS = Field("key_events", NUMBER, "Key events; fractions where attribution splits one", "events", measure=True)
_TRAFFIC = (
    Field("sessions", COUNT, "Sessions", "sessions", measure=True),
    Field("engaged_sessions", COUNT, "Sessions of 10 seconds, a key event or two views", "sessions", measure=True),
    Field("total_users", COUNT, "Unique users; never to be summed over days or channels", "users"),
    Field("new_users", COUNT, "Unique users on their first visit; never to be summed over channels", "users"),
    _KEY_EVENTS,
    Field("purchases", COUNT, "Purchase events", "purchases", measure=True),
    _revenue("purchase_revenue", "Revenue of purchases less refunds"),
    _revenue("total_revenue", "Revenue of purchases, subscriptions and advertising less refunds"),
    _revenue("refund_amount", "Refunds"),
    Field("currency", TEXT, "Currency of the amounts: the property's own", "ISO 4217"),
)
_TRAFFIC_METRICS = {
    "sessions": "sessions",
    "engaged_sessions": "engagedSessions",
    "total_users": "totalUsers",
    "new_users": "newUsers",
    "key_events": "keyEvents",
    "purchases": "ecommercePurchases",
    "purchase_revenue": "purchaseRevenue",
    "total_revenue": "totalRevenue",
    "refund_amount": "refundAmount",
}

CHANNEL_DAY = by_date(
    "channel_day",
    "Traffic, purchases and revenue by day, channel, source and campaign of the session",
    fields=(
        DATE_FIELD,
        _CHANNEL,
        Field("source_medium", TEXT, "Source and medium of the session, such as google / cpc"),
        Field("campaign_name", TEXT, "Campaign of the session; (not set) is a real value"),
        *_TRAFFIC,
    ),
    query=Query(
        dimensions={
            "date": "date",
            "channel_group": "sessionDefaultChannelGroup",
            "source_medium": "sessionSourceMedium",
            "campaign_name": "sessionCampaignName",
        },
        metrics=_TRAFFIC_METRICS,
    ),
)

SITE_DAY = by_date(
    "site_day",
    "Traffic, purchases and revenue of the whole site by day, as users cannot be summed over channels",
    fields=(DATE_FIELD, *_TRAFFIC),
    query=Query(dimensions={"date": "date"}, metrics=_TRAFFIC_METRICS),
)

KEY_EVENT_DAY = by_date(
    "key_event_day",
    "Key events by day, name and channel of the session",
    fields=(
        DATE_FIELD,
        Field("event_name", TEXT, "Name of the key event"),
        _CHANNEL,
        _KEY_EVENTS,
        Field("event_count", COUNT, "Times that the event was sent", "events", measure=True),
    ),
    query=Query(
        dimensions={"date": "date", "event_name": "eventName", "channel_group": "sessionDefaultChannelGroup"},
        metrics={"key_events": "keyEvents", "event_count": "eventCount"},
        only={"filter": {"field_name": "isKeyEvent", "string_filter": {"value": "true"}}},
    ),
)
