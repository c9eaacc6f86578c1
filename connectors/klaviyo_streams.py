"""What is read from Klaviyo: results of campaigns, and of flows day by day, by the reports that its own pages show.

These count by the day of sending. Metric aggregates count by the day of the event: they would never agree with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, local_days, pick
from connectors.errors import BadDataError
from connectors.klaviyo_api import Facts
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, MONEY, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.klaviyo import Klaviyo

_COUNTS = {
    "recipients": "E-mails sent",
    "delivered": "E-mails that arrived",
    "bounced": "Refused, for now or for good",
    "opens_unique": "Recipients who opened, those of mail proxies (Apple Mail Privacy) included",
    "clicks_unique": "Recipients who clicked",
    "unsubscribe_uniques": "Recipients who unsubscribed by this message",
    "spam_complaints": "Complaints of spam",
    "conversions": "Conversions that Klaviyo attributes to the message: orders, unless set otherwise",
}
_STATISTICS = (
    *(Told(Field(name, COUNT, text, measure=True), name) for name, text in _COUNTS.items()),
    Told(
        Field("conversion_value", MONEY, "Value of these conversions", "in `currency`", measure=True),
        "conversion_value",
    ),
)
_CURRENCY = Field("currency", TEXT, "ISO 4217 code of the account's currency")
_LEFT = ("send_channel",)
"""Asked for, as Klaviyo groups by it unless told otherwise; it is always `email`."""
_CAMPAIGN = (
    Told(Field("campaign_id", TEXT, "Klaviyo's id of the campaign"), "campaign_id"),
    Told(Field("message_id", TEXT, "The campaign's message: one, unless it was tested"), "campaign_message_id"),
    Told(Field("campaign_name", TEXT, "The campaign's name", nullable=True), "campaign.name"),
    Told(Field("send_time", TIMESTAMP, "When sending began"), "campaign.send_time"),
    *_STATISTICS,
)
_FLOW = (
    Told(Field("flow_id", TEXT, "Klaviyo's id of the flow"), "flow_id"),
    Told(Field("message_id", TEXT, "A message of the flow"), "flow_message_id"),
    Told(Field("flow_name", TEXT, "The flow's name", nullable=True), "flow_name"),
    Told(Field("message_name", TEXT, "The message's name", nullable=True), "flow_message_name"),
    *_STATISTICS,
)


def _pull_campaigns(connector: Klaviyo, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, facts = connector.api(account), connector.facts(account)
    asked = _report(connector, account, window, ("campaign_id", "campaign_message_id", "send_channel"))
    for page in api.report("campaign-values", asked, load):
        results = [_part(result, "groupings") | _part(result, "statistics") for result in page["results"]]
        ids = pick(results, "campaign_id")
        sent = api.campaigns([one for one in dict.fromkeys(ids) if one], load)
        records = [one | {"campaign": sent.get(name)} for one, name in zip(results, ids, strict=True)]
        note_unknown(load, _CAMPAIGN, records, _LEFT)
        yield _campaigns(records, account, facts, window, load)


def _campaigns(records: list[Any], account: Account, facts: Facts, window: Window, load: Load) -> pa.RecordBatch:
    """Campaigns sent on a day of the window. One that was deleted has no day any more: it is put aside, and said."""
    times = pick(records, "campaign.send_time")
    for record, time in zip(records, times, strict=True):
        if not time:
            load.reject("the campaign has no send time: it was deleted, or is not sent yet", str(record)[:500])
    days = local_days(times, facts.time_zone).to_pylist()
    inside = [n for n, day in enumerate(days) if times[n] and (day is None or window.start <= day <= window.end)]
    # A time that cannot be read stands in for its day, so that the reason of the rejection shows it.
    dates = [days[n] or times[n] for n in inside]
    told = columns(_CAMPAIGN, [records[n] for n in inside])
    return batch(CAMPAIGN_REPORT, told | _of_account(account, facts, dates), load)


def _pull_flows(connector: Klaviyo, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, facts = connector.api(account), connector.facts(account)
    groups = ("flow_id", "flow_message_id", "flow_name", "flow_message_name", "send_channel")
    asked = _report(connector, account, window, groups) | {"interval": "daily"}
    for page in api.report("flow-series", asked, load):
        yield _flows(page, account, facts, window, load)


def _flows(page: Any, account: Account, facts: Facts, window: Window, load: Load) -> pa.RecordBatch:
    """A row for each message and day of the window; a time frame that ends at midnight may bring the day after it."""
    days = [_day(text, facts.time_zone) for text in page.get("date_times") or ()]
    inside = [n for n, day in enumerate(days) if window.start <= day <= window.end]
    records = [record for result in page["results"] for record in _by_day(result, len(days), inside)]
    note_unknown(load, _FLOW, records, _LEFT)
    dates = [days[n] for n in inside] * len(page["results"])
    return batch(FLOW_REPORT, columns(_FLOW, records) | _of_account(account, facts, dates), load)


def _by_day(result: Any, days: int, inside: list[int]) -> Iterator[dict[str, Any]]:
    """The result as a record of each day inside. Raises BadDataError where a series has not a figure for each day."""
    groupings, series = _part(result, "groupings"), _part(result, "statistics")
    if any(not isinstance(values, list) or len(values) != days for values in series.values()):
        raise BadDataError(f"a series of {days} days has another number of figures: {str(result)[:200]}")
    for n in inside:
        yield groupings | {name: values[n] for name, values in series.items()}


def _part(result: Any, name: str) -> dict[str, Any]:
    """The groupings or statistics of a result. Raises BadDataError where it has none."""
    [part] = pick([result], name)
    if not isinstance(part, dict):
        raise BadDataError(f"a result of the report has no {name}: {str(result)[:200]}")
    return part


def _day(text: str, zone: str) -> date:
    """The day of a series' time, told as midnight with whatever offset, as Klaviyo's examples do, or as an instant."""
    if "T00:00:00" in text:
        return date.fromisoformat(text[:10])
    day = local_days([text], zone).to_pylist()[0]
    if day is None:
        raise BadDataError(f"a series has a time that is none: {text!r}")
    return day


def _report(connector: Klaviyo, account: Account, window: Window, groups: tuple[str, ...]) -> dict[str, Any]:
    """Attributes of a report request. Its times are the account's: Klaviyo ignores the offset, which it yet demands."""
    frame = {"start": window.start, "end": window.end + timedelta(days=1)}
    return {
        "statistics": [told.field.name for told in _STATISTICS],
        "timeframe": {name: f"{day}T00:00:00+00:00" for name, day in frame.items()},
        "conversion_metric_id": connector.api(account).metric_id(connector.settings.conversion_metric),
        "group_by": list(groups),
        "filter": 'equals(send_channel,"email")',
    }


def _of_account(account: Account, facts: Facts, dates: list[Any]) -> dict[str, list[Any]]:
    return {"account_id": [account.id] * len(dates), "currency": [facts.currency] * len(dates), "date": dates}


CAMPAIGN_REPORT = Stream(
    name="campaign_report",
    description="One row per message of a sent campaign; its counters are as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of sending, in the account's time zone"),
        *(told.field for told in _CAMPAIGN),
        _CURRENCY,
    ),
    key=("account_id", "campaign_id", "message_id"),
    day_field="date",
    pull=_pull_campaigns,
    look_back_days=30,
    # A report may span a year, and Klaviyo grants 225 of them a day.
    slice_days=365,
    docs_url="https://developers.klaviyo.com/en/reference/query_campaign_values",
)
FLOW_REPORT = Stream(
    name="flow_report",
    description="One row per message of a flow and day of sending; its counters are as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of sending, in the account's time zone"),
        *(told.field for told in _FLOW),
        _CURRENCY,
    ),
    key=("account_id", "flow_id", "message_id", "date"),
    day_field="date",
    pull=_pull_flows,
    look_back_days=30,
    # Sixty at most: a day less, as whether the end of a time frame counts as a day is not documented.
    slice_days=59,
    docs_url="https://developers.klaviyo.com/en/reference/query_flow_series",
)
