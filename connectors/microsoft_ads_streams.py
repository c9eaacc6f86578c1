"""What is read from Microsoft Advertising: campaigns by day, as a table of columns.

Days are those of the account's time zone. Conversions are booked on the day of the click and keep arriving, for up to
90 days. Rows without any activity are left out.
Source: https://learn.microsoft.com/en-us/advertising/reporting-service/campaignperformancereportcolumn
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_days import within
from connectors.ads_draft import whole
from connectors.ads_history import kept
from connectors.columns import batch
from connectors.load import Load
from connectors.microsoft_ads_csv import Table, tables
from connectors.microsoft_ads_report import Anew, Report
from connectors.microsoft_ads_zones import iana, of_reports
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.microsoft_ads import MicrosoftAds

_DOCS = "https://learn.microsoft.com/en-us/advertising/reporting-service/campaignperformancereportcolumn"
_KEPT_MONTHS = 36


def _text(name: str, description: str, nullable: bool = True) -> Field:
    return Field(name, TEXT, description, nullable=nullable)


def _measure(name: str, type_: pa.DataType, description: str, nullable: bool = True) -> Field:
    return Field(name, type_, description, "in `currency`" if type_ == MONEY else "", nullable, measure=True)


_COLUMNS = {
    "TimePeriod": Field("date", DATE, "The day, in the account's time zone"),
    "CampaignId": _text("campaign_id", "Microsoft's id of the campaign", nullable=False),
    "CampaignName": _text("campaign_name", "The campaign's name as of the pull"),
    "CampaignStatus": _text("campaign_status", "Active, Paused, Deleted … as of the pull"),
    "CampaignType": _text("campaign_type", "Search & content, Shopping, Audience, Performance max …"),
    "CurrencyCode": _text("currency", "ISO 4217 code of the account's currency", nullable=False),
    "Spend": _measure("spend", MONEY, "What the ads cost", nullable=False),
    "Impressions": _measure("impressions", COUNT, "Times that an ad was shown", nullable=False),
    "Clicks": _measure("clicks", COUNT, "Clicks on ads", nullable=False),
    "ConversionsQualified": _measure("conversions", NUMBER, "Conversions of the goals that count, by day of the click"),
    "Revenue": _measure("conversion_value", MONEY, "Value of `conversions`"),
    "AllConversionsQualified": _measure("all_conversions", NUMBER, "All conversions, also of goals that do not count"),
    "AllRevenue": _measure("all_conversion_value", MONEY, "Value of `all_conversions`"),
    "ViewThroughConversionsQualified": _measure(
        "view_through_conversions", NUMBER, "Conversions after an ad was seen but not clicked; not in `conversions`"
    ),
    "ViewThroughRevenue": _measure("view_through_value", MONEY, "Value of `view_through_conversions`"),
}
ASKED = tuple(_COLUMNS)


def _pull(connector: MicrosoftAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    part = kept(window, load, _KEPT_MONTHS)
    if part is None:
        return
    zone = connector.facts(account, load).get("TimeZone")
    load.note(time_zone=iana(str(zone)))
    report = Report(connector.api, account.id, ASKED, of_reports(zone) if zone else None, connector.patience)

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        with report.file(part, draft) as file:
            for table in tables(file) if file else ():
                draft.unknown(*(table.keys() - _COLUMNS.keys()))
                yield within(batch(CAMPAIGN_DAY, _columns(account.id, table), draft), part)

    yield from whole(CAMPAIGN_DAY, draw, load, Anew())


def _columns(account_id: str, table: Table) -> dict[str, Any]:
    """The report's columns by our names. An empty cell is no value, of texts as well."""
    found = {field.name: [cell or None for cell in table[name]] for name, field in _COLUMNS.items() if name in table}
    rows = len(next(iter(table.values())))
    return found | {"account_id": [account_id] * rows}


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any delivery or conversion",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, *_COLUMNS.values()),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=_pull,
    look_back_days=30,
    slice_days=92,
    docs_url=_DOCS,
)
