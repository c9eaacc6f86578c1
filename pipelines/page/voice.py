"""How the page speaks: verdicts, figures, targets, periods and reasons in its language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines import figures, reasons, scorecard
from pipelines.kpi import Kpi
from pipelines.page import periods
from pipelines.page.words import WORDS
from pipelines.register import segment_of

Row = dict[str, Any]
_UNITS = ("days", "score", "position")
"""Units that a bare number does not show."""


@dataclass(frozen=True)
class Verdict:
    """A verdict as it is shown: by class, sign and word, never by colour alone."""

    name: str
    sign: str
    word: str


@dataclass(frozen=True)
class Fact:
    """A line of a card: what, and how it stands. `tone` is good or bad where that can be told."""

    label: str
    text: str
    tone: str = ""


@dataclass(frozen=True)
class Voice:
    """`spoken` is the company's language, in which the warehouse tells its reasons."""

    language: str
    spoken: str
    kpis: Sequence[Kpi]

    def __getitem__(self, word: str) -> str:
        return WORDS[self.language][word]

    def say(self, word: str, **values: object) -> str:
        return self[word].format(**values)

    def verdict(self, name: str) -> Verdict:
        return Verdict(name, scorecard.SIGNS[name][0], scorecard.VERDICTS[self.language][name])

    def name(self, kpi: Kpi) -> str:
        return str(getattr(kpi.name, self.language))

    def segment(self, row: Row) -> str:
        return " · ".join(segment_of(row))

    def figure(self, value: float | None, unit: str) -> str:
        return figures.figure(value, unit, self.language)

    def unit(self, unit: str) -> str:
        return self[f"unit_{unit}"] if unit in _UNITS else ""

    def day(self, value: date, form: str = "long") -> str:
        return figures.day(value, self.language, form)

    def unbroken(self, text: str) -> str:
        """A sentence in which no sum breaks over two lines after its sign, and no unit at its hyphen."""
        return text.replace("+€", "+\u2060€").replace("−€", "−\u2060€").replace("%-", "%\u2011")

    def share(self, value: float) -> str:
        return figures.share(value, self.language)

    def period(self, row: Row) -> str:
        return periods.long(row["grain"], row["period_start"], self.language)

    def when(self, row: Row) -> str:
        """The period, and how far it is where it is in progress."""
        if row["period_state"] != "in_progress":
            return self.period(row)
        return f"{self.period(row)} ({self.say('so_far', day=row['days_elapsed'], days=row['days_total'])})"

    def target(self, row: Row) -> str:
        """`minstens 3,20%`, `hoogstens € 25,00`, `8,00 tot 9,00`; of a relative one the share as well."""
        low, high = (self.figure(row[end], row["unit"]) for end in ("target_low", "target_high"))
        form = {(True, False): "at_least", (False, True): "at_most", (True, True): "between"}.get(
            (row["target_low"] is not None, row["target_high"] is not None)
        )
        if form is None:
            return self["without_target"]
        told = self.say(form, low=low, high=high)
        if row.get("target_share") is None:
            return told
        return f"{told} ({self.say('on_last_year', share=self.share(row['target_share']))})"

    def reason(self, row: Row) -> str:
        """Why there is no verdict, or why it is at risk; the warehouse tells it in the company's language."""
        why = row.get("guardrail_reason") if row.get("guardrail_state") == "broken" else None
        told = str(row["reason"] or why or "")
        names = {getattr(kpi.name, self.spoken): self.name(kpi) for kpi in self.kpis}
        return reasons.translated(told, self.spoken, self.language, names)
