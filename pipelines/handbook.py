"""The KPI handbook: the register as a page for people, objectives first, with the history of every target."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from pipelines import markdown_table, register, sources
from pipelines.handbook_words import WORDS
from pipelines.kpi import Grain, Kpi, Words
from pipelines.settings import Settings

_NOTHING = "–"
_WHERE_CHOSEN = {"basis"}
"""Facts that most KPIs have none of."""
_GRAINS = [grain.value for grain in Grain]


def markdown(settings: Settings, language: str | None = None) -> str:
    """The handbook as Markdown, in `nl` or `en`; in the language of the company when none is given."""
    return "\n".join(Handbook(settings, language or settings.company.language).lines()) + "\n"


class Handbook:
    """The lines of a handbook in one language."""

    def __init__(self, settings: Settings, language: str) -> None:
        self.settings = settings
        self.language = language
        self.words = WORDS[language]
        self.streams = sources.configured(settings)
        self.names = {kpi.id: str(getattr(kpi.name, language)) for kpi in settings.kpis}

    def lines(self) -> Iterator[str]:
        yield from (f"# {self.words['title']} {self.settings.company.name}", "", self.words["made"], "")
        yield from (f"## {self.words['objectives']}", "", *self._objectives(), "")
        yield f"## {self.words['kpis']}"
        for kpi in self.settings.kpis:
            yield from self._of(kpi)

    def _objectives(self) -> Iterator[str]:
        named = dict.fromkeys(kpi.objective for kpi in self.settings.kpis)
        for objective in sorted(named, key=lambda objective: objective is None):
            serving = [self.names[kpi.id] for kpi in self.settings.kpis if kpi.objective == objective]
            yield f"- **{objective or self.words['no_objective']}**: {', '.join(serving)}"

    def _of(self, kpi: Kpi) -> Iterator[str]:
        yield from ("", f"### {self.names[kpi.id]} (`{kpi.id}`)", "", self._said(kpi.definition), "")
        for name, text in self._facts(kpi).items():
            if name in _WHERE_CHOSEN and not text:
                continue
            yield f"- **{self.words[name]}**: {text or _NOTHING}"
        yield from ("", f"**{self.words['targets']}**", "", *self._targets(kpi))

    def _facts(self, kpi: Kpi) -> dict[str, str | None]:
        return {
            "formula": _formula(kpi),
            "basis": _basis(kpi),
            "unit": self.words[kpi.unit],
            "direction": self.words[kpi.direction],
            "means": self._said(kpi.means),
            "objective": kpi.objective,
            "reason": kpi.reason,
            "owner": kpi.owner,
            "stakeholders": ", ".join(kpi.stakeholders),
            "measured": self._said(kpi.measured),
            "sources": self._sources(kpi),
            "sample": f"{kpi.minimum_sample:g}" if kpi.minimum_sample else None,
            "caveats": self._said(kpi.caveats),
            "guardrails": ", ".join(self.names[guardrail] for guardrail in kpi.guardrails),
            "review": self._review(kpi),
        }

    def _said(self, words: Words | None) -> str:
        return str(getattr(words, self.language)) if words else ""

    def _sources(self, kpi: Kpi) -> str:
        named = ", ".join(f"`{source}`" for source in sources.connected(kpi, self.streams))
        lacking = ", ".join(f"`{measure}`" for measure in sources.missing(kpi, self.streams))
        return "; ".join(filter(None, (named, lacking and f"{self.words['not_measurable']} {lacking}")))

    def _review(self, kpi: Kpi) -> str | None:
        review = kpi.review
        return f"{self.words[review.cadence]}, {self.words['last']} {review.last}" if review else None

    def _targets(self, kpi: Kpi) -> Iterator[str]:
        def place(row: dict[str, Any]) -> tuple[int, str, date]:
            return _GRAINS.index(row["grain"]), " · ".join(register.segment_of(row)), row["valid_from"]

        rows = sorted(register.targets(kpi), key=place)
        if not rows:
            yield self.words["no_targets"]
            return
        columns = self.words["columns"].split("|")
        yield from markdown_table.head(columns)
        for row in rows:
            end = str(row["valid_to"] or "")
            segment = " · ".join(register.segment_of(row)) or self.words["all"]
            yield markdown_table.row(
                [self.words[row["grain"]], str(row["valid_from"]), end, row["source_text"], segment]
            )


def _formula(kpi: Kpi) -> str:
    below = f" / `{kpi.denominator}`" if kpi.denominator else ""
    return f"`{kpi.numerator}`{below}" + (f" × {kpi.scale:g}" if kpi.scale != 1 else "")


def _basis(kpi: Kpi) -> str | None:
    others = ", ".join(f"`{basis}`" for basis in kpi.bases if basis != kpi.basis)
    return f"`{kpi.basis}` ({others})" if kpi.basis else None
