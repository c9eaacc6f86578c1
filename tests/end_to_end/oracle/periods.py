"""Weeks, months, quarters, half-years and years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""The length of each grain but the week."""
GRAINS = ("week", *MONTHS)
A_YEAR = timedelta(days=364)
"""52 weeks, so that Mondays meet Mondays."""


@dataclass(frozen=True, order=True)
class Period:
    """A period by its grain and its first day."""

    grain: str
    start: date

    @classmethod
    def of(cls, grain: str, day: date) -> Period:
        """The period that a day is in."""
        if grain == "week":
            return cls(grain, day - timedelta(days=day.weekday()))
        months = MONTHS[grain]
        return cls(grain, date(day.year, (day.month - 1) // months * months + 1, 1))

    @property
    def end(self) -> date:
        """Its last day."""
        return self.after.start - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.after.start - self.start).days

    @property
    def after(self) -> Period:
        longest = 7 if self.grain == "week" else 31 * MONTHS[self.grain]
        return Period.of(self.grain, self.start + timedelta(days=longest))

    @property
    def before(self) -> Period:
        return Period.of(self.grain, self.start - timedelta(days=1))

    @property
    def year_before(self) -> Period:
        if self.grain == "week":
            return Period(self.grain, self.start - A_YEAR)
        return Period(self.grain, self.start.replace(year=self.start.year - 1))

    def through(self, night: date) -> date:
        """The last day of the period so far."""
        return min(self.end, night)


def begun(grain: str, first: date, last: date) -> Iterator[Period]:
    """The periods that began in first..last."""
    period = Period.of(grain, first)
    if period.start < first:
        period = period.after
    while period.start <= last:
        yield period
        period = period.after
