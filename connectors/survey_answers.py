"""What all survey platforms share: answers belong to a local day, and their scores to a scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.columns import local_days
from connectors.errors import BadDataError
from connectors.records import Record
from connectors.stream import Window


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


def objects(told: Any, what: str) -> list[dict[str, Any]]:
    """The JSON objects of a list, none where it is null. Raises BadDataError for anything else."""
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        raise BadDataError(f"the answer has another shape than documented at {what}")
    return told


def whole(answer: dict[str, Any], name: str) -> int:
    """A whole number of an answer, 0 where it is absent. Raises BadDataError for anything else."""
    told = answer.get(name)
    if told is not None and not isinstance(told, int):
        raise BadDataError(f"the answer's {name} is no whole number: {told!r}")
    return told or 0


def of_window(
    records: Sequence[Record], times: Sequence[Any], window: Window, zone: str
) -> tuple[list[Record], list[Any]]:
    """The records whose time (ISO 8601 with an offset) lies on a day of the window, and that day in the time zone.

    A time that cannot be read stands in for its day, so that the reason of the row's rejection shows it.
    """
    days = local_days(times, zone).to_pylist()
    inside = [n for n, day in enumerate(days) if day is None or window.start <= day <= window.end]
    return [records[n] for n in inside], [days[n] or times[n] for n in inside]
