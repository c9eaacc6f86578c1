"""What all survey platforms share: answers belong to a local day, and their scores to a scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from connectors.errors import BadDataError


@dataclass(frozen=True)
class Scale:
    """The lowest and the highest score that can be given. `str` is what the column `scale` says: 1-5."""

    low: int
    high: int
    name: str = ""

    def __str__(self) -> str:
        return self.name or f"{self.low}-{self.high}"

    def score(self, given: Any) -> Any:
        """The score given; None for none. One off the scale becomes a text, and its row is rejected."""
        if given is None or (isinstance(given, int) and self.low <= given <= self.high):
            return given
        return f"{given}, off the scale {self}"


NPS = Scale(0, 10, "nps")
"""Whether someone would recommend. It is not about satisfaction: it is pulled where it is asked for by name, and the
KPI leaves it out."""


def whole(answer: dict[str, Any], name: str) -> int:
    """A whole number of an answer, 0 where it is absent. Raises BadDataError for anything else."""
    told = answer.get(name)
    if told is not None and not isinstance(told, int):
        raise BadDataError(f"the answer's {name} is no whole number: {told!r}")
    return told or 0
