"""Reports, campaigns, audiences and their daily activity, as Mailchimp writes them, from the world as known now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.company import World
from sandbox.company.newsletters import LISTS
from sandbox.mailchimp_query import Page, moment

CURRENCY = "EUR"
EVER, NEVER = datetime(1, 1, 1), datetime(9999, 12, 31)
ACTIVITY_DAYS = 180
CREATED = "2022-11-01T09:00:00+00:00"

_NEWSLETTERS = """
    WITH known AS (
        SELECT campaign_id, sum(opens_total)::BIGINT AS opens_total, sum(unique_opens)::BIGINT AS unique_opens,
            sum(human_opens_total)::BIGINT AS human_opens_total, sum(human_unique_opens)::BIGINT AS human_unique_opens,
            sum(clicks_total)::BIGINT AS clicks_total, sum(unique_clicks)::BIGINT AS unique_clicks,
            sum(unique_subscriber_clicks)::BIGINT AS unique_subscriber_clicks,
            sum(unsubscribed)::BIGINT AS unsubscribed, sum(orders)::BIGINT AS orders, sum(revenue)::DOUBLE AS revenue,
            max(known_at) FILTER (opens_total > 0) AS last_open, max(known_at) FILTER (clicks_total > 0) AS last_click
        FROM newsletter_deltas WHERE known_at <= $clock GROUP BY campaign_id)
    SELECT n.*, k.* EXCLUDE (campaign_id) FROM newsletters AS n LEFT JOIN known AS k USING (campaign_id)
    WHERE n.send_time <= $clock AND n.send_time > $since AND n.send_time < $before
        AND ($list IS NULL OR n.list_id = $list) AND ($campaign IS NULL OR n.campaign_id = $campaign)
        AND ($kind IS NULL OR n.type = $kind)
    ORDER BY n.send_time {direction}, n.campaign_id LIMIT $count OFFSET $offset"""
_COUNT = """
    SELECT count(*) FROM newsletters AS n WHERE n.send_time <= $clock AND n.send_time > $since AND n.send_time < $before
        AND ($list IS NULL OR n.list_id = $list) AND ($kind IS NULL OR n.type = $kind)"""


@dataclass(frozen=True)
class Sends:
    """Which newsletters: sent after `since` and before `before` (both exclusive, as the docs word it)."""

    since: datetime = EVER
    before: datetime = NEVER
    list_id: str | None = None
    kind: str | None = None
    ascending: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Sends:
        """From the query of /reports or /campaigns."""
        since, before = moment(asked, "since_send_time", EVER), moment(asked, "before_send_time", NEVER)
        ascending = asked.get("sort_field") == "send_time" and asked.get("sort_dir", "").upper() == "ASC"
        return cls(since, before, asked.get("list_id"), asked.get("type"), ascending)


Row = dict[str, Any]


def iso(at: datetime | None) -> str:
    """As Mailchimp writes a time: whole seconds with the offset; "" for never."""
    return at.replace(microsecond=0).isoformat() + "+00:00" if at else ""


class Account:
    """The Mailchimp account of the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def count(self, sends: Sends) -> int:
        """How many newsletters."""
        params = {"clock": self._world.clock, "since": sends.since, "before": sends.before}
        return int(self._world.query(_COUNT, params | {"list": sends.list_id, "kind": sends.kind})[0][0])

    def newsletters(self, sends: Sends, page: Page, campaign_id: str | None = None) -> list[Row]:
        """The newsletters with their counters as known now; newest first unless asked otherwise."""
        params = {
            "clock": self._world.clock, "since": sends.since, "before": sends.before, "list": sends.list_id,
            "kind": sends.kind, "campaign": campaign_id, "count": page.count, "offset": page.offset,
        }  # fmt: skip
        sql = _NEWSLETTERS.format(direction="ASC" if sends.ascending else "DESC")
        rows = self._world.arrow(sql, params).to_pylist()
        return [row | {name: row[name] or zero for name, zero in COUNTERS.items()} for row in rows]

    def timeseries(self, campaign_ids: Sequence[str]) -> dict[str, list[Row]]:
        """The first 24 hours of each newsletter, as they became known."""
        rows = self._world.query(
            """SELECT campaign_id, date_trunc('hour', d.known_at) AS hour, sum(unique_opens)::BIGINT,
                sum(human_unique_opens)::BIGINT, sum(unique_subscriber_clicks)::BIGINT
            FROM newsletter_deltas AS d JOIN newsletters AS n USING (campaign_id)
            WHERE list_contains(?, campaign_id) AND d.known_at <= ? AND d.known_at <= n.send_time + INTERVAL 24 HOUR
            GROUP BY ALL ORDER BY hour""",
            [list(campaign_ids), self._world.clock],
        )
        series: dict[str, list[Row]] = defaultdict(list)
        for campaign_id, hour, opens, human, clicks in rows:
            series[campaign_id].append(
                {"timestamp": iso(hour), "emails_sent": 0, "unique_opens": opens,
                 "proxy_excluded_unique_opens": human, "recipients_clicks": clicks}
            )  # fmt: skip
        return series

    def lists(self) -> list[Row]:
        """The audiences with their counts as known now."""
        sums = self._world.query(
            """SELECT list_id, sum(subs)::BIGINT, sum(unsubs)::BIGINT, sum(hard_bounce)::BIGINT FROM list_days
            WHERE known_at <= ? GROUP BY list_id""",
            [self._world.clock],
        )
        changes = {list_id: (subs, unsubs, hard) for list_id, subs, unsubs, hard in sums}
        return [self._list(entry, changes.get(entry[0], (0, 0, 0))) for entry in LISTS]

    def _list(self, entry: tuple[str, str, str, int], changes: tuple[int, int, int]) -> Row:
        list_id, name, country, size = entry
        subs, unsubs, hard = changes
        sent = self.newsletters(Sends(list_id=list_id), Page(50, 0))
        members = int(size * self._world.scale) + subs - unsubs - hard
        delivered = sum(delivered_of(row) for row in sent)
        rates = {
            "open_rate": 100 * _rate(sum(row["unique_opens"] for row in sent), delivered),
            "click_rate": 100 * _rate(sum(row["unique_subscriber_clicks"] for row in sent), delivered),
        }
        stats = {
            "member_count": members, "total_contacts": members + unsubs + hard, "unsubscribe_count": unsubs,
            "cleaned_count": hard, "member_count_since_send": 0, "unsubscribe_count_since_send": 0,
            "cleaned_count_since_send": 0, "campaign_count": self.count(Sends(list_id=list_id)),
            "campaign_last_sent": iso(sent[0]["send_time"]) if sent else "", "merge_field_count": 2,
            "avg_sub_rate": 0.0, "avg_unsub_rate": 0.0, "target_sub_rate": 0.0, **rates,
            "last_sub_date": iso(self._world.clock), "last_unsub_date": iso(self._world.clock),
        }  # fmt: skip
        language = "de" if country == "de" else "nl"
        defaults = {"from_name": "Duurzame Mode", "from_email": "nieuws@duurzame-mode.example", "subject": "",
                    "language": language}  # fmt: skip
        return {
            "id": list_id, "web_id": int(list_id[:6], 16), "name": name, "permission_reminder": "",
            "campaign_defaults": defaults, "date_created": CREATED, "list_rating": 4, "email_type_option": False,
            "visibility": "prv", "double_optin": True, "has_welcome": False, "marketing_permissions": True,
            "modules": [], "stats": stats, "_links": [],
        }  # fmt: skip

    def activity(self, list_id: str) -> list[Row]:
        """Up to 180 previous days of a list, newest first."""
        rows = self._world.arrow(
            """SELECT strftime(date, '%Y-%m-%d') AS day, emails_sent, unique_opens, recipient_clicks, hard_bounce,
                soft_bounce, subs, unsubs, other_adds, other_removes
            FROM list_days WHERE list_id = ? AND known_at <= ? ORDER BY date DESC LIMIT ?""",
            [list_id, self._world.clock, ACTIVITY_DAYS],
        ).to_pylist()
        return [row | {"_links": []} for row in rows]


COUNTERS: dict[str, int | float] = {
    "opens_total": 0, "unique_opens": 0, "human_opens_total": 0, "human_unique_opens": 0, "clicks_total": 0,
    "unique_clicks": 0, "unique_subscriber_clicks": 0, "unsubscribed": 0, "orders": 0, "revenue": 0.0,
}  # fmt: skip
"""What a newsletter counts, and what that is right after the send."""


def delivered_of(row: Row) -> int:
    """Sent less bounces and syntax errors."""
    return int(row["emails_sent"] - row["hard_bounces"] - row["soft_bounces"] - row["syntax_errors"])


def _rate(count: float, base: float) -> float:
    return count / base if base else 0.0


def report(row: Row, timeseries: Sequence[Row]) -> Row:
    """One entry of /reports. Counts are whole numbers, rates 0 to 1, money floats."""
    delivered = delivered_of(row)
    opens = {
        "opens_total": row["opens_total"], "proxy_excluded_opens": row["human_opens_total"],
        "unique_opens": row["unique_opens"], "proxy_excluded_unique_opens": row["human_unique_opens"],
        "open_rate": _rate(row["unique_opens"], delivered),
        "proxy_excluded_open_rate": _rate(row["human_unique_opens"], delivered), "last_open": iso(row["last_open"]),
    }  # fmt: skip
    clicks = {
        "clicks_total": row["clicks_total"], "unique_clicks": row["unique_clicks"],
        "unique_subscriber_clicks": row["unique_subscriber_clicks"],
        "click_rate": _rate(row["unique_subscriber_clicks"], delivered), "last_click": iso(row["last_click"]),
    }  # fmt: skip
    bounces = {name: row[name] for name in ("hard_bounces", "soft_bounces", "syntax_errors")}
    shop = {"total_orders": row["orders"], "total_spent": row["revenue"], "total_revenue": row["revenue"],
            "currency_code": CURRENCY}  # fmt: skip
    return {
        "id": row["campaign_id"], "campaign_title": row["title"], "type": row["type"], "list_id": row["list_id"],
        "list_is_active": True, "list_name": row["list_name"], "subject_line": row["subject"], "preview_text": "",
        "emails_sent": row["emails_sent"], "abuse_reports": row["abuse_reports"], "unsubscribed": row["unsubscribed"],
        "send_time": iso(row["send_time"]), "bounces": bounces, "forwards": {"forwards_count": 0, "forwards_opens": 0},
        "opens": opens, "clicks": clicks,
        "facebook_likes": {"recipient_likes": 0, "unique_likes": 0, "facebook_likes": 0},
        "list_stats": {"sub_rate": 0.0, "unsub_rate": 0.0, "open_rate": 0.0, "click_rate": 0.0},
        "timeseries": list(timeseries), "ecommerce": shop, "delivery_status": {"enabled": False}, "_links": [],
    }  # fmt: skip


def campaign(row: Row) -> Row:
    """One entry of /campaigns. Its report_summary has no proxy_excluded figures, as in reality."""
    delivered = delivered_of(row)
    summary = {
        "opens": row["opens_total"], "unique_opens": row["unique_opens"],
        "open_rate": _rate(row["unique_opens"], delivered), "clicks": row["clicks_total"],
        "subscriber_clicks": row["unique_subscriber_clicks"],
        "click_rate": _rate(row["unique_subscriber_clicks"], delivered),
        "ecommerce": {"total_orders": row["orders"], "total_spent": row["revenue"], "total_revenue": row["revenue"]},
    }  # fmt: skip
    recipients = {"list_id": row["list_id"], "list_is_active": True, "list_name": row["list_name"],
                  "segment_text": "", "recipient_count": row["emails_sent"]}  # fmt: skip
    settings = {"subject_line": row["subject"], "preview_text": "", "title": row["title"],
                "from_name": "Duurzame Mode", "reply_to": "nieuws@duurzame-mode.example"}  # fmt: skip
    return {
        "id": row["campaign_id"], "web_id": int(row["campaign_id"][:7], 16), "type": row["type"],
        "create_time": iso(row["send_time"]), "archive_url": "", "long_archive_url": "", "status": "sent",
        "emails_sent": row["emails_sent"], "send_time": iso(row["send_time"]), "content_type": "template",
        "needs_block_refresh": False, "resendable": False, "recipients": recipients, "settings": settings,
        "tracking": {"opens": True, "html_clicks": True, "text_clicks": True}, "report_summary": summary,
        "delivery_status": {"enabled": False}, "_links": [],
    }  # fmt: skip
