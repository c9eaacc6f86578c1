"""What the lake can know: a pull brings the days of its window as they are that night; the rest stays as it was."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date, timedelta

import numpy as np

from sandbox.company import World
from tests.end_to_end.oracle import truth
from tests.end_to_end.oracle.periods import GRAINS, Period
from tests.end_to_end.oracle.truth import Days

LOOK_BACK_DAYS = {"ga4": 30, "google_ads": 30, "meta_ads": 28, "mailchimp": 30, "shopify": 1}
"""Days that every night pulls anew (docs/connect). A shop tells what changed since, however old the order is."""
ADS = ("google_ads", "meta_ads")
SOURCES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("sessions", "web_purchases", "visitors"), ("ga4",)),
    **dict.fromkeys(("ad_spend", "ad_clicks", "ad_impressions", "ad_conversions", "ad_conversion_value"), ADS),
    **dict.fromkeys(("email_delivered", "email_unique_opens"), ("mailchimp",)),
    **dict.fromkeys(("orders", "order_revenue", "order_revenue_squared", "new_customers"), ("shopify",)),
    **dict.fromkeys(("units_sold", "units_returned", "net_revenue"), ("shopify",)),
}
"""The platforms that a measure is the sum of."""
IN, MISSING, QUOTA, NOT_CONNECTED = "", "missing", "quota", "not_connected"
VISITORS = "visitors"


class Known:
    """The days from `first` on, as the lake has them after each `night`."""

    def __init__(self, first: date, last: date, history_days: int) -> None:
        self.first, self._history_days = first, history_days
        self._length = (last - first).days + 1
        self._days: dict[tuple[str, str], Days] = {}
        self._visitors = {grain: np.full(self._length, np.nan) for grain in GRAINS}
        self._state = {name: np.full(self._length, NOT_CONNECTED, object) for name in LOOK_BACK_DAYS}
        self._reached: dict[str, date] = {}

    def night(self, world: World, day: date, connected: Set[str], failed: Mapping[str, str]) -> None:
        """Pull a day. `failed`: `missing` or `quota`, by platform."""
        for platform in connected:
            state = self._state[platform]
            state[state == NOT_CONNECTED] = MISSING
            start = self._start(platform, day)
            if platform in failed:
                days = slice(self._at(start), self._at(day) + 1)
                state[days] = np.where(state[days] == IN, IN, failed[platform])
            else:
                self._pull(world, platform, start, day)
                self._reached[platform] = day

    def _start(self, platform: str, day: date) -> date:
        """All history at first; then what the first night since the last pull would have pulled, run or not."""
        if platform not in self._reached:
            start = day - timedelta(days=self._history_days - 1)
        else:
            start = self._reached[platform] - timedelta(days=LOOK_BACK_DAYS[platform] - 2)
        return max(start, self.first)

    def _pull(self, world: World, platform: str, start: date, day: date) -> None:
        window = slice(self._at(start), self._at(day) + 1)
        self._state[platform][window] = IN
        changed = slice(0, window.stop) if platform == "shopify" else window
        for measure, values in truth.measures(world, platform, self.first, day).items():
            self._days.setdefault((platform, measure), np.zeros(self._length))[changed] = values[changed]
        if platform == "ga4":
            for grain in GRAINS:
                self._visitors[grain][window] = _to_date(world, grain, start, day)

    def days(self, measure: str, first: date, last: date) -> Days:
        """A value for each day; days from before all history are zeros."""
        found = sum(self._days.get((platform, measure), np.zeros(self._length)) for platform in SOURCES[measure])
        return np.array([found[n] if n >= 0 else 0.0 for n in range(self._at(first), self._at(last) + 1)])

    def states(self, measure: str, first: date, last: date) -> list[set[str]]:
        """For each day what is the matter with it at any of its platforms: an empty set is a whole day."""
        days = range(self._at(first), self._at(last) + 1)
        return [{self._state[name][n] if n >= 0 else MISSING for name in SOURCES[measure]} - {IN} for n in days]

    def total(self, measure: str, period: Period, through: date) -> float:
        """The measure of a period so far: the sum of its days; visitors as they are counted over the whole of it.

        Visitors are not a number (NaN) through a day that is not in: what is not known is not zero.
        """
        if measure == VISITORS:
            return float(self._visitors[period.grain][self._at(through)]) if through >= self.first else np.nan
        return float(self.days(measure, period.start, through).sum())

    def _at(self, day: date) -> int:
        return (day - self.first).days


def _to_date(world: World, grain: str, first: date, last: date) -> Days:
    """Unique visitors from the start of each day's period through the day."""
    begin = Period.of(grain, first).start
    new = truth.new_visitors(world, grain, begin, last)
    days = [begin + timedelta(days=n) for n in range(len(new))]
    found, sofar = np.zeros(len(new)), 0.0
    for n, day in enumerate(days):
        sofar = new[n] + (0.0 if Period.of(grain, day).start == day else sofar)
        found[n] = sofar
    return found[(first - begin).days :]
