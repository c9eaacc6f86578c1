"""The question, and the answer in parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from pipelines.period import Period


class Certainty(StrEnum):
    """How sure a part's amount is. Only what is exact or estimated explains something of the difference."""

    EXACT = "exact"
    FITS = "fits"  # the amount is exact; that it is the cause is told by nothing but that it fits
    ESTIMATED = "estimated"
    BOUND = "bound"  # at most so much, either way
    POSSIBLE = "possible"  # so much if the screen counts so, and nothing shows that it does
    UNKNOWN = "unknown"  # a cause without a size


COUNTED = {Certainty.EXACT, Certainty.FITS, Certainty.ESTIMATED}


@dataclass(frozen=True)
class Question:
    """What was seen: `value` of a measure of a platform over a period, on a day, in the accounts' own currency."""

    connector: str
    measure: str
    period: Period
    value: float
    seen: date
    accounts: tuple[str, ...]


@dataclass(frozen=True)
class Part:
    """One cause: how much more the screen shows because of it, and the facts that its words need."""

    code: str
    certainty: Certainty
    amount: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """The screen's value is Kompas' figure, plus the parts that count, plus the rest. `kompas` is in EUR or a count."""

    question: Question
    kompas: float
    through: date
    parts: tuple[Part, ...]

    @property
    def difference(self) -> float:
        return self.question.value - self.kompas

    @property
    def rest(self) -> float:
        """What no part explains: never spread over the parts."""
        return self.difference - sum(part.amount or 0.0 for part in self.parts if part.certainty in COUNTED)
