"""Which days Google has finished, and which it still keeps: days are those of Pacific time, and come two or three late.

A day is finished when the final data has it or a later one: days without data are left out. Of the days after those,
one is finished when it is three days old, and the data that Google still works on has nothing of it either.
Source: https://developers.google.com/webmaster-tools/v1/searchanalytics/query (dataState, metadata)
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from connectors.errors import BadDataError
from connectors.load import Load
from connectors.search_console_api import Question, Row, SearchConsoleApi, rows_of
from connectors.stream import Window

ZONE = "America/Los_Angeles"
_KEPT_DAYS = 485
"""Google keeps 16 months: these, where they are shortest."""
_NEWEST_DAYS = 10
"""How many days before the end of a window may not be finished."""
_LATE_DAYS = 3


def within_reach(api: SearchConsoleApi, site: str, window: Window, load: Load) -> Window | None:
    """The days of a window that can be told; notes why the others cannot. None where there are none."""
    load.note(time_zone=ZONE)
    oldest, newest = _today() - timedelta(days=_KEPT_DAYS), reached(api, site, load, window.end)
    if window.start < oldest:
        load.note(since=oldest, since_reason=f"Google keeps 16 months: nothing before {oldest}")
    if window.end > newest:
        load.note(through=newest, through_reason=f"Google has finished the days through {newest}")
    start, end = max(window.start, oldest), min(window.end, newest)
    return Window(start, end) if start <= end else None


def reached(api: SearchConsoleApi, site: str, load: Load, until: date | None = None) -> date:
    """The last finished day, at most `until` (yesterday by default), and not much more than ten days before that."""
    last = until or _today() - timedelta(days=1)
    newest = Window(last - timedelta(days=_NEWEST_DAYS - 1), last)
    final = _days([row for rows in api.pages(site, Question(newest), load) for row in rows])
    certain = max(final, default=newest.start - timedelta(days=1))
    pending = {day for day in _begun(api, site, newest, load) if day > certain}
    old_enough = _today() - timedelta(days=_LATE_DAYS)
    empty_until = min(old_enough, min(pending, default=date.max) - timedelta(days=1))
    return min(last, max(certain, empty_until))


def _begun(api: SearchConsoleApi, site: str, newest: Window, load: Load) -> set[date]:
    """Days that Google has something of, finished or not, and the first day that it calls incomplete."""
    question = Question(newest, state="all")
    answer = api.query(site, question, load)
    told: dict[str, Any] = answer.get("metadata") or {}
    named = told.get("first_incomplete_date") or told.get("firstIncompleteDate")
    return _days(rows_of(answer, question)) | ({_day(named)} if named else set())


def _days(rows: list[Row]) -> set[date]:
    return {_day(row["keys"][0]) for row in rows}


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadDataError(f"{text!r} is no day") from None


def _today() -> date:
    return datetime.now(ZoneInfo(ZONE)).date()
