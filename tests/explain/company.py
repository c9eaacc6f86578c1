"""A small shop whose ads, orders, mailings and surveys come in as files: three months, with a gap to explain.

In March the ads in search cost more a click, a campaign is new, another is gone, and a channel spends without bringing
a customer: every case of the split of a gap.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.warehouse import Warehouse, build

FIRST, NIGHT = date(2026, 1, 1), date(2026, 4, 12)
EUR: dict[str, Any] = {"value": "EUR"}
ADS: dict[str, dict[str, Any]] = {
    "brand_nl": {"channel": "Paid Search", "spend": (20, 20, 30, 30), "clicks": 40},
    "generic": {"channel": "Paid Search", "spend": (30, 30, 60, 60), "clicks": 30},
    "spring": {"channel": "Paid Search", "spend": (0, 0, 25, 25), "clicks": 20},
    "winter": {"channel": "Paid Social", "spend": (15, 15, 0, 0), "clicks": 25},
    "reels": {"channel": "Paid Social", "spend": (10, 10, 10, 10), "clicks": 20},
    "banners": {"channel": "Display", "spend": (5, 5, 5, 5), "clicks": 10},
}
"""Euros a day in January, February, March and April, and clicks a day while there is spend."""
NEW_CUSTOMERS = {"Paid Search": (2, 2, 2, 2), "Paid Social": (1, 1, 1, 1), "Direct": (1, 1, 2, 1)}
"""First orders a day, of € 80 each, by month."""
TARGETS: dict[str, list[dict[str, Any]]] = {
    "cpa": [{"from": "2025-07-01", "target": "€ 24"}, {"from": "2026-02-01", "target": "€ 21"}],
    "cpc": [{"from": "2026-01-01", "target": "€ 0.60"}, {"grain": "week", "from": "2026-01-01", "target": "€ 0.60"}],
    "email_open_rate": [{"from": "2026-01-01", "target": "30 %"}],
    "csat": [{"from": "2026-01-01", "target": "8 op 10"}],
    "revenue": [
        {"from": "2026-01-01", "target": "€ 10000"},
        {"grain": "quarter", "from": "2026-01-01", "target": "€ 32000"},
    ],
}


def days() -> Iterator[date]:
    for number in range((NIGHT - FIRST).days + 1):
        yield FIRST + timedelta(days=number)


def _ads() -> Iterator[dict[str, Any]]:
    for day in days():
        for campaign, told in ADS.items():
            spend = told["spend"][day.month - 1]
            if spend:
                yield {
                    "day": day,
                    "campaign": campaign,
                    "name": campaign.title(),
                    "channel": told["channel"],
                    # Weekends cost less, so that the weekdays have a profile.
                    "spend": round(spend * (0.8 if day.weekday() >= 5 else 1.08), 2),
                    "clicks": told["clicks"] + day.day % 3,
                }


def _orders() -> Iterator[dict[str, Any]]:
    number = 0
    for day in days():
        for channel, by_month in NEW_CUSTOMERS.items():
            for _ in range(by_month[day.month - 1]):
                number += 1
                yield {"id": number, "day": day, "customer": f"c{number}", "total": 80, "channel": channel}


def _mailings() -> Iterator[dict[str, Any]]:
    for day in days():
        opens = 320 if day.month < 3 else 260
        yield {"day": day, "id": f"news-{day}", "name": f"Nieuws {day}", "delivered": 1000, "opens": opens}


def _answers() -> Iterator[dict[str, Any]]:
    for day in days():
        for number in range(2):
            yield {"id": f"{day}-{number}", "day": day, "score": 8 if number else 7}


TABLES: dict[str, tuple[Any, dict[str, Any]]] = {
    "ad_performance": (
        _ads,
        {
            "date": "day",
            "campaign_id": "campaign",
            "campaign_name": "name",
            "channel": "channel",
            "currency": EUR,
            "spend": "spend",
            "clicks": "clicks",
        },
    ),
    "orders": (
        _orders,
        {
            "order_id": "id",
            "order_date": "day",
            "customer_id": "customer",
            "currency": EUR,
            "test": {"value": False},
            "cancelled": {"value": False},
            "total_amount": "total",
            "tax_amount": {"value": 0},
            "channel": "channel",
        },
    ),
    "refunds": (
        lambda: [{"id": f"r{day}", "day": day, "amount": 1, "order": "1"} for day in (FIRST, NIGHT)],
        {"refund_id": "id", "order_id": "order", "refund_date": "day", "amount": "amount", "currency": EUR},
    ),
    "email_sends": (
        _mailings,
        {
            "date": "day",
            "campaign_id": "id",
            "campaign_name": "name",
            "delivered": "delivered",
            "unique_opens": "opens",
            "machine_opens_excluded": {"value": True},
        },
    ),
    "survey_responses": (
        _answers,
        {"response_id": "id", "date": "day", "score": "score", "scale": {"value": "1-10"}},
    ),
}


def document() -> dict[str, Any]:
    """Its kompas.yaml."""
    accounts = [
        {"id": table, "name": f"Winkel {table}", "brand": "winkel", "table": table, "path": f"{table}.csv"}
        | {"columns": columns}
        for table, (_, columns) in TABLES.items()
    ]
    kpis: list[dict[str, Any]] = [
        {"id": kpi, "owner": "Ans", "objective": "Groeien", "targets": targets} for kpi, targets in TARGETS.items()
    ]
    kpis[0] |= {"guardrails": ["csat"], "review": {"cadence": "quarterly", "last": "2025-12-15"}}
    return {
        "company": {"name": "Winkel"},
        "night": {"history_days": 102},
        "platforms": {"files": {"accounts": accounts}},
        "kpis": kpis,
    }


def export(folder: Path) -> None:
    """The shop's tools export their files."""
    for table, (rows, _) in TABLES.items():
        found = list(rows())
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, found[0])
            writer.writeheader()
            writer.writerows(found)


def shop(folder: Path) -> Warehouse:
    """The shop, pulled on one night and built."""
    export(folder)
    return build(folder, document(), NIGHT)
