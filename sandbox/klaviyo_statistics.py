"""Klaviyo's reporting statistics, from the counts of mailings as known now. Rates are 0 to 1, money major units."""

from __future__ import annotations

from collections.abc import Callable, Mapping

Counts = Mapping[str, float]

COUNTS = ("recipients", "hard_bounces", "soft_bounces", "complaints", "opens", "unique_opens", "clicks",
          "unique_clicks", "unsubscribed", "orders", "revenue")  # fmt: skip
"""Of mailings and mailing_deltas."""


def delivered(row: Counts) -> float:
    """Sent less bounces."""
    return row["recipients"] - row["hard_bounces"] - row["soft_bounces"]


def bounced(row: Counts) -> float:
    """Refused, for now or for good."""
    return row["hard_bounces"] + row["soft_bounces"]


def _rate(top: Callable[[Counts], float], bottom: Callable[[Counts], float]) -> Callable[[Counts], float]:
    def rate(row: Counts) -> float:
        return top(row) / bottom(row) if bottom(row) else 0.0

    return rate


def _count(name: str) -> Callable[[Counts], float]:
    return lambda row: row[name]


def _none(_row: Counts) -> float:
    return 0.0


STATISTICS: dict[str, Callable[[Counts], float]] = {
    "recipients": _count("recipients"),
    "delivered": delivered,
    "bounced": bounced,
    "failed": _none,
    "bounced_or_failed": bounced,
    "opens": _count("opens"),
    "opens_unique": _count("unique_opens"),
    "clicks": _count("clicks"),
    "clicks_unique": _count("unique_clicks"),
    "unsubscribes": _count("unsubscribed"),
    "unsubscribe_uniques": _count("unsubscribed"),
    "spam_complaints": _count("complaints"),
    "conversions": _count("orders"),
    "conversion_uniques": _count("orders"),
    "conversion_value": _count("revenue"),
    "average_order_value": _rate(_count("revenue"), _count("orders")),
    "bounce_rate": _rate(bounced, _count("recipients")),
    "bounced_or_failed_rate": _rate(bounced, _count("recipients")),
    "click_rate": _rate(_count("unique_clicks"), delivered),
    "click_to_open_rate": _rate(_count("unique_clicks"), _count("unique_opens")),
    "conversion_rate": _rate(_count("orders"), delivered),
    "delivery_rate": _rate(delivered, _count("recipients")),
    "failed_rate": _none,
    "open_rate": _rate(_count("unique_opens"), delivered),
    "revenue_per_recipient": _rate(_count("revenue"), delivered),
    "spam_complaint_rate": _rate(_count("complaints"), delivered),
    "unsubscribe_rate": _rate(_count("unsubscribed"), delivered),
    "message_segment_count_sum": _none,
    "text_message_credit_usage_amount": _none,
    "text_message_roi": _none,
    "text_message_spend": _none,
}
"""What a report can be asked for; those of text messages are 0, as none are sent."""
