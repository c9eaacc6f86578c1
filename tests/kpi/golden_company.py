"""The company of the golden cases: each case is a brand, whose files and visitors are what the case says.

All cases are of January 2026 unless they say otherwise, seen on a night by which everything has settled.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.registry import CONNECTORS
from pipelines import ledger
from pipelines.lake import Lake
from pipelines.ledger import LoadRow
from tests.warehouse import Warehouse, build

NIGHT = date(2026, 3, 31)
JANUARY = date(2026, 1, 1)
"""A file tells of the days from its first row on: each case has one on this day, or before it."""
Row = dict[str, Any]
Table = list[Row]


def orders(*amounts: float, year: int = 2026) -> Table:
    """An order of each amount on a day of January, of a customer who never bought before. Without VAT."""
    return [
        {
            "order_id": f"{year}-{number}",
            "order_date": date(year, 1, 1 + number % 31),
            "customer_id": f"customer {year}-{number}",
            "currency": "EUR",
            "test": False,
            "cancelled": False,
            "total_amount": amount,
            "tax_amount": 0,
        }
        for number, amount in enumerate(amounts)
    ]


def no_refunds(year: int = 2026) -> Table:
    return [{"refund_id": "1", "refund_date": date(year, 1, 1), "amount": 0, "currency": "EUR"}]


def spend(amount: float) -> Table:
    return [{"date": JANUARY, "campaign_id": "1", "currency": "EUR", "spend": amount}]


def lines(sold: int, returned: int) -> Table:
    day = {"order_date": date(2026, 1, 1), "currency": "EUR", "unit_price": 10}
    return [{"order_id": "2026-0", "line_id": 1, "quantity": sold, "returned_quantity": returned, **day}]


def answers(*scores: float) -> Table:
    day = {"date": JANUARY, "scale": "1-10"}
    return [{"response_id": number, "score": score, **day} for number, score in enumerate(scores)]


def lead(created: date, won: date) -> Table:
    return [{"lead_id": "1", "created_date": created, "won_date": won}]


def post(likes: int, shares: int) -> Table:
    return [{"date": JANUARY, "post_id": "1", "likes": likes, "comments": 0, "shares": shares}]


def mail(delivered: int, opens: int) -> Table:
    day = {"date": JANUARY, "campaign_id": "1", "machine_opens_excluded": True}
    return [{**day, "delivered": delivered, "unique_opens": opens}]


def searches(keyword: str, *places: tuple[int, float]) -> Table:
    """(times shown, place) on one day each."""
    return [
        {"date": date(2026, 1, day), "keyword": keyword, "clicks": 0, "impressions": shown, "position": place}
        for day, (shown, place) in enumerate(places, start=1)
    ]


FILES: dict[str, dict[str, Table]] = {
    "g3": {"ad_performance": spend(500), "orders": orders(*[50] * 5)},
    "g4": {"ad_performance": spend(1000), "orders": orders(*[50] * 20)},
    "g5": {"order_lines": lines(100, 10), "orders": orders(1000)},
    # A gross margin of half: € 500 of profit from each customer, within five years of the first order.
    "g6": {"orders": orders(1000, 1000), "refunds": no_refunds()},
    "g9": {"search_rows": searches("goede schoeisel", (300, 1.0)) + searches("schoenen", (300, 40.0))},
    # The mean of the places is 12.5; most people saw it on the first page.
    "g10": {"search_rows": searches("duurzame mode", (900, 5.0), (100, 20.0))},
    "g11": {"social_posts": post(500, 0)},
    "g12": {"social_posts": post(100, 20)},
    "g13": {"email_sends": mail(1000, 300)},
    "g14": {"email_sends": mail(1000, 200)},
    "g15": {"survey_responses": answers(*[7] * 15, *[9] * 15)},
    "g16": {"leads": lead(date(2025, 12, 1), date(2026, 1, 12))},
    "g17_short": {"leads": lead(date(2026, 1, 1), date(2026, 3, 1))},
    "g17_long": {"leads": lead(date(2025, 7, 1), date(2025, 9, 1))},
    "g18": {"orders": orders(600, 400, year=2025) + orders(1200), "refunds": no_refunds(2025)},
    "g18_missed": {"orders": orders(1000, year=2025) + orders(1100), "refunds": no_refunds(2025)},
    "g18_new": {"orders": orders(1200), "refunds": no_refunds()},
    "g20": {"orders": orders(1200), "refunds": no_refunds(), "survey_responses": answers(*[5] * 15, *[7] * 15)},
    "g20_lasting": {"orders": orders(1200), "refunds": no_refunds(), "survey_responses": answers(*[9] * 30)},
}

# brand: month → (unique visitors, purchases)
VISITORS: dict[str, dict[date, tuple[int, int]]] = {
    "g1": {date(2026, 1, 1): (50, 5)},
    "g2": {date(2026, 1, 1): (1000, 50)},
    "g7": {date(2026, 1, 1): (2000, 0)},
    "g8": {date(2026, 1, 1): (5000, 0)},
    "g21": {date(2025, 12, 1): (10_000, 1000), date(2026, 1, 1): (20_000, 1000)},
    "g21_lasting": {date(2025, 12, 1): (10_000, 1000), date(2026, 1, 1): (20_000, 2000)},
}
TARGETS: dict[str, dict[str, Any]] = {
    "conversion_rate": {"g1": "10 %", "g2": "5 %"},
    "clv": {"g6": "€ 500"},
    "cpa": {"g3": "€ 100", "g4": "€ 50"},
    "csat": {"g15": "8 op 10", "g20": "8 op 10", "g20_lasting": "8 op 10"},
    "return_rate": {"g5": "10 %"},
    "website_traffic": {"g7": 2000, "g8": 5000, "g21": 15_000, "g21_lasting": 15_000},
    "social_engagement": {"g11": 500, "g12": 120},
    "email_open_rate": {"g13": "30 %", "g14": "20 %"},
    "lead_time": {"g16": "6 weken", "g17_short": "59 dagen", "g17_long": "62 dagen"},
    "search_position": {"g9": 1, "g10": 10},
    "revenue": {
        **dict.fromkeys(("g18", "g18_missed", "g18_new"), "+20 %"),
        **dict.fromkeys(("g20", "g20_lasting"), "€ 1000"),
    },
}
CHANGED: dict[str, Row] = {
    "clv": {"minimum_sample": 1},
    "conversion_rate": {"minimum_sample": 50},
    "cpa": {"minimum_sample": 5},
    "lead_time": {"minimum_sample": 1},
    "revenue": {"guardrails": ["csat"]},
    "website_traffic": {"guardrails": ["conversion_rate"]},
}
KEYWORDS = {"g9": "goede schoeisel", "g10": "duurzame mode"}


def golden(folder: Path) -> Warehouse:
    """The warehouse of all cases."""
    return build(folder, _document(folder), NIGHT, fill=_visitors, by_hand={"ga4"}, select="+kpi_verdicts")


def _document(folder: Path) -> Row:
    properties = [{"id": str(number), "brand": brand} for number, brand in enumerate(VISITORS, start=1)]
    kpis = [
        {"id": kpi_id, **CHANGED.get(kpi_id, {}), "targets": [_target(*brand) for brand in brands.items()]}
        for kpi_id, brands in TARGETS.items()
    ]
    ga4 = {"credentials": "env:NOT_READ", "accounts": properties}
    platforms = {"ga4": ga4, "files": {"accounts": list(_mappings(folder))}}
    return {"platforms": platforms, "clv": {"gross_margin": 0.5, "horizon_years": 5}, "kpis": kpis}


def _target(brand: str, target: Any) -> Row:
    keyword = {"keyword": KEYWORDS[brand]} if brand in KEYWORDS else {}
    return {"grain": "month", "from": date(2025, 1, 1), "target": target, "brand": brand, **keyword}


def _mappings(folder: Path) -> Iterator[Row]:
    """A file of each table of each brand, and its mapping: the columns have their own names."""
    for brand, tables in FILES.items():
        for table, rows in tables.items():
            columns = list(rows[0])
            file = folder / f"{brand}_{table}.csv"
            with file.open("w", encoding="utf-8", newline="") as opened:
                writer = csv.DictWriter(opened, columns)
                writer.writeheader()
                writer.writerows(rows)
            mapping = {"id": file.stem, "brand": brand, "table": table, "path": file.name}
            yield mapping | {"columns": {name: name for name in columns}, "complete_through": "file_date"}


def _visitors(lake: Lake) -> None:
    """What GA4 told of each brand: unique visitors to date, which no sum of days gives, and purchases."""
    first = date(2025, 12, 1)
    days = [first + timedelta(days=number) for number in range((NIGHT - first).days + 1)]
    for stream in CONNECTORS["ga4"].streams:
        for day in days:
            rows = [_nothing(stream.schema) | row | {"date": day} for row in _of_day(stream.name, day)]
            table = pa.Table.from_pylist(rows, schema=stream.schema)
            lake.write("ga4", stream.name, day, stream.schema, table.to_batches())
    ledger.write(lake, "loads", NIGHT, "ga4", list(_loads(days)))


def _nothing(schema: pa.Schema) -> Row:
    """What a row says that cannot be left out: nothing was counted, and no source is known."""
    needed = (field for field in schema if not field.nullable)
    return {field.name: "" if pa.types.is_string(field.type) else 0 for field in needed}


def _of_day(stream: str, day: date) -> Iterator[Row]:
    month = day.replace(day=1)
    for number, months in enumerate(VISITORS.values(), start=1):
        visitors, purchases = months.get(month, (0, 0))
        account = {"account_id": str(number)}
        if stream == "site_users":
            yield account | {"grain": "month", "period_start": month, "total_users": visitors}
        elif stream == "channel_day" and day == month:
            # All purchases of a month on its first day, and each day's visitors are a fifth of the month's.
            yield account | {"channel_group": "Direct", "purchases": purchases, "sessions": visitors, "currency": "EUR"}
        elif stream == "site_day":
            on_the_first = {"purchases": purchases, "sessions": visitors} if day == month else {}
            yield account | {"total_users": visitors // 5, "currency": "EUR"} | on_the_first


def _loads(days: list[date]) -> Iterator[LoadRow]:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    for stream in CONNECTORS["ga4"].streams:
        for number in range(1, len(VISITORS) + 1):
            for day in days:
                place = ("ga4", stream.name, str(number), day)
                yield LoadRow(now, "golden", NIGHT, *place, 1, 0, 1, "", True, None, None, 0.0)
