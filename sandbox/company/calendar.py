"""Days: their length in Amsterdam, and how busy and how willing to buy they are.

A day is an int: days since 1970-01-01. Moments are int64 microseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sandbox.company.chance import Bools, Chance, Floats, Ints

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = date(1970, 1, 1)

WEEKDAY_TRAFFIC = (1.06, 1.03, 1.00, 0.99, 0.92, 0.91, 1.09)
MONTH_TRAFFIC = (1.05, 0.88, 0.95, 1.00, 1.02, 0.96, 0.90, 0.92, 1.04, 1.06, 1.20, 1.12)
GROWTH_PER_YEAR = 0.18
GROWTH_FROM = date(2023, 1, 1)
TROUBLE = (date(2026, 7, 1), date(2026, 9, 30))
"""The quarter in which traffic rises and conversion falls: cheap social clicks that do not buy."""


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def day_date(number: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(number))


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970 of an aware datetime."""
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def midnight(number: int, zone: ZoneInfo = AMSTERDAM) -> int:
    """The moment at which the local day begins."""
    day = day_date(number)
    return microseconds(datetime(day.year, day.month, day.day, tzinfo=zone))


def black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    first = date(year, 11, 1)
    return first + timedelta(days=(3 - first.weekday()) % 7 + 22)


def easter(year: int) -> date:
    """Easter Sunday (Gauss's rule in its anonymous Gregorian form)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@dataclass(frozen=True)
class Days:
    """Consecutive days and their properties, one array element a day."""

    numbers: Ints
    starts: Ints
    lengths: Ints
    weekdays: Ints
    traffic: Floats
    conversion: Floats
    discount: Floats
    trouble: Bools

    def at(self, positions: Ints, fractions: Floats) -> Ints:
        """The moment at a fraction [0, 1) of each day given by its position; right on days of 23 and 25 hours."""
        return self.starts[positions] + (fractions * self.lengths[positions]).astype(np.int64)


def days(chance: Chance, first: int, last: int) -> Days:
    """The days first..last, inclusive."""
    numbers = np.arange(first, last + 1, dtype=np.int64)
    dates = [day_date(n) for n in range(first, last + 1)]
    edges = np.array([midnight(n) for n in range(first, last + 2)], np.int64)
    trouble = np.array([TROUBLE[0] <= day <= TROUBLE[1] for day in dates])
    events = np.array([_event(day) for day in dates]).reshape(-1, 3)
    noise = np.exp(0.04 * chance.normal("day", numbers))
    shape = np.array([_expected_traffic(day) for day in dates])
    return Days(
        numbers=numbers,
        starts=edges[:-1],
        lengths=np.diff(edges),
        weekdays=np.array([day.weekday() for day in dates], np.int64),
        traffic=shape * events[:, 0] * noise * np.where(trouble, 1.12, 1.0),
        conversion=events[:, 1] * np.where(trouble, 0.86, 1.0),
        discount=events[:, 2],
        trouble=trouble,
    )


def _expected_traffic(day: date) -> float:
    years = (day - GROWTH_FROM).days / 365.25
    month = MONTH_TRAFFIC[day.month - 1]
    return float(WEEKDAY_TRAFFIC[day.weekday()] * month * np.exp(GROWTH_PER_YEAR * years))


def _event(day: date) -> tuple[float, float, float]:
    """(traffic factor, conversion factor, share of the price taken off) of special days."""
    from_black_friday = (day - black_friday(day.year)).days
    if -4 <= from_black_friday <= 3:
        peak = {0: 2.6, 1: 1.8, 2: 1.7, 3: 2.1}.get(from_black_friday, 1.35)
        return peak, 1.5 if from_black_friday in (0, 3) else 1.35, 0.25
    if (day.month, day.day) in {(12, 25), (12, 26), (1, 1)} or day == easter(day.year):
        return 0.62, 0.75, 0.0
    if (day.month, day.day) == (4, 27):
        return 0.75, 0.85, 0.0
    if (11, 20) <= (day.month, day.day) <= (12, 4):
        return 1.15, 1.10, 0.0
    if day.month in (1, 7) and day.day <= 21:
        return 1.06, 1.08, 0.15
    return 1.0, 1.0, 0.0
