"""What can be reconciled: where Kompas' figure of a measure is published, and the raw columns that it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measured:
    """A measure of one platform.

    `table` and `amount` give Kompas' figure by `day`, in EUR or as a count; `native` in the account's currency. `raw`
    holds the columns of the raw stream that add up to it, with their signs. `whole` is a stream of totals, which the
    platform's screen shows where the parts hold less. `others` are raw columns that a screen may show instead.
    """

    stream: str
    table: str
    amount: str
    raw: Mapping[str, int]
    native: str | None = None
    day: str = "day"
    whole: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)


def _web(amount: str, raw: str, native: str | None = None) -> Measured:
    return Measured("channel_day", "marts.web_channel_day", amount, {raw: 1}, native, whole="site_day")


def _ads(amount: str, raw: str, native: str | None = None, **others: str) -> Measured:
    return Measured("campaign_day", "marts.ad_campaign_day", amount, {raw: 1}, native, others=others)


def _mail(amount: str, *raw: str, **others: str) -> Measured:
    signs = {column: 1 if number == 0 else -1 for number, column in enumerate(raw)}
    return Measured("campaign_report", "marts.email_campaign", amount, signs, others=others)


def _shop(amount: str, native: str | None = None) -> Measured:
    return Measured("orders", "marts.order_facts", amount, {}, native, day="order_date")


VISITORS = "visitors"
"""A unique count: the platform tells it for the period, and it is no sum of days."""
MEASURES: Mapping[str, Mapping[str, Measured]] = {
    "ga4": {
        "sessions": _web("sessions", "sessions"),
        VISITORS: Measured("site_users", "", "", {}),
        "engaged_sessions": _web("engaged_sessions", "engaged_sessions"),
        "key_events": _web("key_events", "key_events"),
        "web_purchases": _web("purchases", "purchases"),
        "web_revenue": _web("purchase_revenue_eur", "purchase_revenue", "purchase_revenue"),
    },
    "google_ads": {
        "ad_spend": _ads("spend_eur", "cost", "spend"),
        "ad_clicks": _ads("clicks", "clicks", interactions="interactions"),
        "ad_impressions": _ads("impressions", "impressions"),
        "ad_conversions": _ads(
            "conversions",
            "conversions",
            conversion_date="conversions_by_conversion_date",
            all_conversions="all_conversions",
        ),
        "ad_conversion_value": _ads(
            "conversion_value_eur",
            "conversions_value",
            "conversion_value",
            conversion_date="conversions_value_by_conversion_date",
            all_conversions="all_conversions_value",
        ),
    },
    "meta_ads": {
        "ad_spend": _ads("spend_eur", "spend", "spend"),
        "ad_clicks": _ads("clicks", "clicks", link_clicks="inline_link_clicks"),
        "ad_impressions": _ads("impressions", "impressions"),
        "ad_conversions": _ads("conversions", "purchases", seven_day_click="purchases_7d_click"),
        "ad_conversion_value": _ads("conversion_value_eur", "purchase_value", "conversion_value"),
    },
    "linkedin_ads": {
        "ad_spend": _ads("spend_eur", "spend", "spend"),
        "ad_clicks": _ads("clicks", "clicks", link_clicks="landing_page_clicks"),
        "ad_impressions": _ads("impressions", "impressions"),
        "ad_conversions": _ads("conversions", "conversions", post_click="post_click_conversions"),
        "ad_conversion_value": _ads("conversion_value_eur", "conversion_value", "conversion_value"),
    },
    "tiktok_ads": {
        "ad_spend": _ads("spend_eur", "spend", "spend"),
        "ad_clicks": _ads("clicks", "clicks"),
        "ad_impressions": _ads("impressions", "impressions"),
        "ad_conversions": _ads("conversions", "purchases", optimised_events="results"),
        "ad_conversion_value": _ads("conversion_value_eur", "purchase_value", "conversion_value"),
    },
    "microsoft_ads": {
        "ad_spend": _ads("spend_eur", "spend", "spend"),
        "ad_clicks": _ads("clicks", "clicks"),
        "ad_impressions": _ads("impressions", "impressions"),
        "ad_conversions": _ads("conversions", "conversions", all_conversions="all_conversions"),
        "ad_conversion_value": _ads(
            "conversion_value_eur", "conversion_value", "conversion_value", all_conversions="all_conversion_value"
        ),
    },
    "mailchimp": {
        "email_unique_opens": _mail("unique_opens", "human_unique_opens", machine_opens="unique_opens"),
        "email_delivered": _mail("delivered", "emails_sent", "hard_bounces", "soft_bounces", "syntax_errors"),
        "email_unique_clicks": _mail("unique_clicks", "unique_subscriber_clicks", all_clicks="clicks_total"),
        "email_unsubscribed": _mail("unsubscribed", "unsubscribed"),
    },
    "shopify": {
        "order_revenue": _shop("revenue_eur", "total_amount - tax_amount"),
        "orders": _shop("1"),
    },
}
"""By platform and measure; a platform's first measure is the one that is meant where none is named."""


def find(connector: str, measure: str | None) -> tuple[str, Measured]:
    """A measure's name and where it is. Raises LookupError with those that there are."""
    if connector not in MEASURES:
        raise LookupError(f"{connector} cannot be reconciled; {', '.join(MEASURES)} can")
    known = MEASURES[connector]
    name = measure or next(iter(known))
    if name not in known:
        raise LookupError(f"{connector} has no measure {name}; it has {', '.join(known)}")
    return name, known[name]
