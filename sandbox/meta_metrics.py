"""Organic insights: which metrics are asked for, of which days, and how Meta writes the days down.

A day is one of Pacific time, whatever time zone the page is in, and is named by its end: 07:00 or 08:00 UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.meta_errors import MetaError, bad_param
from sandbox.meta_params import texts

PACIFIC = ZoneInfo("America/Los_Angeles")
NO_METRIC = (
    "(#3001) No metric was specified to be fetched. Please specify one or more metrics to be fetched and try again."
)

Params = Mapping[str, str]


def metrics(params: Params, live: Collection[str], refused: Callable[[int, str], str]) -> list[str]:
    """The metrics of a call. Raises MetaError, in the words of `refused(number, name)`, at the first unknown one."""
    asked = texts(params, "metric")
    if not asked:
        raise MetaError(3001, NO_METRIC, subcode=1504028)
    for number, name in enumerate(asked):
        if name not in live:
            raise bad_param(refused(number, name))
    return list(dict.fromkeys(asked))


def moment(params: Params, name: str, default: datetime) -> datetime:
    """A `since` or `until` as an aware moment: epoch seconds, or a date, which begins at midnight Pacific time."""
    text = params.get(name, "")
    if not text:
        return default
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    try:
        return datetime.combine(date.fromisoformat(text), time(), PACIFIC)
    except ValueError as error:
        raise bad_param(f"{name} param is not a valid UNIX time or date") from error


def days(params: Params, now: datetime, most: int) -> list[date]:
    """The Pacific days that end after `since`, and not after `until`; yesterday unless asked otherwise."""
    since, until = moment(params, "since", now - timedelta(days=2)), moment(params, "until", now)
    if until < since:
        raise bad_param("since param should be less than until")
    if until - since > timedelta(days=most):
        raise bad_param(f"There cannot be more than {most} days ({most * 86_400} s) between since and until")
    first = since.astimezone(PACIFIC).date()
    found = [first + timedelta(days=n) for n in range(most + 1)]
    return [day for day in found if since < ends_at(day) <= until]


def ends_at(day: date) -> datetime:
    """The end of a Pacific day."""
    return datetime.combine(day + timedelta(days=1), time(), PACIFIC)


def end_time(day: date) -> str:
    """The end of a Pacific day as Meta writes it, in UTC."""
    return ends_at(day).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def metric(node: str, name: str, period: str, **told: Any) -> dict[str, Any]:
    """One element of `data`."""
    title = name.replace("_", " ").capitalize()
    return {
        "name": name,
        "period": period,
        "title": title,
        "description": title,
        "id": f"{node}/insights/{name}/{period}",
    } | told


def shifted(data: list[dict[str, Any]], url: str) -> dict[str, Any]:
    """An insights answer. Its `next` and `previous` are the times after and before, and so have no end."""
    return {"data": data, "paging": {"previous": f"{url}?since=1&until=2", "next": f"{url}?since=3&until=4"}}
