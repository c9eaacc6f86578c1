"""Insights rows of the ad account, as Meta writes them.

Conversions count on the click or view day, or on their own day with action_report_time=conversion. A `value` is
7-day click plus 1-day view, as the account's attribution setting says; window keys appear when asked for. Every
purchase shows under three overlapping action types, a lead under two. All numbers are texts. Fields without data
(actions, purchase_roas, cpc…) are left out, and so are objects without delivery and without conversions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.company import World
from sandbox.meta_columns import COLUMNS
from sandbox.meta_data import Conversion, Delivery, Snapshot
from sandbox.meta_params import InsightsQuery
from sandbox.meta_slice import Slice

JsonRow = dict[str, Any]


def insights_rows(query: InsightsQuery, world: World, known_at: datetime) -> list[JsonRow]:
    """All rows of a report as known at a moment (aware), by campaign, then day."""
    parts = _slices(query, Snapshot(world, known_at, query.since, query.until))
    told = [part for part in parts if part.conversions or part.spend or part.total("impressions")]
    return [_row(query.fields, part) for part in told if all(item.holds_row(part) for item in query.filters)]


def _slices(query: InsightsQuery, snapshot: Snapshot) -> list[Slice]:
    kept = {item.id: item for item in snapshot.campaigns() if all(each.holds(item) for each in query.filters)}
    parts: dict[tuple[str, date], Slice] = {}
    facts: list[Delivery | Conversion] = [*snapshot.deliveries(), *snapshot.conversions(query.by_conversion_date)]
    for item in facts:
        if item.campaign_id not in kept:
            continue
        first, last = _period(query, item.day)
        name = item.campaign_id if query.level == "campaign" else ""
        part = parts.setdefault((name, first), Slice(kept.get(name), first, last, query.windows))
        if isinstance(item, Delivery):
            part.deliveries.append(item)
        else:
            part.conversions.append(item)
    return [parts[key] for key in sorted(parts)]


def _period(query: InsightsQuery, day: date) -> tuple[date, date]:
    """The piece of the range that holds a day."""
    if not query.increment:
        return query.since, query.until
    first = query.since + timedelta(days=(day - query.since).days // query.increment * query.increment)
    return first, min(query.until, first + timedelta(days=query.increment - 1))


def _row(fields: Sequence[str], part: Slice) -> JsonRow:
    written = {name: COLUMNS[name](part) for name in fields}
    return {name: value for name, value in written.items() if value not in (None, [])}
