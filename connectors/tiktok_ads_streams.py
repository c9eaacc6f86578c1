"""What is read from TikTok Ads: campaigns by day, as a table of columns and the parameters of a report.

Days are those of the account's time zone. Conversions are booked on the day of the click or view and keep arriving.
All figures are sent as text. Rows without any activity are left out.
Source: https://business-api.tiktok.com/portal/docs?id=1751443956638721 (basic reports)
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_days import within
from connectors.ads_draft import whole
from connectors.ads_halves import in_halves, started
from connectors.columns import batch
from connectors.load import Load
from connectors.records import Record, Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.tiktok_ads import TikTokAds

REPORT = "/report/integrated/get/"
_DOCS = "https://business-api.tiktok.com/portal/docs?id=1751443956638721"
_NOT_APPLICABLE = "-"
_MIDNIGHT = " 00:00:00"
_MOST_DAYS = 30
"""The longest window that TikTok takes by day."""


@dataclass(frozen=True)
class _Metric(Told):
    """A metric, which TikTok writes as a dash where it does not apply."""

    def column(self, records: Any) -> list[Any]:
        return [None if value == _NOT_APPLICABLE else value for value in super().column(records)]


def _metric(sent: str, name: str, type_: pa.DataType, description: str, *, nullable: bool = True) -> _Metric:
    unit = "in `currency`" if type_ == MONEY else ""
    return _Metric(Field(name, type_, description, unit, nullable, measure=True), sent)


_METRICS = (
    _Metric(Field("campaign_name", TEXT, "The campaign's name as of the pull", nullable=True), "campaign_name"),
    _metric("spend", "spend", MONEY, "What the ads cost", nullable=False),
    _metric("impressions", "impressions", COUNT, "Times that an ad was on screen", nullable=False),
    _metric("clicks", "clicks", COUNT, "Clicks to where the ad leads", nullable=False),
    _Metric(
        Field("reach", COUNT, "People who saw an ad that day; not to be added up", "people", nullable=True), "reach"
    ),
    _metric("conversion", "results", NUMBER, "Events that the ads are optimised for, by day of the click or view"),
    _metric("real_time_conversion", "results_by_event_day", NUMBER, "The same, on the day that they took place"),
    _metric("complete_payment", "purchases", NUMBER, "Purchases on the website"),
    # The name misleads: it is their value, and no rate.
    _metric("total_complete_payment_rate", "purchase_value", MONEY, "Value of `purchases`"),
    _metric("onsite_shopping", "shop_purchases", NUMBER, "Purchases in TikTok Shop, beside `purchases`"),
    _metric("total_onsite_shopping_value", "shop_purchase_value", MONEY, "Value of `shop_purchases`"),
    _metric("total_purchase", "app_purchases", NUMBER, "Purchases in an app, beside `purchases`"),
    _metric("total_purchase_value", "app_purchase_value", MONEY, "Value of `app_purchases`"),
)
_ROW = ("campaign_id", "stat_time_day")
PARAMS = {
    "report_type": "BASIC",
    "service_type": "AUCTION",
    "data_level": "AUCTION_CAMPAIGN",
    "dimensions": list(_ROW),
    "metrics": [told.path for told in _METRICS],
    # Unless they are asked for, deleted campaigns are missing, and with them their spend.
    "filtering": [
        {"field_name": "campaign_status", "filter_type": "IN", "filter_value": json.dumps(["STATUS_ALL"])},
    ],
}


def _pull(connector: TikTokAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    facts = connector.facts(account, load)
    load.note(time_zone=facts.get("timezone"))

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        def ask(days: Window) -> Iterator[list[dict[str, Any]]]:
            dates = {"start_date": str(days.start), "end_date": str(days.end)}
            return started(connector.api.pages(REPORT, {"advertiser_id": account.id, **PARAMS, **dates}, draft))

        reports = (pages for part in window.slices(_MOST_DAYS) for pages in in_halves(part, ask))
        for page in chain.from_iterable(reports):
            rows = [_flat(row) for row in page]
            note_unknown(draft, _METRICS, rows, _ROW)
            made = _columns(account.id, facts.get("currency"), rows)
            yield within(batch(CAMPAIGN_DAY, made, draft), window)

    # Drawn once: every call is tried again by itself.
    yield from whole(CAMPAIGN_DAY, draw, load)


def _flat(row: dict[str, Any]) -> Record:
    """What the row is about, and its figures, as one object."""
    return {**(row.get("dimensions") or {}), **(row.get("metrics") or {})}


def _columns(account_id: str, currency: Any, rows: list[Record]) -> dict[str, Any]:
    return {
        "account_id": [account_id] * len(rows),
        "date": [_day(row.get("stat_time_day")) for row in rows],
        "campaign_id": [row.get("campaign_id") for row in rows],
        "currency": [currency] * len(rows),
        **columns(_METRICS, rows),
    }


def _day(told: Any) -> Any:
    """`2026-11-20` of `2026-11-20 00:00:00`; anything else stays, so that the reason of the rejection shows it."""
    return told.removesuffix(_MIDNIGHT) if isinstance(told, str) else told


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any activity",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day, in the account's time zone"),
        Field("campaign_id", TEXT, "TikTok's id of the campaign"),
        Field("currency", TEXT, "ISO 4217 code of the account's currency"),
        *(told.field for told in _METRICS),
    ),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=_pull,
    look_back_days=30,
    slice_days=_MOST_DAYS,
    docs_url=_DOCS,
)
