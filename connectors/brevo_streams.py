"""What is read from Brevo: results of e-mail campaigns, and transactional e-mails by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from connectors.columns import batch, local_days, pick
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.brevo import Brevo
    from connectors.brevo_api import BrevoApi
    from connectors.connector import Account

_REMEMBERED_DAYS = 180
"""The list of campaigns counts events of the last six months: older campaigns are asked for one by one."""


def _count(name: str, path: str, description: str, nullable: bool = False) -> Told:
    return Told(Field(name, COUNT, description, nullable=nullable, measure=True), path)


def _statistic(name: str, key: str, description: str, nullable: bool = False) -> Told:
    return _count(name, f"statistics.globalStats.{key}", description, nullable)


_CAMPAIGN = (
    Told(Field("campaign_id", TEXT, "Brevo's id of the campaign"), "id"),
    Told(Field("campaign_name", TEXT, "The campaign's name", nullable=True), "name"),
    Told(Field("subject", TEXT, "The subject as sent", nullable=True), "subject"),
    Told(Field("type", TEXT, "classic or trigger", nullable=True), "type"),
    Told(Field("status", TEXT, "sent, or archive once it was put away", nullable=True), "status"),
    Told(Field("send_time", TIMESTAMP, "When sending began"), "sentDate"),
    _statistic("sent", "sent", "E-mails sent"),
    _statistic("delivered", "delivered", "E-mails that arrived"),
    _statistic("hard_bounces", "hardBounces", "Refused for good"),
    _statistic("soft_bounces", "softBounces", "Refused for now"),
    _statistic("deferred", "deferred", "Put off by the receiving server", nullable=True),
    _statistic("complaints", "complaints", "Complaints of spam"),
    _statistic("unsubscribed", "unsubscriptions", "Recipients who unsubscribed"),
    _statistic("views", "viewed", "Opens, those of Apple Mail Privacy included"),
    _statistic("unique_views", "uniqueViews", "Recipients who opened, those of Apple Mail Privacy included"),
    _statistic(
        "trackable_views",
        "trackableViews",
        "Recipients who opened in a program without privacy protection; NULL where Brevo does not tell",
        nullable=True,
    ),
    _statistic("apple_mpp_opens", "appleMppOpens", "Opens by Apple Mail Privacy; NULL likewise", nullable=True),
    _statistic("clicks", "clickers", "Clicks: Brevo calls them clickers"),
    _statistic("unique_clicks", "uniqueClicks", "Recipients who clicked"),
)
_LEFT = (
    "abTesting", "attachmentFile", "attachmentUrl", "createdAt", "emailExpirationDate", "footer", "header",
    "htmlContent", "inlineImageActivation", "mirrorActive", "modifiedAt", "previewText", "recipients", "recurring",
    "replyTo", "returnBounce", "scheduledAt", "sendAtBestTime", "sender", "shareLink", "splitRule", "subjectA",
    "subjectB", "tag", "tags", "testSent", "toField", "utmCampaignValue", "utmContent", "utmId", "utmIdString",
    "utmMedium", "utmSource", "utmTerm", "winnerCriteria", "winnerDelay",
)  # fmt: skip
"""What a campaign tells beside: how it was made, not what came of it."""


def _pull_campaigns(connector: Brevo, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, zone = connector.api(account), connector.time_zone(account)
    start, end = window.instants(ZoneInfo(zone))
    for page in api.campaigns(start, end, load):
        note_unknown(load, _CAMPAIGN, page, _LEFT)
        yield _campaigns([_whole(api, one, load) for one in page], account, window, load, zone)


def _whole(api: BrevoApi, campaign: Any, load: Load) -> Any:
    """The campaign with statistics of all that happened, though it be older than the list remembers."""
    oldest = datetime.now(UTC) - timedelta(days=_REMEMBERED_DAYS)
    [day] = local_days([campaign.get("sentDate")], "UTC").to_pylist()
    return api.campaign(campaign.get("id"), load) if day and day <= oldest.date() else campaign


def _campaigns(campaigns: list[Any], account: Account, window: Window, load: Load, zone: str) -> pa.RecordBatch:
    """Campaigns sent on a day of the window."""
    told = [one for one in campaigns if _is_told(one, load)]
    times = pick(told, "sentDate")
    days = local_days(times, zone).to_pylist()
    inside = [n for n, day in enumerate(days) if day is None or window.start <= day <= window.end]
    found = columns(_CAMPAIGN, [told[n] for n in inside])
    found["campaign_id"] = [None if one is None else str(one) for one in found["campaign_id"]]
    # A time that cannot be read stands in for its day, so that the reason of the rejection shows it.
    dates = [days[n] or times[n] for n in inside]
    return batch(CAMPAIGN_REPORT, found | {"account_id": [account.id] * len(inside), "date": dates}, load)


def _is_told(campaign: Any, load: Load) -> bool:
    """Whether the campaign was sent, and its statistics are those of all lists; else it is put aside, and said.

    Brevo answers zeros for statistics that it leaves out. Those of each list are never left out.
    """
    of_lists = pick(pick([campaign], "statistics.campaignStats")[0] or [], "sent")
    [sent] = pick([campaign], "statistics.globalStats.sent")
    if not campaign.get("sentDate"):
        load.reject("the campaign has no sentDate: it was never sent", str(campaign)[:500])
        return False
    if sent == 0 and any(of_lists):
        load.reject("the campaign's statistics are left out: its lists received it", str(campaign)[:500])
        return False
    return True


_DAY = (
    Told(Field("date", DATE, "The day of the event"), "date"),
    _count("requests", "requests", "E-mails handed to Brevo"),
    _count("delivered", "delivered", "E-mails that arrived"),
    _count("hard_bounces", "hardBounces", "Refused for good"),
    _count("soft_bounces", "softBounces", "Refused for now"),
    _count("blocked", "blocked", "Not sent on, as the address is blocked"),
    _count("invalid", "invalid", "Not sent on, as the address cannot exist"),
    _count("opens", "opens", "Opens"),
    _count("unique_opens", "uniqueOpens", "E-mails opened"),
    _count("clicks", "clicks", "Clicks"),
    _count("unique_clicks", "uniqueClicks", "E-mails clicked in"),
    _count("unsubscribed", "unsubscribed", "Recipients who unsubscribed"),
    _count("spam_reports", "spamReports", "Complaints of spam"),
)


def _pull_days(connector: Brevo, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    days = connector.api(account).transactional_days(str(window.start), str(window.end), load)
    note_unknown(load, _DAY, days)
    first, last = str(window.start), str(window.end)
    kept = [day for day in days if first <= str(day.get("date"))[:10] <= last]
    yield batch(TRANSACTIONAL_DAY, columns(_DAY, kept) | {"account_id": [account.id] * len(kept)}, load)


CAMPAIGN_REPORT = Stream(
    name="campaign_report",
    description="One row per sent campaign; its counters are cumulative as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of sending, in the account's time zone"),
        *(told.field for told in _CAMPAIGN),
    ),
    key=("account_id", "campaign_id"),
    day_field="date",
    pull=_pull_campaigns,
    look_back_days=30,
    slice_days=31,
    docs_url="https://developers.brevo.com/reference/get-email-campaigns",
)
TRANSACTIONAL_DAY = Stream(
    name="transactional_day",
    description="One row per day: what happened to transactional e-mails (order confirmations and the like) on it",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, *(told.field for told in _DAY)),
    key=("account_id", "date"),
    day_field="date",
    pull=_pull_days,
    look_back_days=7,
    # A report is of thirty days at most.
    slice_days=30,
    docs_url="https://developers.brevo.com/reference/get-smtp-report",
)
