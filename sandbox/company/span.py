"""A span of days being simulated, and what every step needs to know about it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sandbox.company.calendar import Days
from sandbox.company.chance import Chance, Ints


@dataclass(frozen=True)
class Span:
    """The days at positions first..last (inclusive) of `days`, which begin with the world's first day."""

    chance: Chance
    days: Days
    first: int
    last: int
    scale: float

    @property
    def length(self) -> int:
        """Number of days."""
        return self.last - self.first + 1

    @property
    def numbers(self) -> Ints:
        """The day numbers."""
        return self.days.numbers[self.first : self.last + 1]

    @property
    def own_days(self) -> Days:
        """Only the days of the span."""
        return Days(*(getattr(self.days, field.name)[self.first : self.last + 1] for field in fields(Days)))

    def tally(self, position: Ints, group: Ints, groups: int, weights: Ints | None = None) -> Ints:
        """(days, groups): how many rows, or the sum of their weights, fall on each day and group."""
        cell = (position - self.first) * groups + group
        counts = np.bincount(cell, weights, self.length * groups)
        return counts.astype(np.int64).reshape(self.length, groups)
