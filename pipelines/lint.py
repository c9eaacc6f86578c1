"""What the method of the KPI register asks beyond settings that are right: few KPIs, measurable, owned and reviewed.

What settings refuse (a wish for a target, a KPI without one) never comes here: `settings.read` has told it by line.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipelines import sources
from pipelines.kpi import Cadence, Kpi, Review, Words
from pipelines.settings import Settings

FEWEST, MOST = 5, 10
OBJECTIVE_LEVEL = frozenset({"revenue"})
"""KPIs that stand above the others, as the goal behind them: they do not count for the five to ten."""
DUE_AFTER_MONTHS = {Cadence.QUARTERLY: 3, Cadence.HALF_YEARLY: 6}
OVERDUE_AFTER_MONTHS = 6
NAMED = ("objective", "owner", "reason", "review")
"""What a KPI that is judged has to name."""


class Severity(StrEnum):
    """Whether the register cannot do its work, or could do it better."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """Something that the method asks and the register lacks; without a KPI, it is of the whole register."""

    severity: Severity
    kpi_id: str | None
    code: str
    message: str


_SAYS = {
    "unmeasurable": Words(
        nl="niet meetbaar: geen bron voor {measure}; koppel {sources}",
        en="not measurable: no source for {measure}; connect {sources}",
    ),
    "few": Words(
        nl="{count} actieve KPI's zijn er te weinig: kies er {fewest} tot {most}",
        en="{count} active KPIs are too few: choose {fewest} to {most}",
    ),
    "many": Words(
        nl="{count} actieve KPI's zijn er te veel: kies er {fewest} tot {most}, en maak de rest informational",
        en="{count} active KPIs are too many: choose {fewest} to {most}, and make the rest informational",
    ),
    "objective": Words(nl="noemt geen doelstelling (objective)", en="names no objective"),
    "owner": Words(nl="heeft geen eigenaar (owner)", en="has no owner"),
    "reason": Words(nl="zegt niet waarom hij gekozen is (reason)", en="does not say why it was chosen (reason)"),
    "review": Words(nl="is nog nooit geëvalueerd (review)", en="has never been reviewed (review)"),
    "due": Words(nl="evaluatie nodig: de laatste was op {last}", en="review due: the last one was on {last}"),
    "overdue": Words(
        nl="evaluatie te laat: de laatste was op {last}, meer dan een half jaar geleden",
        en="review overdue: the last one was on {last}, more than half a year ago",
    ),
}


def findings(settings: Settings, today: date) -> list[Finding]:
    """All findings, in the language of the company: those of the register first, then KPI by KPI."""
    language, streams = settings.company.language, sources.configured(settings)
    found = [_finding(Severity.WARNING, None, language, code, **told) for code, told in _number(settings)]
    for kpi in settings.kpis:
        for measure, could in sources.missing(kpi, streams).items():
            told = {"measure": measure, "sources": _either(could, language)}
            found.append(_finding(Severity.ERROR, kpi.id, language, "unmeasurable", **told))
        for code in _lacking(kpi, today):
            last = kpi.review.last if kpi.review else None
            found.append(_finding(Severity.WARNING, kpi.id, language, code, last=last))
    return found


def _finding(severity: Severity, kpi_id: str | None, language: str, code: str, **told: object) -> Finding:
    return Finding(severity, kpi_id, code, str(getattr(_SAYS[code], language)).format(**told))


def _either(names: tuple[str, ...], language: str) -> str:
    *others, last = names
    return f"{', '.join(others)} {'of' if language == 'nl' else 'or'} {last}" if others else last


def _number(settings: Settings) -> Iterator[tuple[str, dict[str, int]]]:
    count = sum(not kpi.informational and kpi.id not in OBJECTIVE_LEVEL for kpi in settings.kpis)
    told = {"count": count, "fewest": FEWEST, "most": MOST}
    if count < FEWEST:
        yield "few", told
    if count > MOST:
        yield "many", told


def _lacking(kpi: Kpi, today: date) -> Iterator[str]:
    if kpi.informational:
        return
    yield from (name for name in NAMED if not getattr(kpi, name))
    if kpi.review is None:
        return
    if today > _months_after(kpi.review.last, OVERDUE_AFTER_MONTHS):
        yield "overdue"
    elif today > due_on(kpi.review):
        yield "due"


def due_on(review: Review) -> date:
    """The last day on which the next review is in time."""
    return _months_after(review.last, DUE_AFTER_MONTHS[review.cadence])


def _months_after(day: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
