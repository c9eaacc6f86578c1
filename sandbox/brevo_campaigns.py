"""Brevo's campaigns and transactional reports, from the world as known now.

The list counts events of the last six months only: of an older campaign it shows zeros, and of one that is about so old
a part. A single campaign shows everything, and so do the figures of each list (`campaignStats`).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.brevo_accounts import Account
from sandbox.brevo_query import EVER, NEVER, Campaigns
from sandbox.company import World

Row = dict[str, Any]
REMEMBERED = timedelta(days=182)
_HELD = timedelta(days=2)
"""From writing a campaign to its send."""

_CAMPAIGNS = """
    WITH known AS (
        SELECT mailing_id, sum(opens)::BIGINT AS opens, sum(unique_opens)::BIGINT AS people,
            sum(machine_opens)::BIGINT AS machines, sum(clicks)::BIGINT AS clicks,
            sum(unique_clicks)::BIGINT AS unique_clicks, sum(unsubscribed)::BIGINT AS unsubscribed
        FROM mailing_deltas
        WHERE tool = 'brevo' AND account_id = $account AND known_at <= $clock AND known_at > $since GROUP BY mailing_id)
    SELECT m.*, known.* EXCLUDE (mailing_id) FROM mailings AS m LEFT JOIN known USING (mailing_id)
    WHERE tool = 'brevo' AND account_id = $account AND m.known_at <= $clock AND sent_at BETWEEN $start AND $end
        AND ($campaign IS NULL OR campaign_id = $campaign)
    ORDER BY sent_at"""
_REPORTS = """
    SELECT strftime(day, '%Y-%m-%d') AS date, 2 * count(*) AS requests
    FROM (SELECT (ordered_at AT TIME ZONE 'UTC' AT TIME ZONE $zone)::DATE AS day FROM orders
          WHERE NOT test AND known_at <= $clock AND list_contains($countries, country))
    WHERE day BETWEEN $first AND $last GROUP BY day ORDER BY day DESC LIMIT $rows"""
_COUNTS = ("opens", "people", "machines", "clicks", "unique_clicks", "unsubscribed")


def campaigns(world: World, account: Account, asked: Campaigns) -> tuple[list[Row], int]:
    """(one page of campaigns, how many there are in all); newest first unless asked otherwise."""
    since = world.clock - REMEMBERED
    sent = {"start": asked.start, "end": asked.end}
    rows = [] if asked.none or asked.kind == "trigger" else _rows(world, account, since, **sent)
    whole = {row["mailing_id"]: row for row in _rows(world, account, EVER, **sent)}
    ordered = rows if asked.ascending else rows[::-1]
    shown = ordered[asked.offset : asked.offset + asked.limit]
    return [_campaign(row, whole[row["mailing_id"]], account, asked.node, since) for row in shown], len(rows)


def campaign(world: World, account: Account, campaign_id: str, node: str | None) -> Row | None:
    """One campaign with all that happened."""
    rows = _rows(world, account, EVER, campaign=campaign_id)
    return _campaign(rows[0], rows[0], account, node, EVER) if rows else None


def reports(world: World, account: Account, first: date, last: date, rows: int) -> list[Row]:
    """The shop's order confirmations and notices of dispatch by day, newest first; days without any are left out."""
    params = {"zone": account.time_zone, "clock": world.clock, "countries": list(account.countries)}
    found = world.arrow(_REPORTS, params | {"first": first, "last": last, "rows": rows}).to_pylist()
    return [_report(row["date"], row["requests"]) for row in found]


def _rows(world: World, account: Account, since: datetime, **which: Any) -> list[Row]:
    """Campaigns with what is known of events after `since`. `which`: start and end of sending, or a campaign."""
    anything = {"start": EVER, "end": NEVER, "campaign": None}
    params = {"account": account.id, "clock": world.clock, "since": since} | anything | which
    rows = world.arrow(_CAMPAIGNS, params).to_pylist()
    return [row | {name: row[name] or 0 for name in _COUNTS} for row in rows]


def _campaign(row: Row, whole: Row, account: Account, node: str | None, since: datetime) -> Row:
    sent_at = row["sent_at"].replace(tzinfo=UTC)
    remembered = row if row["sent_at"] > since else row | dict.fromkeys(_OUT, 0)
    told = remembered if node == "globalStats" else dict.fromkeys((*_OUT, *_COUNTS), 0)
    statistics = {
        "globalStats": _statistics(told), "campaignStats": [{"listId": int(row["list_id"])} | _statistics(whole)],
        "mirrorClick": 0, "remaining": 0, "linksStats": {}, "statsByDomain": {},
    }  # fmt: skip
    return {
        "id": int(row["campaign_id"]), "name": row["name"], "subject": row["subject"], "type": "classic",
        "status": "sent", "testSent": False, "header": "", "footer": "", "htmlContent": "", "tag": "",
        "previewText": "",
        "sender": {"name": "Duurzame Mode", "email": account.email, "id": 1}, "replyTo": account.email, "toField": "",
        "createdAt": _iso(sent_at - _HELD, account), "modifiedAt": _iso(sent_at - _HELD, account),
        "scheduledAt": _iso(sent_at, account), "sentDate": _iso(sent_at, account), "inlineImageActivation": False,
        "mirrorActive": True, "recurring": False, "returnBounce": 0,
        "recipients": {"lists": [int(row["list_id"])], "exclusionLists": []}, "statistics": statistics,
    }  # fmt: skip


_OUT = ("recipients", "hard_bounces", "soft_bounces", "complaints")


def _statistics(row: Row) -> Row:
    delivered = row["recipients"] - row["hard_bounces"] - row["soft_bounces"]
    return {
        "uniqueClicks": row["unique_clicks"], "clickers": row["clicks"], "complaints": row["complaints"],
        "delivered": delivered, "sent": row["recipients"], "softBounces": row["soft_bounces"],
        "hardBounces": row["hard_bounces"], "uniqueViews": row["people"] + row["machines"],
        "trackableViews": row["people"], "trackableViewsRate": _percent(row["people"], delivered),
        "estimatedViews": row["people"], "appleMppOpens": row["machines"], "unsubscriptions": row["unsubscribed"],
        "viewed": row["opens"] + row["machines"], "deferred": 0, "returnBounce": 0,
        "opensRate": _percent(row["people"] + row["machines"], delivered),
    }  # fmt: skip


def _percent(count: int, base: int) -> float:
    return round(100 * count / base, 2) if base else 0.0


def _iso(moment: datetime, account: Account) -> str:
    return moment.astimezone(account.zone).isoformat(timespec="milliseconds")


def _report(day: str, requests: int) -> Row:
    """What comes of so many messages: of most that they are read."""
    bounced = requests // 150
    delivered = requests - bounced
    return {
        "date": day, "requests": requests, "delivered": delivered, "hardBounces": bounced, "softBounces": 0,
        "clicks": delivered // 3, "uniqueClicks": delivered // 4, "opens": delivered * 9 // 10,
        "uniqueOpens": delivered * 2 // 3, "spamReports": 0, "blocked": 0, "invalid": 0, "unsubscribed": 0,
    }  # fmt: skip
