"""What is read from Mailchimp: campaign reports and audience activity, as tables of fields and where they are told."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, pick
from connectors.errors import BadDataError
from connectors.load import Load
from connectors.mailchimp_api import GoneError, MailchimpApi, items
from connectors.records import of_window
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.mailchimp import Mailchimp

_REPORT_PATHS = {
    "campaign_id": "id",
    "campaign_title": "campaign_title",
    "subject_line": "subject_line",
    "type": "type",
    "list_id": "list_id",
    "list_name": "list_name",
    "send_time": "send_time",
    "emails_sent": "emails_sent",
    "hard_bounces": "bounces.hard_bounces",
    "soft_bounces": "bounces.soft_bounces",
    "syntax_errors": "bounces.syntax_errors",
    "abuse_reports": "abuse_reports",
    "unsubscribed": "unsubscribed",
    "opens_total": "opens.opens_total",
    "unique_opens": "opens.unique_opens",
    "human_opens_total": "opens.proxy_excluded_opens",
    "human_unique_opens": "opens.proxy_excluded_unique_opens",
    "clicks_total": "clicks.clicks_total",
    "unique_clicks": "clicks.unique_clicks",
    "unique_subscriber_clicks": "clicks.unique_subscriber_clicks",
    "orders": "ecommerce.total_orders",
    "revenue": "ecommerce.total_revenue",
    "currency": "ecommerce.currency_code",
}
_REPORT_FIELDS = [f"reports.{name}" for name in dict.fromkeys(path.split(".")[0] for path in _REPORT_PATHS.values())]
"""Whole sub-objects are asked for, as `proxy_excluded_*` is not part of every contract revision. Rates come along and
are left: they are sums divided, and the sums are here."""
_ACTIVITY_DAYS = 180
_LISTS_AT_ONCE = 4


def _pull_reports(connector: Mailchimp, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    start, end = window.instants(connector.company.tz)
    params = {
        # Whether the bounds themselves are in is not documented: ask for a second more, and keep what is in the window.
        "since_send_time": _iso(start - timedelta(seconds=1)),
        "before_send_time": _iso(end),
        "fields": ",".join([*_REPORT_FIELDS, "total_items"]),
    }
    for reports in connector.api(account).pages("/3.0/reports", "reports", load, params):
        yield _reports(reports, account, window, load, connector.company.time_zone)


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _reports(reports: list[Any], account: Account, window: Window, load: Load, zone: str) -> pa.RecordBatch:
    """Reports sent on a day of the window. One that was never sent belongs to no day: it is put aside, and said."""
    for report in reports:
        if not report.get("send_time"):
            load.reject("the campaign has no send_time: it was never sent", str(report)[:500])
    sent = [report for report in reports if report.get("send_time")]
    kept, days = of_window(sent, pick(sent, "send_time"), window, zone)
    columns: dict[str, Any] = {field: pick(kept, path) for field, path in _REPORT_PATHS.items()}
    columns["account_id"] = [account.id] * len(kept)
    columns["date"] = days
    columns["currency"] = [code or None for code in columns["currency"]]
    return batch(CAMPAIGN_REPORT, columns, load)


def _pull_activity(connector: Mailchimp, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api = connector.api(account)
    earliest = datetime.now(connector.company.tz).date() - timedelta(days=_ACTIVITY_DAYS)
    if window.start < earliest:
        load.note(since=earliest)
    params = {"fields": "lists.id,total_items"}
    ids = [entry["id"] for page in api.pages("/3.0/lists", "lists", load, params) for entry in page]
    with ThreadPoolExecutor(_LISTS_AT_ONCE) as pool:
        for list_id, days in zip(ids, pool.map(partial(_activity, api, load), ids), strict=True):
            yield _days(days, list_id, account, window, load)


def _activity(api: MailchimpApi, load: Load, list_id: str) -> list[Any]:
    """All days of one list, at most 180; none when the list was deleted since it was named."""
    path, params = f"/3.0/lists/{list_id}/activity", {"count": _ACTIVITY_DAYS, "fields": "activity,total_items"}
    try:
        days, total = items(api.get(path, load, params), "activity", path)
    except GoneError:
        return []
    if len(days) < min(total, _ACTIVITY_DAYS):
        raise BadDataError(f"list {list_id} has {total} days of activity, and {len(days)} were sent")
    return days


def _days(days: list[Any], list_id: str, account: Account, window: Window, load: Load) -> pa.RecordBatch:
    first, last = str(window.start), str(window.end)
    kept = [day for day in days if first <= str(day.get("day"))[:10] <= last]
    columns: dict[str, Any] = {name: pick(kept, name) for name in _ACTIVITY_COUNTS}
    columns |= {"account_id": [account.id] * len(kept), "list_id": [list_id] * len(kept), "date": pick(kept, "day")}
    return batch(LIST_ACTIVITY, columns, load)


def _count(name: str, description: str, nullable: bool = False) -> Field:
    return Field(name, COUNT, description, nullable=nullable, measure=True)


CAMPAIGN_REPORT = Stream(
    name="campaign_report",
    description="One row per sent campaign; its counters are cumulative as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of sending, in the company's time zone"),
        Field("campaign_id", TEXT, "Mailchimp's id of the campaign"),
        Field("campaign_title", TEXT, "The campaign's internal title", nullable=True),
        Field("subject_line", TEXT, "The subject as sent", nullable=True),
        Field("type", TEXT, "regular, plain-text, ab_split, rss, automation, variate or auto", nullable=True),
        Field("list_id", TEXT, "The audience", nullable=True),
        Field("list_name", TEXT, "The audience's name", nullable=True),
        Field("send_time", TIMESTAMP, "When sending began"),
        _count("emails_sent", "E-mails sent"),
        _count("hard_bounces", "Refused for good"),
        _count("soft_bounces", "Refused for now"),
        _count("syntax_errors", "Not sent on, as the address cannot exist"),
        _count("abuse_reports", "Complaints of spam"),
        _count("unsubscribed", "Unsubscribed by this campaign, without later global ones"),
        _count("opens_total", "Opens, those of mail proxies (Apple MPP) included"),
        _count("unique_opens", "Recipients who opened, those of mail proxies included"),
        _count("human_opens_total", "Opens without mail proxies; NULL where Mailchimp does not tell", nullable=True),
        _count("human_unique_opens", "Recipients who opened, without mail proxies; NULL likewise", nullable=True),
        _count("clicks_total", "Clicks; those of bots are not split off"),
        _count("unique_clicks", "Distinct clicks of links by recipients"),
        _count("unique_subscriber_clicks", "Recipients who clicked"),
        _count("orders", "Orders of a connected shop; NULL without one", nullable=True),
        Field("revenue", MONEY, "Revenue of these orders", "in `currency`", nullable=True, measure=True),
        Field("currency", TEXT, "ISO 4217 code of the revenue", nullable=True),
    ),
    key=("account_id", "campaign_id"),
    day_field="date",
    pull=_pull_reports,
    look_back_days=30,
    slice_days=92,
    docs_url="https://mailchimp.com/developer/marketing/api/reports/list-campaign-reports/",
)

_ACTIVITY_COUNTS = {
    "emails_sent": "E-mails sent to the audience",
    "unique_opens": "Unique opens on the day, those of mail proxies included",
    "recipient_clicks": "Recipients who clicked on the day",
    "hard_bounce": "Refused for good",
    "soft_bounce": "Refused for now",
    "subs": "New subscribers",
    "unsubs": "Unsubscribed",
    "other_adds": "Added otherwise, by an import for instance",
    "other_removes": "Removed otherwise",
}

LIST_ACTIVITY = Stream(
    name="list_activity",
    description="One row per audience and day, without automations; Mailchimp keeps the last 180 days",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of the event"),
        Field("list_id", TEXT, "The audience"),
        *(_count(name, description) for name, description in _ACTIVITY_COUNTS.items()),
    ),
    key=("account_id", "list_id", "date"),
    day_field="date",
    pull=_pull_activity,
    look_back_days=30,
    # The answer holds all days whatever is asked for: a slice would only fetch it again.
    slice_days=36_500,
    docs_url="https://mailchimp.com/developer/marketing/api/list-activity/",
)
