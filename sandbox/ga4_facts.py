"""What the property has recorded, as two relations in SQL: one row per session, or one row per event.

Both have the same columns, so that a metric is one expression over either:
    date, country, device, channel, source, medium, campaign, visit_id, visitor_id, engaged, new_user,
    event_name, transaction_id   (NULL in the session relation, except transaction_id of purchases and refunds)
    sessions, page_views, carts, checkouts, purchases, sign_ups, events   (counts)
    revenue, refund   (EUR, including VAT)

Rules of the simulated tagging:
* purchase: every non-test order of a consenting visitor (seen_by_ga4), on its order date, with the order's total
  including VAT and shipping; it stays when the shop cancels the order later.
* refund: sent by the shop's server with the transaction id on the day of the refund (Europe/Amsterdam), credited to
  the order's own session, and only for orders that GA4 saw.
* purchase and newsletter_signup are the property's key events.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

KEY_EVENTS = ("purchase", "newsletter_signup")

_PAGES = "(1 + (hash(visit_id) % 6)::INTEGER * engaged::INTEGER)"
_CART = "(engaged AND hash(visit_id) % 11 = 0)::INTEGER"

VISIT_EVENTS: dict[str, str] = {
    "session_start": "1",
    "first_visit": "new_user::INTEGER",
    "page_view": _PAGES,
    "user_engagement": "engaged::INTEGER",
    "add_to_cart": _CART,
    "newsletter_signup": "newsletter_signup::INTEGER",
}
"""Events that a visit logs, and how often."""

ORDER_EVENTS = ("add_to_cart", "begin_checkout", "purchase")
"""Events that an order logs, once each."""

_VISIT_DIMENSIONS = "country, device, channel, source, medium, campaign, visit_id, visitor_id, engaged, new_user"
# The visit may reach GA4 later than its purchase, or not be in the world at all: the order knows its traffic too.
_ORDER_DIMENSIONS = """coalesce(v.country, o.country) AS country, coalesce(v.device, '(not set)') AS device,
    o.channel, o.source, o.medium, o.campaign, {visit_id} AS visit_id, {visitor_id} AS visitor_id,
    coalesce(v.engaged, true) AS engaged, coalesce(v.new_user, false) AS new_user"""
# A visitor is counted by the visit; a purchase only tells who it was when the rows are events, a refund never.
_BUYER = _ORDER_DIMENSIONS.format(visit_id="o.visit_id", visitor_id="v.visitor_id")
_NOBODY = _ORDER_DIMENSIONS.format(visit_id="NULL", visitor_id="NULL")
_REFUND_DAY = "(r.refunded_at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam')::DATE"
_NO_MONEY = "0::DECIMAL(18,2) AS revenue, 0::DECIMAL(18,2) AS refund"


@dataclass(frozen=True)
class Window:
    """Days from first to last, as far as they are known at a moment (naive UTC)."""

    first: date
    last: date
    known_at: datetime

    def holds(self, day: str, known_at: str) -> str:
        """SQL condition on a day column and a known_at column."""
        return f"{day} BETWEEN DATE '{self.first}' AND DATE '{self.last}' AND {known_at} <= TIMESTAMP '{self.known_at}'"


def facts(window: Window, by_event: bool) -> str:
    """SELECT of the relation: by event when a dimension, filter or metric asks for events, else by session."""
    parts = (_event_visits, _event_orders) if by_event else (_session_visits, _session_orders)
    return " UNION ALL ".join([part(window) for part in parts] + [_refunds(window)])


def _session_visits(window: Window) -> str:
    total = " + ".join(VISIT_EVENTS.values())
    return f"""SELECT date, {_VISIT_DIMENSIONS}, NULL AS event_name, NULL AS transaction_id, 1 AS sessions,
        {_PAGES} AS page_views, {_CART} AS carts, 0 AS checkouts, 0 AS purchases,
        newsletter_signup::INTEGER AS sign_ups, {total} AS events, {_NO_MONEY}
        FROM visits WHERE {window.holds("date", "known_at")}"""


def _event_visits(window: Window) -> str:
    branches = " ".join(f"WHEN '{name}' THEN {count}" for name, count in VISIT_EVENTS.items())
    names = ", ".join(f"('{name}')" for name in VISIT_EVENTS)
    return f"""SELECT date, {_VISIT_DIMENSIONS}, event_name, NULL AS transaction_id,
        (event_name = 'session_start')::INTEGER AS sessions, if(event_name = 'page_view', events, 0) AS page_views,
        if(event_name = 'add_to_cart', events, 0) AS carts, 0 AS checkouts, 0 AS purchases,
        if(event_name = 'newsletter_signup', events, 0) AS sign_ups, events, {_NO_MONEY}
        FROM (SELECT *, CASE event_name {branches} END AS events
              FROM visits, (VALUES {names}) AS logged(event_name) WHERE {window.holds("date", "known_at")})
        WHERE events > 0"""


def _orders(window: Window) -> str:
    return f"""FROM orders AS o LEFT JOIN visits AS v USING (visit_id)
        WHERE o.seen_by_ga4 AND NOT o.test AND {window.holds("o.order_date", "o.ga4_known_at")}"""


def _session_orders(window: Window) -> str:
    return f"""SELECT o.order_date AS date, {_NOBODY}, NULL AS event_name, o.name AS transaction_id,
        0 AS sessions, 0 AS page_views, 1 AS carts, 1 AS checkouts, 1 AS purchases, 0 AS sign_ups,
        {len(ORDER_EVENTS)} AS events, o.total AS revenue, 0::DECIMAL(18,2) AS refund {_orders(window)}"""


def _event_orders(window: Window) -> str:
    names = ", ".join(f"('{name}')" for name in ORDER_EVENTS)
    return f"""SELECT date, country, device, channel, source, medium, campaign, visit_id, visitor_id, engaged,
        new_user, event_name, if(event_name = 'purchase', transaction_id, NULL) AS transaction_id, 0 AS sessions,
        0 AS page_views, (event_name = 'add_to_cart')::INTEGER AS carts,
        (event_name = 'begin_checkout')::INTEGER AS checkouts, (event_name = 'purchase')::INTEGER AS purchases,
        0 AS sign_ups, 1 AS events, if(event_name = 'purchase', total, 0) AS revenue, 0::DECIMAL(18,2) AS refund
        FROM (SELECT o.order_date AS date, {_BUYER}, o.name AS transaction_id, o.total {_orders(window)}),
             (VALUES {names}) AS logged(event_name)"""


def _refunds(window: Window) -> str:
    return f"""SELECT {_REFUND_DAY} AS date, {_NOBODY}, 'refund' AS event_name, o.name AS transaction_id,
        0 AS sessions, 0 AS page_views, 0 AS carts, 0 AS checkouts, 0 AS purchases, 0 AS sign_ups, 1 AS events,
        0::DECIMAL(18,2) AS revenue, r.amount AS refund
        FROM refunds AS r JOIN orders AS o USING (order_id) LEFT JOIN visits AS v ON v.visit_id = o.visit_id
        WHERE o.seen_by_ga4 AND NOT o.test AND {window.holds(_REFUND_DAY, "r.known_at")}"""
