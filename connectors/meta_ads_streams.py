"""What is read from Meta Ads: campaigns by day, as a table of columns and the parameters of a report.

Days are those of the account's time zone. Conversions are booked on the day of the click or view and keep arriving,
for up to 28 days. All numbers are sent as text. Meta leaves fields out; what that means is said at each column.
Source: https://developers.facebook.com/docs/marketing-api/reference/adgroup/insights
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors import records
from connectors.ads_draft import whole
from connectors.ads_history import kept
from connectors.columns import Column, batch
from connectors.load import Load
from connectors.meta_ads_actions import LEAD, PURCHASE, WINDOWS, Conversions
from connectors.meta_ads_report import Report
from connectors.records import Told
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.meta_ads import MetaAds

Row = dict[str, Any]
_DOCS = "https://developers.facebook.com/docs/marketing-api/reference/adgroup/insights"
_LOCAL = "in `currency`"
_STATUSES = ("ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES")
"""All that a campaign can have. Unless they are asked for, deleted campaigns are missing, and with them their spend."""


def _text(sent: str, description: str, *, name: str = "", nullable: bool = False) -> Told:
    return Told(Field(name or sent, TEXT, description, nullable=nullable), sent)


def _measure(name: str, type_: pa.DataType, description: str, unit: str = "", nullable: bool = False) -> Field:
    return Field(name, type_, description, unit, nullable, measure=True)


_FIELDS = (
    _text("campaign_id", "Meta's id of the campaign"),
    _text("campaign_name", "The campaign's name as of the pull", nullable=True),
    _text("objective", "OUTCOME_SALES, OUTCOME_LEADS …", nullable=True),
    _text("account_currency", "ISO 4217 code of the account's currency", name="currency"),
    # What a row is about: Meta sends these three even where they are 0, so a row without one of them is bad data.
    Told(_measure("spend", MONEY, "What the ads cost", _LOCAL), "spend"),
    Told(_measure("impressions", COUNT, "Times that an ad was on screen"), "impressions"),
    Told(_measure("clicks", COUNT, "Clicks on ads, of whatever kind"), "clicks"),
    # A count of something that may not exist at all, which Meta leaves out where there was none: 0.
    Told(_measure("inline_link_clicks", COUNT, "Clicks on links to where the ad leads"), "inline_link_clicks", "0"),
    # Estimates, which Meta withholds of days long past and has none of without impressions: unknown, and never 0.
    Told(Field("reach", COUNT, "People who saw an ad that day; not to be added up", "people", nullable=True), "reach"),
    Told(Field("frequency", NUMBER, "Impressions per person reached", nullable=True), "frequency"),
    _text("attribution_setting", "The setting behind `purchases` and `leads`: 7d_click_1d_view …", nullable=True),
)
_DATE = Field("date", DATE, "The day, in the account's time zone")
_CONVERSIONS = (
    _measure("purchases", NUMBER, "Purchases, by the ad set's attribution setting; fractions where Meta models them"),
    _measure("purchase_value", MONEY, "Value of `purchases`", _LOCAL),
    _measure("purchases_7d_click", NUMBER, "Purchases within 7 days of a click", nullable=True),
    _measure("purchases_1d_view", NUMBER, "Purchases within a day of a view", nullable=True),
    _measure("leads", NUMBER, "Leads, by the ad set's attribution setting"),
)
_ASKED = (*(told.path for told in _FIELDS), "actions", "action_values", "date_start", "date_stop")
PARAMS = {
    "level": "campaign",
    "time_increment": "1",
    "fields": ",".join(_ASKED),
    "filtering": json.dumps([{"field": "campaign.effective_status", "operator": "IN", "value": _STATUSES}]),
    "use_unified_attribution_setting": "true",  # as Ads Manager shows it
    "action_attribution_windows": json.dumps(WINDOWS),
    "action_report_time": "impression",  # on the day of the spend that brought them, as Google Ads does
}


def columns(account_id: str, rows: list[Row]) -> dict[str, Column]:
    """The columns of a page of insights rows, by the stream's field names."""
    purchases = [Conversions.of(row, PURCHASE) for row in rows]
    return {
        "account_id": [account_id] * len(rows),
        "date": [_day(row) for row in rows],
        **records.columns(_FIELDS, rows),
        "purchases": [each.count for each in purchases],
        "purchase_value": [each.value for each in purchases],
        "purchases_7d_click": [each.within("7d_click") for each in purchases],
        "purchases_1d_view": [each.within("1d_view") for each in purchases],
        "leads": [Conversions.of(row, LEAD).count for row in rows],
    }


def _day(row: Row) -> Any:
    """The row's day. A row over several days gives these, which are no date, so that it is put aside."""
    start, stop = row.get("date_start"), row.get("date_stop")
    return start if start == stop else f"{start}..{stop}"


def _pull(connector: MetaAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    part = kept(window, load)
    if part is None:
        return

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        report = Report(connector.api(account), account.id, PARAMS, draft, connector.patience)
        for rows in report.pages(part):
            yield batch(CAMPAIGN_DAY, columns(account.id, rows), draft)

    # Drawn once: every call is tried again by itself, and every job made anew.
    yield from whole(CAMPAIGN_DAY, draw, load)


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any delivery or conversion",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, _DATE, *(told.field for told in _FIELDS), *_CONVERSIONS),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=_pull,
    look_back_days=28,
    slice_days=92,  # a night's 28 days come at once; a first night's 120 are a job of 92, and at once the last 28
    docs_url=_DOCS,
)
