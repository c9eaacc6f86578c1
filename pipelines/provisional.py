"""Whether a day was pulled too early to be final: before it was over, or while the platform still works on it."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def is_provisional(day: date, asked_at: datetime, zone: tzinfo, newest_days: int = 0) -> bool:
    """Whether `day` had not ended in the account's `zone` at `asked_at`, or was one of its `newest_days` that had.

    >>> from datetime import UTC
    >>> night = datetime(2026, 11, 16, 4, 10, tzinfo=UTC)
    >>> is_provisional(date(2026, 11, 15), night, ZoneInfo("Europe/Amsterdam"))
    False
    >>> is_provisional(date(2026, 11, 15), night, ZoneInfo("America/Los_Angeles"))
    True
    >>> is_provisional(date(2026, 11, 15), night, ZoneInfo("Europe/Amsterdam"), newest_days=1)
    True
    """
    return day >= asked_at.astimezone(zone).date() - timedelta(days=newest_days)


def zone_named(name: str | None, otherwise: tzinfo) -> tzinfo:
    """The time zone that a platform told of an account; `otherwise` where it told none that is known here."""
    try:
        return ZoneInfo(name) if name else otherwise
    except (ZoneInfoNotFoundError, ValueError):
        return otherwise
