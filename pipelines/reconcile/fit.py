"""Other ways of counting that the screen may follow: taken for the cause only where they fit what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from pipelines.reconcile.answer import Certainty, Part

TOLERANCE = 0.005
"""A rest of at most this share of the screen's value is a fit: screens round, and days are cut a little differently."""


@dataclass(frozen=True)
class Other:
    """Another way of counting, and how much more it gives. Of one `kind` a screen follows one at most.

    `with_tax` is the amount where the screen counts with VAT; else it is the same.
    """

    code: str
    kind: str
    amount: float
    with_tax: float | None = None

    def more(self, has_tax: bool) -> float:
        return self.with_tax if has_tax and self.with_tax is not None else self.amount


def fitting(rest: float, value: float, others: Sequence[Other]) -> list[Part]:
    """The fewest ways that together leave nearly nothing of the rest; where none do, each with its size as possible."""
    room = TOLERANCE * abs(value)
    real = [other for other in others if abs(other.amount) > 1e-9]
    if abs(rest) <= room or not real:
        return []
    for chosen in _choices(real):
        found = min(chosen, key=lambda several: abs(rest - _total(several)))
        if abs(rest - _total(found)) <= room:
            return [Part(other.code, Certainty.FITS, other.more(_has_tax(found))) for other in found]
    return [Part(other.code, Certainty.POSSIBLE, other.amount) for other in real]


def _choices(others: Sequence[Other]) -> Iterator[list[tuple[Other, ...]]]:
    """All sets of one way, then of two, then of three: more of them fit anything."""
    for size in (1, 2, 3):
        sets = [several for several in combinations(others, size) if len({other.kind for other in several}) == size]
        if sets:
            yield sets


def _total(several: Sequence[Other]) -> float:
    return sum(other.more(_has_tax(several)) for other in several)


def _has_tax(several: Sequence[Other]) -> bool:
    return any(other.kind == "tax" for other in several)
