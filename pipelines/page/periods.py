"""Periods as people say them: november 2026, week 47 van 2026, and in two or three letters for an axis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from babel.dates import format_date

from pipelines import figures

_LONG: dict[str, dict[str, str]] = {
    "nl": {
        "day": "d MMMM yyyy",
        "week": "'week' w 'van' Y",
        "month": "LLLL yyyy",
        "quarter": "QQQQ yyyy",
        "year": "yyyy",
    },
    "en": {
        "day": "d MMMM yyyy",
        "week": "'week' w 'of' Y",
        "month": "LLLL yyyy",
        "quarter": "QQQQ yyyy",
        "year": "yyyy",
    },
}
_SHORT = {"day": "d-M", "week": "w", "month": "LLL", "quarter": "QQQ", "year": "yyyy"}
_HALVES = {"nl": ("eerste helft van", "tweede helft van"), "en": ("first half of", "second half of")}
_CUT: dict[str, Callable[[str], str]] = {"month": lambda name: name.rstrip(".")[:3]}


def long(grain: str, start: date, language: str) -> str:
    """`november 2026`, `week 47 van 2026`, `4e kwartaal 2026`."""
    if grain == "half_year":
        return f"{_HALVES[language][start.month > 6]} {start.year}"
    return format_date(start, _LONG[language][grain], locale=figures.LOCALES[language])


def short(grain: str, start: date, language: str) -> str:
    """For an axis: `nov`, `47`, `K4`, `H2`, `2026`."""
    if grain == "half_year":
        return f"H{1 + (start.month > 6)}"
    name = format_date(start, _SHORT[grain], locale=figures.LOCALES[language])
    return _CUT.get(grain, str)(name)
