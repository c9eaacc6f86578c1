"""The 95 % interval of a figure, by the kind of noise that is in it."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
"""1.96"""
Interval = tuple[float, float]


def wilson(successes: float, trials: float) -> Interval | None:
    """Of a proportion; none where it is none: the successes are more than the trials."""
    if not trials or successes > trials:
        return None
    share, weight = successes / trials, Z**2 / trials
    middle = (share + weight / 2) / (1 + weight)
    half = Z / (1 + weight) * sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return middle - half, middle + half


def mean(total: float, squares: float, observations: float) -> Interval | None:
    """Of a mean, from the sum of the squares of what was observed."""
    if observations < 2:
        return None
    middle = total / observations
    variance = max(0.0, squares - observations * middle**2) / (observations - 1)
    half = Z * sqrt(variance / observations)
    return middle - half, middle + half


def count(events: float) -> Interval:
    """Of the number of events that were to be expected where so many were counted."""
    half = Z * sqrt(events + Z**2 / 4)
    return events + Z**2 / 2 - half, events + Z**2 / 2 + half


def by_count(value: float, events: float, above_the_line: bool) -> Interval | None:
    """Of a figure in which counted events are above or below the line: as it would be with either end of them."""
    if not events:
        return None
    low, high = (end / events for end in count(events))
    return (value * low, value * high) if above_the_line else (value / high, value / low)
