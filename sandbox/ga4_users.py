"""Unique users of a range of days, for very many ranges that start on the same day.

A pipeline asks for "users from the start of the week, month, quarter and year through day d", for every d: counting
each range by itself would read the same year of visits hundreds of times. Here one query per first day finds on
which day each visitor was first seen; the count for any last day is then a running sum.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from itertools import accumulate

from sandbox.company import World
from sandbox.ga4_facts import Window

USER_METRICS = ("totalUsers", "activeUsers", "newUsers")
HORIZONS_DAYS = (7, 31, 92, 366)
"""A curve is as long as the shortest of these that holds the range, or as the range itself."""
KEPT_CURVES = 512

Curve = dict[str, list[int]]
"""Per metric: the count from the first day through that day plus i."""
_Key = tuple[date, int, datetime]


class UserCurves:
    """Curves of one world, kept as long as nothing new is known. Thread-safe."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._curves: OrderedDict[_Key, Curve] = OrderedDict()
        self._lock = threading.Lock()

    def users(self, metric: str, first: date, last: date, known_at: datetime) -> int:
        """Users (a name of USER_METRICS) from first through last, as known at a moment (naive UTC)."""
        days = (last - first).days + 1
        horizon = next((length for length in HORIZONS_DAYS if length >= days), days)
        return self._curve((first, horizon, known_at))[metric][days - 1]

    def _curve(self, key: _Key) -> Curve:
        with self._lock:
            if key not in self._curves:
                self._curves[key] = _curve(self._world.query, *key)
                if len(self._curves) > KEPT_CURVES:
                    self._curves.popitem(last=False)
            self._curves.move_to_end(key)
            return self._curves[key]


def _curve(query: Callable[..., list[tuple]], first: date, length: int, known_at: datetime) -> Curve:
    window = Window(first, first + timedelta(days=length - 1), known_at)
    rows = query(
        f"""WITH known AS (SELECT visitor_id, date, engaged, new_user FROM visits
                           WHERE {window.holds("date", "known_at")}),
        visitors AS (SELECT min(date) AS seen_on, min(date) FILTER (engaged OR new_user) AS active_on
                     FROM known GROUP BY visitor_id)
        SELECT 'totalUsers', seen_on, count(*) FROM visitors GROUP BY ALL
        UNION ALL SELECT 'activeUsers', active_on, count(*) FROM visitors WHERE active_on IS NOT NULL GROUP BY ALL
        UNION ALL SELECT 'newUsers', date, count(*) FROM known WHERE new_user GROUP BY ALL""",
        [],
    )
    return {metric: _running_sum(rows, metric, first, length) for metric in USER_METRICS}


def _running_sum(rows: Iterable[tuple], metric: str, first: date, length: int) -> list[int]:
    by_day = {day: count for name, day, count in rows if name == metric}
    return list(accumulate(by_day.get(first + timedelta(days=number), 0) for number in range(length)))
