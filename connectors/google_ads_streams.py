"""What is read from Google Ads: campaigns by day, and their conversions by action, as tables of columns and queries.

Days are those of the account's time zone. Conversions are booked on the day of the click and keep arriving; those "by
conversion date" are booked on their own day. Google leaves zeros out of its answers (proto3 JSON), so an absent metric
is 0; a row whose every metric is zero is not sent at all.
Source: https://developers.google.com/google-ads/api/fields/v26/campaign
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.ads_draft import whole
from connectors.ads_history import kept
from connectors.columns import Column, batch, pick
from connectors.load import Load
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, NUMBER, TEXT, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.google_ads import GoogleAds

_MICRO = pa.scalar(Decimal("0.000001"), pa.decimal128(7, 6))
_DOCS = "https://developers.google.com/google-ads/api/fields/v26/campaign"
_LOCAL = "in the account's currency"


@dataclass(frozen=True)
class _Told:
    """A field and its name in GAQL, which is snake_case where the answer is camelCase."""

    gaql: str
    field: Field

    @property
    def path(self) -> str:
        """Where the answer holds it: `metrics.costMicros`."""
        head, *rest = self.gaql.split("_")
        return head + "".join(word.title() for word in rest)

    def column(self, rows: list[Any]) -> Column:
        values = pick(rows, self.path)
        if self.gaql.startswith("metrics."):
            values = [0 if value is None else value for value in values]
        return from_micros(values) if self.field.type == MONEY else values


def from_micros(values: list[Any]) -> Column:
    """Millionths of a currency, as whole numbers or their text, as exact amounts; what is neither stays to be refused.

    >>> from_micros(["12345678", 0]).to_pylist()
    [Decimal('12.345678'), Decimal('0.000000')]
    """
    try:
        micros = pc.cast(pa.array([str(value) for value in values], TEXT), pa.int64())
        return pc.cast(pc.multiply(micros.cast(pa.decimal128(19, 0)), _MICRO), MONEY)
    except pa.ArrowInvalid:
        return [_amount(value) for value in values]


def _amount(micros: Any) -> Any:
    try:
        return Decimal(int(str(micros))).scaleb(-6)
    except (ValueError, InvalidOperation):
        return f"{micros} micros"


def _text(gaql: str, name: str, description: str, nullable: bool = False) -> _Told:
    return _Told(gaql, Field(name, TEXT, description, nullable=nullable))


def _metric(name: str, type_: pa.DataType, description: str, unit: str = "") -> _Told:
    return _Told(f"metrics.{name}", Field(name, type_, description, unit, measure=True))


_DATE = _Told("segments.date", Field("date", DATE, "The day, in the account's time zone"))
_CAMPAIGN_ID = _text("campaign.id", "campaign_id", "Google's id of the campaign")
_CONVERSIONS = _metric("conversions", NUMBER, "Conversions in the Conversions column, by day of the click; fractions")
_VALUE = _metric("conversions_value", NUMBER, "Value of `conversions`", _LOCAL)

_CAMPAIGNS = (
    _DATE,
    _CAMPAIGN_ID,
    _text("campaign.name", "campaign_name", "The campaign's name as of the pull", nullable=True),
    _text("campaign.status", "campaign_status", "ENABLED, PAUSED or REMOVED as of the pull", nullable=True),
    _text("campaign.advertising_channel_type", "channel_type", "SEARCH, PERFORMANCE_MAX, VIDEO …", nullable=True),
    _text("customer.currency_code", "currency", "ISO 4217 code of the account's currency"),
    _text("customer.time_zone", "time_zone", "The account's time zone, in which its days are", nullable=True),
    _Told("metrics.cost_micros", Field("cost", MONEY, "What the ads cost", "in `currency`", measure=True)),
    _metric("impressions", COUNT, "Times that an ad was shown"),
    _metric("clicks", COUNT, "Clicks on ads"),
    _metric("interactions", COUNT, "Clicks, views and whatever else is the main action of the ad's format"),
    _CONVERSIONS,
    _VALUE,
    _metric("all_conversions", NUMBER, "All conversions, also those outside the Conversions column"),
    _metric("all_conversions_value", NUMBER, "Value of `all_conversions`", _LOCAL),
    _metric("view_through_conversions", COUNT, "Conversions after an ad was seen but not clicked"),
    _metric("conversions_by_conversion_date", NUMBER, "`conversions`, on the day that they took place"),
    _metric("conversions_value_by_conversion_date", NUMBER, "Value of `conversions_by_conversion_date`", _LOCAL),
)
_ACTIONS = (
    _DATE,
    _CAMPAIGN_ID,
    _text("segments.conversion_action", "conversion_action", "The conversion action's resource name"),
    _text("segments.conversion_action_name", "conversion_action_name", "Its name as of the pull", nullable=True),
    _CONVERSIONS,
    _VALUE,
)
_COLUMNS = {"campaign_day": _CAMPAIGNS, "conversion_action_day": _ACTIONS}


def gaql(columns: tuple[_Told, ...], window: Window) -> str:
    """The query for a window. Removed campaigns are in, as nothing filters on status."""
    names = ", ".join(column.gaql for column in columns)
    return f"SELECT {names} FROM campaign WHERE segments.date BETWEEN '{window.start}' AND '{window.end}'"


def _pull(name: str, connector: GoogleAds, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    stream, told = connector.stream(name), _COLUMNS[name]
    part = kept(window, load)
    if part is None:
        return

    def draw(draft: Load) -> Iterator[pa.RecordBatch]:
        for rows in connector.api.search(account.id, gaql(told, part), draft):
            columns = {column.field.name: column.column(rows) for column in told}
            draft.note(time_zone=next(iter(columns.get("time_zone", ())), None))
            yield batch(stream, columns | {"account_id": [account.id] * len(rows)}, draft)

    yield from whole(stream, draw, load, connector.policy)


CAMPAIGN_DAY = Stream(
    name="campaign_day",
    description="One row per campaign and day with any delivery or conversion",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, *(column.field for column in _CAMPAIGNS)),
    key=("account_id", "date", "campaign_id"),
    day_field="date",
    pull=partial(_pull, "campaign_day"),
    look_back_days=30,
    slice_days=31,
    docs_url=_DOCS,
)
CONVERSION_ACTION_DAY = Stream(
    name="conversion_action_day",
    description="One row per campaign, day and conversion action: which conversions the campaigns brought",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, *(column.field for column in _ACTIONS)),
    key=("account_id", "date", "campaign_id", "conversion_action"),
    day_field="date",
    pull=partial(_pull, "conversion_action_day"),
    look_back_days=30,
    slice_days=31,
    docs_url=_DOCS,
)
