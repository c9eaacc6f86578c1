"""Periods in words, as ISO 8601 writes them: 2026-11-15, 2026-W47, 2026-11, 2026-Q3, 2026-H1, 2026."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""How many months a period of a grain lasts; days and weeks are no part of a month."""
_FORMS = {
    "day": re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"),
    "week": re.compile(r"(?P<year>\d{4})-W(?P<number>\d{2})"),
    "month": re.compile(r"(?P<year>\d{4})-(?P<number>\d{2})"),
    "quarter": re.compile(r"(?P<year>\d{4})-Q(?P<number>\d)"),
    "half_year": re.compile(r"(?P<year>\d{4})-H(?P<number>\d)"),
    "year": re.compile(r"(?P<year>\d{4})"),
}


@dataclass(frozen=True)
class Period:
    """The days from `start` through `end`, both included, that are one day, week, month, … of the calendar."""

    grain: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    def __str__(self) -> str:
        return name(self.grain, self.start)


def parse(text: str) -> Period:
    """The period that the words name. Raises ValueError with the forms that there are."""
    for grain, form in _FORMS.items():
        if match := form.fullmatch(text.strip().upper()):
            try:
                return of(grain, _start(grain, {part: int(value) for part, value in match.groupdict().items()}))
            except ValueError:
                break
    raise ValueError(f"{text!r} is no period: write 2026-11-15, 2026-W47, 2026-11, 2026-Q3, 2026-H1 or 2026")


def of(grain: str, start: date) -> Period:
    """The period of a grain that begins on a day; the day has to be the first of one."""
    if grain == "day":
        return Period(grain, start, start)
    if grain == "week":
        return Period(grain, start, start + timedelta(days=6))
    months = start.year * 12 + start.month - 1 + MONTHS[grain]
    return Period(grain, start, date(months // 12, months % 12 + 1, 1) - timedelta(days=1))


def name(grain: str, start: date) -> str:
    """The words for the period of a grain that begins on a day; `parse` reads them back."""
    return {
        "day": f"{start:%Y-%m-%d}",
        "week": f"{start:%G-W%V}",
        "month": f"{start:%Y-%m}",
        "quarter": f"{start:%Y}-Q{(start.month + 2) // 3}",
        "half_year": f"{start:%Y}-H{(start.month + 5) // 6}",
        "year": f"{start:%Y}",
    }[grain]


def _start(grain: str, parts: dict[str, int]) -> date:
    """The first day of the period. Raises ValueError for the 13th month, the 54th week and their like."""
    if grain == "day":
        return date(parts["year"], parts["month"], parts["day"])
    number = parts.get("number", 1)
    if grain == "week":
        return date.fromisocalendar(parts["year"], number, 1)
    return date(parts["year"], (number - 1) * MONTHS[grain] + 1, 1)
