"""What is read from Meta Ads: campaigns by day, as a table of columns and the parameters of a report.

Days are those of the account's time zone. Conversions are booked on the day of the click or view and keep arriving,
for up to 28 days. All numbers are sent as text. Meta leaves fields out; what that means is said at each column.
Source: https://developers.facebook.com/docs/marketing-api/reference/adgroup/insights
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_draft import whole
from connectors.ads_history import kept
from connectors.columns import Column, batch, pick
from connectors.load import Load
from connectors.meta_ads_actions import LEAD, PURCHASE, WINDOWS
from connectors.meta_ads_report import Report
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.meta_ads import MetaAds

Row = dict[str, Any]
_LOCAL = "in `currency`"
_STATUSES = ("ACTIVE", "PAUSED", "DELETED", "ARCHIVED", "IN_PROCESS", "WITH_ISSUES")
"""All that a campaign can have. Unless asked for, deleted and archived campaigns are missing, and with them spend."""


@dataclass(frozen=True)
class _Told:
    """A field of ours and how it is read from rows."""

    field: Field
    read: Callable[[list[Row]], Column]


def _sent(name: str, field: Field, empty: str | None = None) -> _Told:
    """Meta's field `name`; `empty` stands in where Meta left it out."""

    def read(rows: list[Row]) -> Column:
        return [empty if value is None else value for value in pick(rows, name)]

    return _Told(field, read)


def _counted(name: str, type_: pa.DataType, description: str, read: Callable[[Row], Any], unit: str = "") -> _Told:
    field = Field(name, type_, description, unit, nullable=True, measure=True)
    return _Told(field, lambda rows: [read(row) for row in rows])


def _day(row: Row) -> Any:
    """The row's day; of a row over several days its days, which are no date and put it aside."""
    start, stop = row.get("date_start"), row.get("date_stop")
    return start if start == stop else f"{start}..{stop}"


def _text(name: str, description: str, nullable: bool = True) -> _Told:
    return _sent(name, Field(name, TEXT, description, nullable=nullable))


_COLUMNS = (
    _Told(Field("date", DATE, "The day, in the account's time zone"), lambda rows: [_day(row) for row in rows]),
    _text("campaign_id", "Meta's id of the campaign", nullable=False),
    _text("campaign_name", "The campaign's name as of the pull"),
    _text("objective", "OUTCOME_SALES, OUTCOME_LEADS …"),
    _sent("account_currency", Field("currency", TEXT, "ISO 4217 code of the account's currency")),
    # These three are what a row is about: Meta sends them even where they are 0, so a row without is bad data.
    _sent("spend", Field("spend", MONEY, "What the ads cost", _LOCAL, measure=True)),
    _sent("impressions", Field("impressions", COUNT, "Times that an ad was on screen", measure=True)),
    _sent("clicks", Field("clicks", COUNT, "Clicks on ads, of whatever kind", measure=True)),
    # A count that Meta leaves out where there were none.
    _sent(
        "inline_link_clicks",
        Field("inline_link_clicks", COUNT, "Clicks on links to where the ad leads", measure=True),
        "0",
    ),
    # Estimates that Meta withholds, for days long past and for too few people: without them they are unknown, not 0.
    _sent("reach", Field("reach", COUNT, "People who saw an ad that day; not to be added up", "people", nullable=True)),
    _sent("frequency", Field("frequency", NUMBER, "Impressions per person reached", nullable=True)),
    # Of conversions, see meta_ads_actions: what was not sent is 0, but for windows of what was not split by window.
    _counted("purchases", NUMBER, "Purchases, by the ad set's attribution setting", PURCHASE.count),
    _counted("purchase_value", MONEY, "Value of `purchases`", PURCHASE.value, _LOCAL),
    _counted(
        "purchases_7d_click", NUMBER, "Purchases within 7 days of a click", lambda row: PURCHASE.count(row, "7d_click")
    ),
    _counted(
        "purchases_1d_view", NUMBER, "Purchases within a day of a view", lambda row: PURCHASE.count(row, "1d_view")
    ),
    _counted("leads", NUMBER, "Leads, by the ad set's attribution setting", LEAD.count),
    _text("attribution_setting", "The attribution setting behind `purchases` and `leads`: 7d_click_1d_view …"),
)
_ASKED = (
    "account_currency,campaign_id,campaign_name,objective,spend,impressions,clicks,inline_link_clicks,reach,frequency,"
    "actions,action_values,attribution_setting,date_start,date_stop"
)
PARAMS = {
    "level": "campaign",
    "time_increment": "1",
    "fields": _ASKED,
    "filtering": json.dumps([{"field": "campaign.effective_status", "operator": "IN", "value": _STATUSES}]),
    "use_unified_attribution_setting": "true",  # as Ads Manager shows it
    "action_attribution_windows": json.dumps(WINDOWS),
    "action_report_time": "impression",  # beside the spend that brought them, as in Google Ads
}


def _pull(connector: MetaAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    part = kept(window, load)
    if part is None:
        return

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        report = Report(connector.api(account), account.id, PARAMS, draft, connector.patience)
        for rows in report.pages(part):
            columns = {column.field.name: column.read(rows) for column in _COLUMNS}
            yield batch(CAMPAIGN_DAY, columns | {"account_id": [account.id] * len(rows)}, draft)

    # Once: each call is tried again by itself, and each job made anew.
    yield from whole(CAMPAIGN_DAY, draw, load)


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any delivery or conversion",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, *(column.field for column in _COLUMNS)),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=_pull,
    look_back_days=28,
    slice_days=92,
    docs_url="https://developers.facebook.com/docs/marketing-api/reference/adgroup/insights",
)
"""A night's 28 days are asked for at once. A first night's 120 days are a job of 92, and the last 28 at once."""
