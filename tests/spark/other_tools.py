"""Files of tools without a connector, six weeks of them, so that the measures that no platform of the sandbox has are
compared too: leads, surveys, posts, places in search results, and a till with guests and orders without an hour."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

Row = dict[str, Any]
BRAND = "winkel"
CHANNELS = ("Paid Search", "email", "organic_social", "Folder")


def _leads(day: date, number: int) -> Row:
    won = day + timedelta(days=number % 11 - 1) if number % 3 else ""
    return {"lead_id": f"L{number}", "created_date": day, "won_date": won, "channel": CHANNELS[number % 4]}


def _survey_responses(day: date, number: int) -> Row:
    scale, score = (("1-10", 7.5), ("1-5", 4), ("percent_good", 83.3))[number % 3]
    return {"response_id": f"S{number}", "date": day, "score": score, "scale": scale}


def _social_posts(day: date, number: int) -> Row:
    shares = number if number % 5 else ""
    counts = {"likes": 11 * number, "comments": number % 7, "shares": shares, "impressions": 900 + number}
    return {"post_id": f"P{number}", "date": day, "platform": "instagram", **counts}


def _search_rows(day: date, number: int) -> Row:
    counts = {"clicks": number % 9, "impressions": 100 + number, "position": 3 + number / 7}
    return {"date": day, "keyword": "jas", "page": "/", "country": "NL", **counts}


def _ad_performance(day: date, number: int) -> Row:
    money = {"currency": "USD", "spend": f"{20 + number / 3:.2f}", "conversion_value": f"{90 + number / 7:.2f}"}
    return {"date": day, "campaign_id": "c1", "conversions": number / 8, "clicks": 5, "impressions": 400, **money}


def _email_sends(day: date, number: int) -> Row:
    counts = {"delivered": 1000 + number, "unique_opens": 200 + number, "unique_clicks": 30, "unsubscribed": number % 2}
    return {"date": day, "campaign_id": f"M{number}", **counts}


def _sessions(day: date, number: int) -> Row:
    return {"date": day, "channel": CHANNELS[number % 4], "sessions": 50 + number, "engaged_sessions": 20}


def _orders(day: date, number: int) -> Row:
    known = {"customer_id": f"K{number % 9}" if number % 4 else "", "ordered_at": f"{day} 12:00" if number % 2 else ""}
    total = 30 + number / 3
    money = {"currency": ("EUR", "USD")[number % 2], "total_amount": f"{total:.2f}", "tax_amount": f"{total / 6:.2f}"}
    return {"order_id": f"O{number}", "order_date": day, "utm_source": "google", "utm_medium": "cpc", **known, **money}


def _order_lines(day: date, number: int) -> Row:
    money = {"unit_price": "10.00", "currency": "EUR"}
    return {"order_id": f"O{number}", "line_id": 1, "order_date": day, "quantity": 1 + number % 3} | money


def _refunds(day: date, number: int) -> Row:
    order = f"O{number}" if number % 3 else ""
    return {"refund_id": f"R{number}", "order_id": order, "refund_date": day, "amount": "7.77", "currency": "EUR"}


TABLES: dict[str, Callable[[date, int], Row]] = {
    "leads": _leads,
    "survey_responses": _survey_responses,
    "social_posts": _social_posts,
    "search_rows": _search_rows,
    "ad_performance": _ad_performance,
    "email_sends": _email_sends,
    "sessions": _sessions,
    "orders": _orders,
    "order_lines": _order_lines,
    "refunds": _refunds,
}
"""What each tool has of a day: one row."""
_FIXED: dict[str, dict[str, Any]] = {
    "orders": {"test": {"value": False}, "cancelled": {"value": False}},
    "email_sends": {"machine_opens_excluded": {"value": True}},
}


def write(folder: Path, first: date, last: date) -> list[dict[str, Any]]:
    """Write a file for each table, and give the mappings, as `platforms.files.accounts` of kompas.yaml has them."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        _write(folder, table, [row(day, number) for number, day in enumerate(days)]) for table, row in TABLES.items()
    ]


def _write(folder: Path, table: str, rows: list[Row]) -> dict[str, Any]:
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    columns = {name: name for name in rows[0]} | _FIXED.get(table, {})
    return {"id": table, "table": table, "path": f"{table}.csv", "brand": BRAND, "columns": columns}
