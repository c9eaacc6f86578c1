"""Posts of a window: how they are asked for, and which of those that come are in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, tzinfo
from typing import Any

from connectors.columns import local_days, pick
from connectors.graph_api import Answer
from connectors.stream import Window

PAGE_ROWS = 100
"""The most posts that Meta gives at once."""


def placed_between(window: Window, tz: tzinfo) -> dict[str, str]:
    """`since` and `until` of a list of posts, in epoch seconds: a second more on both sides than the window has.

    Whether the bounds themselves are in is not documented.
    """
    start, after = window.instants(tz)
    return {"since": str(int(start.timestamp()) - 1), "until": str(int(after.timestamp()) + 1)}


def inside(posts: Sequence[Answer], time_field: str, window: Window, zone: str) -> tuple[list[Answer], dict[str, Any]]:
    """The posts that were placed on a day of the window, and the day of each by its id.

    A time that cannot be read stands in for its day, so that the row is put aside and the reason shows it.
    """
    times = pick(posts, time_field)
    days = [day or time for day, time in zip(local_days(times, zone).to_pylist(), times, strict=True)]
    kept = [
        (post, day)
        for post, day in zip(posts, days, strict=True)
        if not isinstance(day, date) or window.start <= day <= window.end
    ]
    return [post for post, _ in kept], {str(post.get("id")): day for post, day in kept}
