"""The company's days as they are known at a moment: what `sandbox.truth` says of periods, one row a day.

A test holds the two together (`test_oracle.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sandbox.company import World
from tests.end_to_end.oracle.periods import GRAINS

Days = NDArray[np.float64]
"""One value a day."""
_LOCAL = "(({moment}) AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam')::DATE"
_GOOD = "known_at <= $clock AND NOT test AND (cancelled_at IS NULL OR cancelled_at > $clock)"
_ADS = """
    SELECT day, sum(amount / CASE found.currency WHEN 'EUR' THEN 1 ELSE units_per_eur::DOUBLE END) AS {money}, {counts}
    FROM ({rows}) AS found ASOF LEFT JOIN (FROM fx_rates WHERE known_at <= $clock) AS rates
        ON found.currency = rates.currency AND found.day >= rates.date
    GROUP BY day"""
_SPEND = """
    SELECT d.date AS day, c.currency, d.cost::DOUBLE AS amount, d.clicks, d.impressions
    FROM ad_days AS d JOIN ad_campaigns AS c USING (platform, account_id, campaign_id)
    WHERE d.known_at <= $clock AND platform = '{platform}'"""
_CONVERSIONS = """
    SELECT v.click_date AS day, c.currency, v.value::DOUBLE AS amount, v.conversions
    FROM ad_conversions AS v JOIN ad_campaigns AS c USING (platform, account_id, campaign_id)
    WHERE v.known_at <= $clock AND v.action = 'purchase' AND platform = '{platform}'"""


def _ads(platform: str) -> list[str]:
    spend, conversions = _SPEND.format(platform=platform), _CONVERSIONS.format(platform=platform)
    counts = "sum(clicks)::DOUBLE AS ad_clicks, sum(impressions)::DOUBLE AS ad_impressions"
    return [
        _ADS.format(money="ad_spend", counts=counts, rows=spend),
        _ADS.format(money="ad_conversion_value", counts="sum(conversions)::DOUBLE AS ad_conversions", rows=conversions),
    ]


_QUERIES: dict[str, list[str]] = {
    "ga4": [
        "SELECT date AS day, count(*) AS sessions FROM visits WHERE known_at <= $clock GROUP BY day",
        """SELECT order_date AS day, count(*) AS web_purchases FROM orders
        WHERE seen_by_ga4 AND ga4_known_at <= $clock GROUP BY day""",
    ],
    "shopify": [
        f"""SELECT order_date AS day, count(*) AS orders, sum(total - tax)::DOUBLE AS order_revenue,
            sum((total - tax)::DOUBLE ** 2) AS order_revenue_squared,
            count(*) FILTER (customer_id IS NOT NULL AND customer_order_index = 1) AS new_customers
        FROM orders WHERE {_GOOD} GROUP BY day""",
        f"""SELECT order_date AS day, sum(quantity)::DOUBLE AS units_sold
        FROM order_lines JOIN (FROM orders WHERE {_GOOD}) USING (order_id) GROUP BY day""",
        f"""SELECT order_date AS day, sum(quantity)::DOUBLE AS units_returned
        FROM (FROM refunds WHERE known_at <= $clock) JOIN (SELECT order_id, order_date FROM orders WHERE {_GOOD})
            USING (order_id) GROUP BY day""",
        f"""SELECT {_LOCAL.format(moment="refunded_at")} AS day,
            sum(amount::DOUBLE * (total - tax)::DOUBLE / nullif(total, 0)::DOUBLE) AS refund_amount
        FROM (FROM refunds WHERE known_at <= $clock) JOIN (SELECT order_id, total, tax FROM orders WHERE {_GOOD})
            USING (order_id) GROUP BY day""",
    ],
    "google_ads": _ads("google_ads"),
    "meta_ads": _ads("meta_ads"),
    "mailchimp": [
        f"""SELECT {_LOCAL.format(moment="send_time")} AS day,
            sum(emails_sent - hard_bounces - soft_bounces - syntax_errors)::DOUBLE AS email_delivered
        FROM newsletters WHERE send_time <= $clock GROUP BY day""",
        f"""SELECT {_LOCAL.format(moment="n.send_time")} AS day, sum(human_unique_opens)::DOUBLE AS email_unique_opens
        FROM newsletter_deltas AS d JOIN newsletters AS n USING (campaign_id)
        WHERE n.send_time <= $clock AND d.known_at <= $clock GROUP BY day""",
    ],
}
_VISITORS = """
    WITH seen AS (
        SELECT visitor_id, {start} AS start, min(date) AS day FROM visits
        WHERE known_at <= $clock AND date BETWEEN $first AND $last GROUP BY visitor_id, start)
    SELECT day, count(*) AS visitors FROM seen GROUP BY day"""
_STARTS = {grain: f"date_trunc('{grain}', date)" for grain in GRAINS} | {
    "half_year": "make_date(year(date), month(date) - (month(date) - 1) % 6, 1)"
}


def measures(world: World, platform: str, first: date, last: date) -> dict[str, Days]:
    """The additive measures of a platform: a value for each day of first..last, as known by the world's clock."""
    found: dict[str, Days] = {}
    for sql in _QUERIES[platform]:
        found |= _by_day(world, sql, {"clock": world.clock}, first, last)
    if platform == "shopify":
        found["net_revenue"] = found["order_revenue"] - found["refund_amount"]
    return found


def new_visitors(world: World, grain: str, first: date, last: date) -> Days:
    """Visitors who were not seen earlier in the period of each day: summed from its start, they are unique."""
    sql = _VISITORS.format(start=_STARTS[grain])
    return _by_day(world, sql, {"clock": world.clock, "first": first, "last": last}, first, last)["visitors"]


def _by_day(world: World, sql: str, params: dict[str, Any], first: date, last: date) -> dict[str, Days]:
    table = world.arrow(sql, params)
    day, *names = table.column_names
    at = (table[day].cast("date32").to_numpy() - np.datetime64(first)).astype(int)
    inside = (at >= 0) & (at <= (last - first).days)
    found = {name: np.zeros((last - first).days + 1) for name in names}
    for name in names:
        found[name][at[inside]] = table[name].cast("float64").to_numpy()[inside]
    return found
