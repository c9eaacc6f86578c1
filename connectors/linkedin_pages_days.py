"""Days of a LinkedIn page: what its posts did, who followed, and views of the page, from a statistic each.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/page-statistics
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from connectors.ads_history import kept
from connectors.errors import BadDataError
from connectors.linkedin_api import Record
from connectors.linkedin_pages_api import PagesApi
from connectors.linkedin_pages_posts import SHARE_STATISTICS
from connectors.load import Load
from connectors.stream import Window

_HISTORY_MONTHS = 12
_FOLLOWERS_LATE = timedelta(days=2)
"""LinkedIn counts followers late, and does not take a range that ends later than this before now."""
_FOLLOWERS = "/organizationalEntityFollowerStatistics"
_VIEWS = "/organizationPageStatistics"


def by_day(api: PagesApi, page: str, window: Window, load: Load) -> dict[date, Record]:
    """What is told of each day of the window, all statistics in one record; days that nothing is told of are absent."""
    part = kept(window, load, _HISTORY_MONTHS)
    if part is None:
        return {}
    entity = {"q": "organizationalEntity", "organizationalEntity": page}
    told = api.elements(SHARE_STATISTICS, load, entity | _intervals(part))
    told += api.elements(_VIEWS, load, {"q": "organization", "organization": page} | _intervals(part))
    newest = datetime.now(UTC).date() - _FOLLOWERS_LATE - timedelta(days=1)
    if part.start <= newest:
        counted = Window(part.start, min(part.end, newest))
        told += api.elements(_FOLLOWERS, load, entity | _intervals(counted))
    return _merged(told, part)


def _intervals(window: Window) -> dict[str, Any]:
    start, after = (int(at.timestamp() * 1000) for at in window.instants(UTC))
    return {"timeIntervals": {"timeRange": {"start": start, "end": after}, "timeGranularityType": "DAY"}}


def _merged(elements: list[Record], window: Window) -> dict[date, Record]:
    found: dict[date, Record] = {}
    for element in elements:
        day = _day(element)
        if window.start <= day <= window.end:
            found[day] = found.get(day, {}) | element
    return dict(sorted(found.items()))


def _day(element: Record) -> date:
    """The day of UTC of an element. One of no day, or of several, is not what was asked for: BadDataError."""
    try:
        start, end = (datetime.fromtimestamp(element["timeRange"][edge] / 1000, UTC) for edge in ("start", "end"))
    except (KeyError, TypeError, ValueError, OverflowError):
        raise BadDataError(f"a statistic tells no timeRange: {str(element)[:200]}") from None
    if end - start != timedelta(days=1):
        raise BadDataError(f"a statistic is of {end - start}, and not of a day")
    return start.date()
