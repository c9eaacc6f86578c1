"""HubSpot's streams: records of the CRM by their last change, and marketing e-mails by the day of sending."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, local_days, pick
from connectors.errors import BadDataError
from connectors.hubspot_api import Facts, HubspotApi
from connectors.hubspot_records import (
    CONTACTS,
    DEALS,
    EMAIL_DAY,
    EMAILS,
    FEEDBACK_SUBMISSIONS,
    SCALES,
    UPDATED,
    Records,
    of,
)
from connectors.load import Load
from connectors.records import Record, columns, note_unknown
from connectors.secret import pseudonym
from connectors.stream import ACCOUNT_ID, TEXT, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account, Company
    from connectors.hubspot import Hubspot

_KNOWN = ("properties", "createdAt", "updatedAt", "archivedAt", "url", "objectWriteTraceId", "propertiesWithHistory")
_ANY = (-inf, inf)
_SCHEDULED = timedelta(days=31)
"""How long before its sending an e-mail may be published. Which of the two `publishedAfter` means is not documented, so
more is asked for than was sent in the window."""


def _pull(
    records: Records, connector: Hubspot, account: Account, window: Window, load: Load
) -> Iterator[pa.RecordBatch]:
    api, stream = connector.api(account), connector.stream(records.kind)
    since, _ = window.instants(api.facts.tz)
    for found in _changed(api, records, since, load):
        note_unknown(load, records.told, found, _KNOWN)
        kept = list(_on_scale(found, load))
        made = _columns(records, kept, api.facts, connector.company)
        yield batch(stream, _without_blanks(stream, made | {"account_id": [account.id] * len(kept)}), load)


def _changed(api: HubspotApi, records: Records, since: datetime, load: Load) -> Iterator[list[Record]]:
    """What changed since, and what was deleted since: a search does not tell the latter."""
    yield from api.changed(records.kind, records.modified, since, properties=records.properties, load=load)
    for found in api.archived(records.kind, records.properties, load):
        yield [record for record in found if _archived_at(record) >= since]


def _archived_at(record: Record) -> datetime:
    try:
        return datetime.fromisoformat(record["archivedAt"])
    except (KeyError, TypeError, ValueError):
        raise BadDataError("a deleted record does not tell when it was deleted") from None


def _on_scale(found: list[Record], load: Load) -> Iterator[Record]:
    """All but answers outside the scale of their survey: what a 5 means where 2 is the most, nobody can say."""
    for record in found:
        properties = record.get("properties") or {}
        kind, value = str(properties.get("hs_survey_type")), _number(properties.get("hs_value"))
        lowest, highest = SCALES.get(kind, _ANY)
        if value is None or lowest <= value <= highest:
            yield record
        else:
            load.reject(
                f"an answer of {value:g} to a {kind} survey: it goes from {lowest} to {highest}", str(record)[:500]
            )


def _number(text: str | None) -> float | None:
    """None for what is none, which is put aside where its column is made."""
    try:
        return float(text or "")
    except ValueError:
        return None


def _columns(records: Records, found: list[Record], facts: Facts, company: Company) -> dict[str, Any]:
    made: dict[str, Any] = columns(records.told, found)
    made |= {field.name: _first(found, names) for field, names in records.either}
    made |= {field.name: local_days(made[time], facts.time_zone) for field, time in records.days}
    for field, name in records.hashed:
        key = company.reveal_hash_key()
        made[field.name] = [pseudonym(value, key) for value in pick(found, f"properties.{name}")]
    changed = pick(found, f"properties.{records.modified}")
    made["updated_at"] = [gone or last for gone, last in zip(pick(found, "archivedAt"), changed, strict=True)]
    if "currency" in made:  # an account with one currency leaves it out
        made["currency"] = [code or facts.currency for code in made["currency"]]
    return made


def _first(found: list[Record], names: tuple[str, ...]) -> list[Any]:
    """Of each record the first of some properties that it has."""
    told = [pick(found, f"properties.{name}") for name in names]
    return [next((value for value in values if value), None) for values in zip(*told, strict=True)]


def _without_blanks(stream: Stream, made: dict[str, Any]) -> dict[str, Any]:
    """A property that was emptied is told as an empty text: NULL, where there may be none."""
    may = {field.name for field in stream.fields if field.nullable and field.type == TEXT}
    return {name: [cell or None for cell in cells] if name in may else cells for name, cells in made.items()}


def _pull_emails(connector: Hubspot, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api = connector.api(account)
    start, after = window.instants(api.facts.tz)
    for found in api.emails(start - _SCHEDULED, after, load):
        yield _emails(found, account, window, api.facts, load)


def _emails(found: list[Record], account: Account, window: Window, facts: Facts, load: Load) -> pa.RecordBatch:
    """E-mails sent on a day of the window. A time that cannot be read stands in for its day, so that it is seen."""
    times = [email.get("publishDate") or email.get("publishedAt") for email in found]
    days = local_days(times, facts.time_zone).to_pylist()
    inside = [n for n, day in enumerate(days) if day is None or window.start <= day <= window.end]
    kept = [found[n] for n in inside]
    made: dict[str, Any] = columns(EMAILS, kept)
    made |= {"account_id": [account.id] * len(kept), "date": [days[n] or times[n] for n in inside]}
    return batch(MARKETING_EMAILS, made, load)


def _entity(records: Records, description: str) -> Stream:
    return Stream(
        name=records.kind,
        description=description,
        kind=Kind.ENTITY,
        fields=(ACCOUNT_ID, UPDATED, *records.fields),
        key=("account_id", records.told[0].field.name),
        day_field="updated_at",
        pull=partial(_pull, records),
        docs_url="https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm",
    )


MARKETING_EMAILS = Stream(
    name="marketing_emails",
    description="One row per published e-mail; its counters are cumulative as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, EMAIL_DAY, *of(EMAILS)),
    key=("account_id", "email_id"),
    day_field="date",
    pull=_pull_emails,
    look_back_days=30,
    slice_days=92,
    docs_url="https://developers.hubspot.com/docs/api-reference/latest/marketing/marketing-emails/guide",
)
STREAMS = (
    _entity(CONTACTS, "Contacts, without names and addresses, as they are now"),
    _entity(DEALS, "Deals, as they are now"),
    MARKETING_EMAILS,
    _entity(FEEDBACK_SUBMISSIONS, "Answers to surveys, without what was written"),
)
