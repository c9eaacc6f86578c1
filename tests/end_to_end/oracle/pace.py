"""How far a sum in progress should be, and where it will end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import inf, sqrt

import numpy as np

from tests.end_to_end.oracle.known import VISITORS, Known
from tests.end_to_end.oracle.noise import Interval, Z
from tests.end_to_end.oracle.periods import A_YEAR, Period
from tests.end_to_end.oracle.truth import Days

RECENT_DAYS, FEWEST_DAYS, FEWEST_OF_A_WEEKDAY = 56, 14, 3
PERIODS = 8
"""So many earlier periods tell the share of a unique count."""


@dataclass(frozen=True)
class Pace:
    """The share of the whole that the days so far usually bring; the forecast of the end, and its interval."""

    share: float
    forecast: float
    interval: Interval | None


@dataclass(frozen=True)
class Recent:
    """The last eight weeks of a measure: each weekday's mean, and the variance of its days around it (Monday first)."""

    means: Days
    variances: Days

    @classmethod
    def of(cls, known: Known, measure: str, night: date) -> Recent | None:
        first = night - timedelta(days=RECENT_DAYS - 1)
        whole = np.array([not state for state in known.states(measure, first, night)])
        if whole.sum() < FEWEST_DAYS:
            return None
        values = known.days(measure, first, night)[whole]
        weekday = ((first.weekday() + np.arange(RECENT_DAYS)) % 7)[whole]
        means = np.array([values[weekday == n].mean() for n in range(7)])
        deviations = values - means[weekday]
        return cls(means, np.array([_variance(deviations, weekday == n) for n in range(7)]))


def _variance(deviations: Days, of_weekday: Days) -> float:
    own = deviations[of_weekday]
    return float(np.var(own if len(own) >= FEWEST_OF_A_WEEKDAY else deviations, ddof=1))


def pace(
    known: Known, measure: str, period: Period, night: date, *, is_count: bool, with_last_year: bool = True
) -> Pace | None:
    """Of a period in progress; None where there is no profile. `with_last_year`: false leaves that year's shape out."""
    value = known.total(measure, period, night)
    if measure == VISITORS:
        return _unique(known, period, night, value)
    recent = Recent.of(known, measure, night)
    if recent is None:
        return None
    weekdays = (period.start.weekday() + np.arange(period.days)) % 7
    weights = recent.means[weekdays]
    elapsed = np.arange(period.days) <= (night - period.start).days
    last_year = _last_year(known, measure, period) if with_last_year else None
    if last_year is not None and weights.sum() > 0:
        weights = (weights / weights.sum() + last_year) / 2
    share = float(weights[elapsed].sum() / weights.sum()) if weights.sum() else 0.0
    if share <= 0:
        return None
    variances = recent.variances[weekdays]
    half = Z * sqrt(variances[~elapsed].sum() + ((1 - share) / share) ** 2 * variances[elapsed].sum())
    low, high = value / share - half, value / share + half
    return Pace(share, value / share, (max(low, value), max(high, value)) if is_count else (low, high))


def _last_year(known: Known, measure: str, period: Period) -> Days | None:
    """The shape of the same days a year before, if all of them are whole and not all are zero."""
    first, last = period.start - A_YEAR, period.end - A_YEAR
    if any(known.states(measure, first, last)):
        return None
    values = known.days(measure, first, last)
    return values / values.sum() if values.any() else None


def _unique(known: Known, period: Period, night: date, value: float) -> Pace | None:
    """A unique count grows ever more slowly: what did as many days bring of the whole, in earlier periods?"""
    shares, earlier = [], Period.of(period.grain, known.first)
    while earlier < period:
        then = min(earlier.start + (night - period.start), earlier.end)
        whole = known.total(VISITORS, earlier, earlier.end)
        # Visitors are counted from the start of a period, also of one that began before the lake's days.
        if (
            whole
            and then >= known.first
            and not any(known.states(VISITORS, day, day)[0] for day in (then, earlier.end))
        ):
            shares.append(known.total(VISITORS, earlier, then) / whole)
        earlier = earlier.after
    shares = shares[-PERIODS:]
    if not shares or np.mean(shares) <= 0:
        return None
    share = float(np.mean(shares))
    return Pace(share, value / share, _spread(shares, value))


def _spread(shares: list[float], value: float) -> Interval | None:
    n = len(shares)
    if n < 3:
        return None
    half = Z * float(np.std(shares, ddof=1)) * sqrt(1 + 1 / n)
    mean = float(np.mean(shares))
    high = value / (mean - half) if mean > half else inf
    return max(value / (mean + half), value), max(high, value)
