"""How far back an advertising platform answers by day, and windows that reach further."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta

from connectors.load import Load
from connectors.stream import Window

MONTHS = 37
"""Google Ads (day grain, since June 2026) and Meta Ads keep as many months."""


def first_day(today: date, months: int = MONTHS) -> date:
    """The first day that is surely kept: `months` back and a day, as an account's today may be a day ahead of ours.

    >>> first_day(date(2026, 11, 22))
    datetime.date(2023, 10, 23)
    >>> first_day(date(2026, 3, 31), 1)
    datetime.date(2026, 3, 1)
    """
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(today.day, last)) + timedelta(days=1)


def kept(window: Window, load: Load, months: int = MONTHS) -> Window | None:
    """The part of the window that the platform keeps, None when it keeps nothing of it.

    What was cut off is noted as `since`: days before it are unknown, not empty.
    """
    since = first_day(datetime.now(UTC).date(), months)
    if window.start >= since:
        return window
    load.note(since=since)
    return Window(since, window.end) if since <= window.end else None
