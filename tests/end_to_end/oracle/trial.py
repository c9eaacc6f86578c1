"""A house and its judge: both see the same nights, and each night's verdicts are held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sandbox.company import World
from tests.conftest import SCALE, morning_after
from tests.end_to_end.many_nights import QUOTAS, Faults, Nights
from tests.end_to_end.oracle import guardrails, register
from tests.end_to_end.oracle.comparison import differences, history_differences
from tests.end_to_end.oracle.judge import Key, Night, Verdict
from tests.end_to_end.oracle.known import LOOK_BACK_DAYS, MISSING, QUOTA, Known
from tests.end_to_end.oracle.periods import Period
from tests.house import House

EVERYTHING = frozenset(LOOK_BACK_DAYS)
RATES = {"ecb"}
_SEED = 7


@dataclass
class Trial:
    """What each night should have said, and what it said otherwise."""

    house: House
    known: Known
    kpis: list[dict[str, Any]]
    judged: dict[date, dict[Key, Verdict]] = field(default_factory=dict)
    wrong: dict[date, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.nights = Nights(self.house)

    def run(self, day: date, faults: Faults | None = None, connected: frozenset[str] = EVERYTHING) -> None:
        """A night of both. `faults`: the answer of each platform that fails."""
        told = self.house.plain() | {"kpis": self.kpis}
        told["platforms"] = {name: told["platforms"][name] for name in connected | RATES}
        self.house.write(told)
        self.nights.run(day, faults)
        causes = {name: QUOTA if answer in QUOTAS else MISSING for name, answer in (faults or {}).items()}
        self.known.night(self.house.world, day, connected, causes)
        kpis = register.kpis(self.house.settings.kpis)
        self.judged[day] = guardrails.verdicts(Night(self.known, kpis, day))
        self.wrong[day] = differences(self.nights.table("kpi.kpi_verdicts"), self.judged[day], self.known.first)

    def verdict(self, night: date, kpi: str, grain: str, start: date) -> Verdict:
        """What a night should have said of a period."""
        return self.judged[night][Key(kpi, Period(grain, start))]

    def wrong_history(self) -> list[str]:
        """The whole periods whose verdicts in `kpi.verdict_history` are not those of the nights."""
        return history_differences(self.nights.history(), self.judged, self.known.first)

    @property
    def verdicts(self) -> Iterator[Verdict]:
        """Of all nights."""
        return (verdict for judged in self.judged.values() for verdict in judged.values())


@contextmanager
def trial(
    folder: Path, kpis: list[dict[str, Any]], company_from: date, history_from: date, nights: tuple[date, date]
) -> Iterator[Trial]:
    """A company that Kompas comes to in the first of the nights, with the history from a day on."""
    first, last = nights
    history_days = (first - history_from).days + 1
    world = World(seed=_SEED, scale=SCALE, first_day=company_from, now=morning_after(first))
    with House(folder, world, history_days) as house:
        yield Trial(house, Known(history_from, last, history_days), kpis)
