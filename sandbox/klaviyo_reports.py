"""Klaviyo's reports: what came of the campaigns sent in a time frame, and of a flow's messages day by day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from sandbox.company import World
from sandbox.klaviyo_accounts import Account
from sandbox.klaviyo_query import Query
from sandbox.klaviyo_statistics import COUNTS, STATISTICS

Row = dict[str, Any]

MAILINGS = f"""
    WITH known AS (
        SELECT mailing_id, {", ".join(f"sum({name})::DOUBLE AS {name}" for name in COUNTS[4:])}
        FROM mailing_deltas WHERE tool = 'klaviyo' AND account_id = $account AND known_at <= $clock GROUP BY mailing_id)
    SELECT m.*, {", ".join(f"coalesce({name}, 0) AS {name}" for name in COUNTS[4:])}
    FROM mailings AS m LEFT JOIN known USING (mailing_id)
    WHERE tool = 'klaviyo' AND account_id = $account AND m.known_at <= $clock"""
_OF_TIME = f"""
    SELECT * FROM ({MAILINGS}) AS mailings
    WHERE kind = $kind AND (sent_at AT TIME ZONE 'UTC' AT TIME ZONE $zone) >= $start
        AND (sent_at AT TIME ZONE 'UTC' AT TIME ZONE $zone) < $end
    ORDER BY sent_at, mailing_id"""


def campaign_values(world: World, account: Account, query: Query) -> list[Row]:
    """Results, one for each message of a campaign sent in the time frame."""
    return [_result(row, "campaign", query) for row in _mailings(world, account, query, "campaign")]


def flow_series(world: World, account: Account, query: Query) -> tuple[list[Row], list[str]]:
    """(results, times): one result for each message of a flow that mailed, and the midnights of its figures."""
    messages: dict[str, dict[date, Row]] = defaultdict(dict)
    for row in _mailings(world, account, query, "flow"):
        messages[row["message_id"]][row["date"]] = row
    results = [_series(days, query) for days in messages.values()]
    return results, [f"{day}T00:00:00+00:00" for day in query.days]


def _mailings(world: World, account: Account, query: Query, kind: str) -> list[Row]:
    if not query.email:
        return []
    frame = {"start": query.start, "end": query.end, "zone": account.time_zone, "kind": kind}
    return world.arrow(_OF_TIME, frame | {"account": account.id, "clock": world.clock}).to_pylist()


def _result(row: Row, what: str, query: Query) -> Row:
    statistics = {name: float(STATISTICS[name](row)) for name in query.statistics}
    return {"groupings": _groupings(row, what, query), "statistics": statistics}


def _series(days: dict[date, Row], query: Query) -> Row:
    """A day on which a flow mailed nobody has zeros."""
    nothing = dict.fromkeys(COUNTS, 0.0)
    rows = [days.get(day, nothing) for day in query.days]
    statistics = {name: [float(STATISTICS[name](row)) for row in rows] for name in query.statistics}
    return {"groupings": _groupings(next(iter(days.values())), "flow", query), "statistics": statistics}


def _groupings(row: Row, what: str, query: Query) -> Row:
    told = {
        f"{what}_id": row["campaign_id"], f"{what}_message_id": row["message_id"], "send_channel": "email",
        f"{what}_name": row["name"], f"{what}_message_name": row["subject"],
    }  # fmt: skip
    return {name: told.get(name) for name in query.group_by}
