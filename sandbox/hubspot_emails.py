"""Marketing e-mails with their counters as known now.

UNCONFIRMED: the words of what is refused, and whether publishedAfter goes by publishDate (here) or publishedAt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.company import World
from sandbox.hubspot_errors import invalid
from sandbox.hubspot_objects import Row, text
from sandbox.hubspot_search import moment

DEFAULT_LIMIT, MAX_LIMIT = 10, 100
_SORTS = {"publishDate": "sent_at", "-publishDate": "sent_at DESC", "id": "mailing_id", "-id": "mailing_id DESC"}
_EMAILS = """
    SELECT m.*, coalesce(d.unique_opens, 0) AS opened, coalesce(d.unique_clicks, 0) AS clicked,
        coalesce(d.unsubscribed, 0) AS unsubscribed
    FROM mailings AS m LEFT JOIN (
        SELECT mailing_id, sum(unique_opens)::BIGINT AS unique_opens, sum(unique_clicks)::BIGINT AS unique_clicks,
            sum(unsubscribed)::BIGINT AS unsubscribed
        FROM mailing_deltas WHERE tool = 'hubspot' AND account_id = $account AND known_at <= $clock
        GROUP BY mailing_id) AS d USING (mailing_id)
    WHERE m.tool = 'hubspot' AND m.account_id = $account AND m.known_at <= $clock
        AND m.sent_at > $after AND m.sent_at < $before"""


def emails(world: World, account_id: str, asked: Mapping[str, str]) -> Row:
    """A page of e-mails. The cursor is a place in the list. Raises HubspotError."""
    limit, start = _number(asked, "limit", DEFAULT_LIMIT), _number(asked, "after", 0)
    if not 0 < limit <= MAX_LIMIT:
        raise invalid(f"limit must be between 1 and {MAX_LIMIT}")
    order = _SORTS.get(asked.get("sort", "id"))
    if order is None:
        raise invalid(f"cannot sort by {asked['sort']}")
    if asked.get("isPublished", "").lower() == "false":
        return {"total": 0, "results": []}
    after, before = moment(asked.get("publishedAfter", "0")), moment(asked.get("publishedBefore", "9999-12-31T00:00Z"))
    params = {"clock": world.clock, "account": account_id, "after": after, "before": before}
    found = world.arrow(f"{_EMAILS} ORDER BY {order}", params).to_pylist()
    page = [_email(row, asked) for row in found[start : start + limit]]
    end = start + len(page)
    return {"total": len(found), "results": page} | (
        {"paging": {"next": {"after": str(end)}}} if end < len(found) else {}
    )


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    value = asked.get(name, str(default))
    if not value.isdigit():
        raise invalid(f"{name} has to be a number")
    return int(value)


def _email(row: Row, asked: Mapping[str, str]) -> Row:
    sent = text(row["sent_at"])
    told: dict[str, Any] = {
        "id": row["mailing_id"], "name": row["name"], "subject": row["subject"], "type": "BATCH_EMAIL",
        "state": "PUBLISHED", "subcategory": "batch", "isPublished": True, "isAb": False, "isTransactional": False,
        "archived": False, "language": "nl", "createdAt": sent,
        "updatedAt": sent, "publishDate": sent, "publishedAt": sent, "sendOnPublish": True,
        "from": {"fromName": "Duurzame Mode", "replyTo": "zakelijk@duurzame-mode.example"},
    }  # fmt: skip
    return told | ({"stats": _stats(row)} if asked.get("includeStats", "").lower() == "true" else {})


def _stats(row: Row) -> Row:
    bounced = row["hard_bounces"] + row["soft_bounces"]
    delivered = row["recipients"] - bounced
    counters = {
        "selected": row["recipients"] + 4, "sent": row["recipients"], "delivered": delivered, "open": row["opened"],
        "click": row["clicked"], "bounce": bounced, "hardbounced": row["hard_bounces"],
        "softbounced": row["soft_bounces"], "dropped": 4, "notsent": 4, "pending": 0, "suppressed": 0,
        "spamreport": row["complaints"], "unsubscribed": row["unsubscribed"],
        "contactslost": row["hard_bounces"] + row["unsubscribed"],
    }  # fmt: skip
    ratios = {"openratio": 100 * row["opened"] / delivered, "clickratio": 100 * row["clicked"] / delivered}
    return {"counters": counters, "ratios": ratios, "deviceBreakdown": {}, "qualifierStats": {}}
