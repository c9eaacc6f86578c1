"""The index: each KPI on the newest nights, as its verdict was known then, with a link to each night's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipelines import kept_verdicts as kept
from pipelines.headline import headline, segment_key
from pipelines.kpi import Kpi
from pipelines.lake import Lake
from pipelines.page.facts import grouped
from pipelines.page.voice import Verdict, Voice
from pipelines.settings import Settings

NIGHTS = 14
"""How many nights the matrix shows: two weeks."""


@dataclass(frozen=True)
class Column:
    """A night: its day, and its page where there is one."""

    short: str
    long: str
    file: str


@dataclass(frozen=True)
class Line:
    """A KPI and segment with its verdict on each night; None where it was not judged then."""

    name: str
    verdicts: list[Verdict | None]


@dataclass(frozen=True)
class Index:
    company: str
    columns: list[Column]
    lines: list[Line]
    older: list[Column]
    """Pages of nights before those of the matrix, the newest first."""


def index(settings: Settings, lake: Lake, voice: Voice) -> Index:
    """The newest nights from left to right, oldest first, and links to older pages."""
    days = kept.nights(lake)
    pages = {day: f"{day}.html" for day in _pages(settings)}
    shown = sorted({*days, *pages})[-NIGHTS:]
    return Index(
        settings.company.name,
        [_column(day, pages, voice) for day in shown],
        _lines(settings, lake, voice, shown),
        [_column(day, pages, voice) for day in sorted(pages, reverse=True) if day < min(shown, default=date.max)],
    )


def _pages(settings: Settings) -> list[date]:
    """The nights that have a page."""
    names = [file.name.removesuffix(".html") for file in settings.scorecards.glob("????-??-??.html")]
    return [date.fromisoformat(name) for name in names]


def _column(day: date, pages: dict[date, str], voice: Voice) -> Column:
    return Column(f"{day.day}-{day.month}", voice.day(day, "full"), pages.get(day, ""))


def _lines(settings: Settings, lake: Lake, voice: Voice, nights: list[date]) -> list[Line]:
    kpis = {kpi.id: kpi for kpi in settings.kpis if not kpi.informational}
    known = [_verdicts(lake, night, kpis) for night in nights]
    order = list(kpis)
    keys = sorted({key for night in known for key in night}, key=lambda key: (order.index(key[0]), key))
    return [
        Line(
            " · ".join([voice.name(kpis[key[0]]), *(part for part in key[1:] if part != "all")]),
            [voice.verdict(night[key]) if key in night else None for night in known],
        )
        for key in keys
    ]


def _verdicts(lake: Lake, night: date, kpis: dict[str, Kpi]) -> dict[tuple[str, ...], str]:
    rows = [row for row in kept.of_night(lake, night) if row["kpi_id"] in kpis]
    return {key: headline(own, kpis[key[0]].grain.value)["verdict"] for key, own in grouped(rows, segment_key).items()}
