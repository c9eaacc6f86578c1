"""Points in time as search terms write them: '2026-11-20T09:30:00Z', '2026-11-20', '2026', now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

SHOP_TIME_ZONE = "Europe/Amsterdam"
FORM = re.compile(
    r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ](\d{1,2}))?(?::?(\d{2}))?(?::?(\d{2}))?(?:\.\d+)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Instant:
    """The span [start, end) that a text means, naive UTC: a day for a date, a second for a full time."""

    start: datetime
    end: datetime


def read_instant(text: str, now: datetime) -> Instant | None:
    """None for what is not a time. Without an offset it is the shop's time; `now` is naive UTC."""
    if text.strip().lower() == "now":
        return Instant(now, now + timedelta(seconds=1))
    found = FORM.fullmatch(text.strip())
    if found is None:
        return None
    given = [int(part) if part else None for part in found.groups()[:6]]
    try:
        start, end = _span(given)
    except ValueError:
        return None
    zone = _zone(found.group(7))
    return Instant(_utc(start, zone), _utc(end, zone))


def _span(given: list[int | None]) -> tuple[datetime, datetime]:
    """Local start and end of the smallest unit given."""
    floor = (1, 1, 1, 0, 0, 0)
    filled = [low if value is None else value for value, low in zip(given, floor, strict=True)]
    start = datetime(*filled)  # type: ignore[arg-type]
    precision = sum(value is not None for value in given)
    if precision == 1:
        return start, start.replace(year=start.year + 1)
    if precision == 2:
        return start, (start + timedelta(days=31)).replace(day=1)
    unit = {3: timedelta(days=1), 4: timedelta(hours=1), 5: timedelta(minutes=1), 6: timedelta(seconds=1)}
    return start, start + unit[precision]


def _zone(offset: str | None) -> ZoneInfo | timedelta:
    if offset is None:
        return ZoneInfo(SHOP_TIME_ZONE)
    if offset.upper() == "Z":
        return timedelta()
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    return timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)


def _utc(local: datetime, zone: ZoneInfo | timedelta) -> datetime:
    if isinstance(zone, timedelta):
        return local - zone
    return local.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
