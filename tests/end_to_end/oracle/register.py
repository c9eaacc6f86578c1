"""KPIs and targets as the judge needs them, from the settings that the product reads too."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.quantity import parse
from tests.end_to_end.oracle.periods import Period

LOWEST, HIGHEST = float("-inf"), float("inf")


@dataclass(frozen=True)
class Target:
    """Bounds from a day on, or (`relative`) so much more than a year before: 0.2 is "+20 %"."""

    grain: str
    start: date
    low: float = LOWEST
    high: float = HIGHEST
    relative: float | None = None


@dataclass(frozen=True)
class Kpi:
    """What decides about a verdict. `noise`: proportion, mean, count, sum or none."""

    id: str
    numerator: str
    denominator: str | None
    scale: float
    is_count: bool
    direction: str
    tolerance: float
    minimum_sample: float
    immature_days: int
    is_informational: bool
    noise: str
    events: str | None
    squares: str | None
    guardrails: tuple[str, ...]
    targets: tuple[Target, ...]

    @property
    def measures(self) -> list[str]:
        return [measure for measure in (self.numerator, self.denominator) if measure]

    @property
    def is_sum(self) -> bool:
        return self.denominator is None

    @property
    def grains(self) -> list[str]:
        return list(dict.fromkeys(target.grain for target in self.targets))

    def target(self, period: Period) -> Target | None:
        """The one in force when the period began, or that came into force first while it lasted."""
        dated = sorted((t for t in self.targets if t.grain == period.grain), key=lambda target: target.start)
        before = [target for target in dated if target.start <= period.start]
        during = [target for target in dated if period.start < target.start <= period.end]
        return before[-1] if before else during[0] if during else None


def kpis(settings: Iterable[Any]) -> dict[str, Kpi]:
    """The register of `pipelines.settings`, by id."""
    return {told.id: _kpi(told) for told in settings}


def _kpi(told: Any) -> Kpi:
    return Kpi(
        told.id,
        told.numerator,
        told.denominator,
        told.scale,
        told.unit.value == "count",
        told.direction.value,
        told.tolerance,
        told.minimum_sample,
        told.immature_days,
        told.informational,
        told.noise.value,
        told.events,
        told.squares,
        tuple(told.guardrails),
        tuple(_target(told.direction.value, target) for target in told.targets),
    )


def _target(direction: str, told: Any) -> Target:
    grain, start = told.grain.value, told.valid_from
    if direction == "range":
        return Target(grain, start, parse(told.low).value, parse(told.high).value)
    value = parse(told.target).value
    if str(told.target).strip()[0] in "+-":
        return Target(grain, start, relative=value)
    return Target(grain, start, low=value) if direction == "higher" else Target(grain, start, high=value)
