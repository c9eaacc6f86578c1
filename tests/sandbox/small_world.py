"""A world of a few rows, written by hand, so that what the servers must answer can be worked out by eye.

The last complete day is Sunday 2026-11-22; it is 05:00 of the 23rd in Amsterdam.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import duckdb

from sandbox.company import World

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
LATE = "2026-11-24 12:00:00"
"""Known after NOW."""

_TABLES = """
CREATE TABLE visits (visit_id BIGINT, visitor_id BIGINT, date DATE, started_at TIMESTAMP, known_at TIMESTAMP,
    country VARCHAR, channel VARCHAR, source VARCHAR, medium VARCHAR, campaign VARCHAR, device VARCHAR,
    engaged BOOLEAN, new_user BOOLEAN, newsletter_signup BOOLEAN);
CREATE TABLE orders (order_id BIGINT, name VARCHAR, ordered_at TIMESTAMP, known_at TIMESTAMP, order_date DATE,
    customer_id BIGINT, customer_order_index INTEGER, country VARCHAR, channel VARCHAR, source VARCHAR,
    medium VARCHAR, campaign VARCHAR, visit_id BIGINT, seen_by_ga4 BOOLEAN, ga4_known_at TIMESTAMP, test BOOLEAN,
    cancelled_at TIMESTAMP, discount DECIMAL(18,2), shipping DECIMAL(18,2), tax DECIMAL(18,2),
    subtotal DECIMAL(18,2), total DECIMAL(18,2), currency VARCHAR);
CREATE TABLE refunds (refund_id BIGINT, order_id BIGINT, line_id BIGINT, quantity INTEGER, amount DECIMAL(18,2),
    refunded_at TIMESTAMP, known_at TIMESTAMP);
CREATE TABLE ad_campaigns (platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, name VARCHAR,
    channel_type VARCHAR, objective VARCHAR, status VARCHAR, currency VARCHAR, time_zone VARCHAR, start_date DATE,
    end_date DATE, country VARCHAR);
CREATE TABLE ad_days (platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, date DATE, known_at TIMESTAMP,
    cost DECIMAL(18,6), impressions BIGINT, clicks BIGINT, interactions BIGINT, reach BIGINT, view_through BIGINT);
CREATE TABLE ad_conversions (platform VARCHAR, account_id VARCHAR, campaign_id VARCHAR, click_date DATE,
    conversion_date DATE, known_at TIMESTAMP, action VARCHAR, view_through BOOLEAN, conversions DOUBLE,
    value DECIMAL(18,2));
"""

_PAID = ("nl", "Paid Search", "google", "cpc", "Brand", "mobile")
_MAIL = ("nl", "Email", "newsletter", "email", "NB 1", "desktop")
_DIRECT = ("be", "Direct", "(direct)", "(none)", "(direct)", "mobile")
_SEARCH = ("de", "Organic Search", "google", "organic", "(organic)", "desktop")

# visit, visitor, day, traffic, engaged, new, signed up, known at
_VISITS: list[tuple[int, int, str, Sequence[str], bool, bool, bool, str]] = [
    (1, 1, "2026-11-20", _PAID, True, True, False, ""),
    (2, 1, "2026-11-21", _MAIL, True, False, True, ""),
    (3, 2, "2026-11-21", _DIRECT, False, True, False, ""),
    (4, 3, "2026-11-22", _SEARCH, False, False, False, ""),
    (5, 2, "2026-11-22", _DIRECT, True, False, False, ""),
    (6, 4, "2026-11-22", _SEARCH, True, True, False, LATE),
    (7, 5, "2026-11-16", _SEARCH, True, True, False, ""),
    (8, 1, "2026-11-02", _DIRECT, True, False, False, ""),
    (9, 6, "2026-10-05", _SEARCH, True, True, False, ""),
    (10, 7, "2026-02-03", _SEARCH, True, True, False, ""),
]
# order, day, visit, traffic, seen by GA4, test, total, known to GA4 at
_ORDERS: list[tuple[int, str, int, Sequence[str], bool, bool, str, str]] = [
    (1, "2026-11-20", 1, _PAID, True, False, "121.00", ""),
    (2, "2026-11-21", 2, _MAIL, True, False, "60.50", ""),
    (3, "2026-11-21", 3, _DIRECT, False, False, "99.00", ""),
    (4, "2026-11-21", 3, _DIRECT, True, True, "1.00", ""),
    (5, "2026-11-22", 5, _DIRECT, True, False, "75.25", LATE),
]
# order, amount, at (UTC): the first is a quarter past midnight of the 22nd in Amsterdam
_REFUNDS = [
    (1, "40.00", "2026-11-21 23:15:00"),
    (2, "10.50", "2026-11-21 12:00:00"),
    (3, "99.00", "2026-11-22 10:00:00"),
]

_CAMPAIGNS = [
    ("google_ads", "1112223334", "101", "Brand", "SEARCH", None, "ENABLED", "EUR", "Europe/Amsterdam"),
    ("google_ads", "1112223334", "102", "Asleep", "PERFORMANCE_MAX", None, "PAUSED", "EUR", "Europe/Amsterdam"),
    ("google_ads", "5556667778", "201", "Generic DE", "VIDEO", None, "ENABLED", "GBP", "Europe/London"),
    ("meta_ads", "700800900", "301", "Prospecting", None, "OUTCOME_SALES", "ACTIVE", "EUR", "Europe/Amsterdam"),
    ("meta_ads", "700800900", "302", "Retargeting", None, "OUTCOME_SALES", "PAUSED", "EUR", "Europe/Amsterdam"),
]
# platform, account, campaign, day, known at, cost, impressions, clicks, interactions, reach, view-through
_DAYS = [
    ("google_ads", "1112223334", "101", "2026-11-20", "2026-11-21 02:00:00", "12.34", 1500, 75, 76, None, 1),
    ("google_ads", "1112223334", "101", "2026-11-20", "2026-11-22 02:00:00", "-0.34", -10, -5, -6, None, 0),
    ("google_ads", "1112223334", "101", "2026-11-20", LATE, "-1.00", 0, -1, -1, None, 0),
    ("google_ads", "1112223334", "101", "2026-11-21", "2026-11-22 02:00:00", "8.00", 900, 40, 40, None, 0),
    ("google_ads", "5556667778", "201", "2026-11-21", "2026-11-22 02:00:00", "5.00", 400, 20, 20, None, 0),
    ("meta_ads", "700800900", "301", "2026-11-20", "2026-11-21 02:00:00", "25.37", 10432, 311, 204, 8021, None),
    ("meta_ads", "700800900", "301", "2026-11-21", "2026-11-22 02:00:00", "20.00", 8000, 200, 150, 6000, None),
    ("meta_ads", "700800900", "302", "2026-11-21", "2026-11-22 02:00:00", "4.00", 500, 10, 0, 400, None),
]
# platform, account, campaign, click day, conversion day, known at, action, viewed, count, value
_CONVERSIONS = [
    (
        "google_ads",
        "1112223334",
        "101",
        "2026-11-20",
        "2026-11-20",
        "2026-11-21 02:00:00",
        "purchase",
        False,
        2.5,
        "210.75",
    ),
    (
        "google_ads",
        "1112223334",
        "101",
        "2026-11-20",
        "2026-11-22",
        "2026-11-23 02:00:00",
        "purchase",
        False,
        1.0,
        "50.00",
    ),
    ("google_ads", "1112223334", "101", "2026-11-20", "2026-11-23", LATE, "purchase", False, 1.0, "70.00"),
    ("google_ads", "1112223334", "101", "2026-11-20", "2026-11-20", "2026-11-21 02:00:00", "lead", False, 3.0, "0.00"),
    (
        "meta_ads",
        "700800900",
        "301",
        "2026-11-20",
        "2026-11-20",
        "2026-11-21 02:00:00",
        "purchase",
        False,
        2.0,
        "160.00",
    ),
    (
        "meta_ads",
        "700800900",
        "301",
        "2026-11-20",
        "2026-11-22",
        "2026-11-23 02:00:00",
        "purchase",
        False,
        4.0,
        "320.40",
    ),
    ("meta_ads", "700800900", "301", "2026-11-20", "2026-11-20", "2026-11-21 02:00:00", "purchase", True, 1.0, "80.00"),
    (
        "meta_ads",
        "700800900",
        "301",
        "2026-11-10",
        "2026-11-20",
        "2026-11-21 02:00:00",
        "purchase",
        False,
        1.0,
        "30.00",
    ),
    ("meta_ads", "700800900", "301", "2026-11-20", "2026-11-21", "2026-11-22 02:00:00", "lead", False, 2.0, "0.00"),
]


class SmallWorld(World):
    """What the servers use of a World, `now` and `query`, over the rows above. Nothing is simulated. Thread-safe."""

    def __init__(self, now: datetime = NOW) -> None:
        self._moment = now
        self._database = duckdb.connect()
        self._database.execute(_TABLES)
        for visit, visitor, day, traffic, engaged, new, signed_up, late in _VISITS:
            noon = f"{day} 12:00:00"
            self.insert("visits", (visit, visitor, day, noon, late or noon, *traffic, engaged, new, signed_up))
        for order, day, visit, traffic, seen, test, total, late in _ORDERS:
            noon = f"{day} 12:00:00"
            place = (order, f"#{1000 + order}", noon, noon, day, order, 1, traffic[0], *traffic[1:5], visit)
            money = (0, 0, 0, total, total, "EUR")
            self.insert("orders", (*place, seen, late or noon, test, None, *money))
        for number, (order, amount, moment) in enumerate(_REFUNDS):
            self.insert("refunds", (number, order, None, 1, amount, moment, moment))
        for campaign in _CAMPAIGNS:
            self.insert("ad_campaigns", (*campaign, "2023-01-01", None, "nl"))
        for delivery in _DAYS:
            self.insert("ad_days", delivery)
        for conversion in _CONVERSIONS:
            self.insert("ad_conversions", conversion)

    def insert(self, table: str, row: Sequence[Any]) -> None:
        """Add one row."""
        marks = ", ".join("?" for _value in row)
        self._database.cursor().execute(f"INSERT INTO {table} VALUES ({marks})", list(row))

    @property
    def now(self) -> datetime:
        """The moment of the world; moving it adds no rows, it makes known what is known later."""
        return self._moment

    @now.setter
    def now(self, moment: datetime | None) -> None:
        self._moment = moment or NOW

    def query(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        return self._database.cursor().execute(sql, params).fetchall()
