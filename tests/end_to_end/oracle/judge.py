"""The verdicts of a night, by the rules of docs/verdicts.md in their order; guardrails come after all others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, partial
from math import isnan
from typing import NamedTuple

from tests.end_to_end.oracle import noise
from tests.end_to_end.oracle.known import MISSING, NOT_CONNECTED, QUOTA, Known
from tests.end_to_end.oracle.noise import Interval
from tests.end_to_end.oracle.pace import Pace, pace
from tests.end_to_end.oracle.periods import Period, begun
from tests.end_to_end.oracle.register import HIGHEST, LOWEST, Kpi

ON, RISK, OFF, NONE = "on_target", "at_risk", "off_target", "no_verdict"
ROUNDING = 1e-9
EARLY = 0.2


class Key(NamedTuple):
    """Which verdict."""

    kpi: str
    period: Period


@dataclass(frozen=True)
class Figure:
    """A KPI over a period so far. `problem`: why there is no figure to go by, if so."""

    kpi: Kpi
    period: Period
    night: date
    problem: str | None
    value: float | None
    sample: float
    interval: Interval | None
    pace: Pace | None

    @property
    def in_progress(self) -> bool:
        return self.period.end > self.night

    @property
    def days_elapsed(self) -> int:
        return (self.period.through(self.night) - self.period.start).days + 1

    @property
    def share(self) -> float | None:
        """Of the target that counts so far."""
        if self.in_progress and self.kpi.is_sum:
            return self.pace.share if self.pace else None
        return 1.0

    @property
    def compared(self) -> float | None:
        """What is held against other periods: where a sum in progress will end."""
        if self.problem or not (self.in_progress and self.kpi.is_sum):
            return None if self.problem else self.value
        return self.pace.forecast if self.pace else None


@dataclass(frozen=True)
class Verdict:
    """How a KPI does in a period, and why if it is not plain. Bounds are of the whole period."""

    figure: Figure
    low: float
    high: float
    reason: str | None
    before_guardrail: str
    guardrail: str | None
    verdict: str


class Night:
    """What can be said of all KPIs by the end of a day."""

    def __init__(self, known: Known, kpis: Mapping[str, Kpi], day: date) -> None:
        self.known, self.kpis, self.day = known, kpis, day
        self._figures: dict[Key, Figure] = {}

    @cached_property
    def alone(self) -> dict[Key, Verdict]:
        """Every verdict without its guardrails, of the periods that began in the lake's days."""
        keys = [
            Key(kpi.id, period)
            for kpi in self.kpis.values()
            for grain in kpi.grains
            for period in begun(grain, self.known.first, self.day)
        ]
        return {key: self._alone(key) for key in keys}

    def figure(self, key: Key) -> Figure:
        if key not in self._figures:
            self._figures[key] = self._figure(self.kpis[key.kpi], key.period)
        return self._figures[key]

    def _figure(self, kpi: Kpi, period: Period) -> Figure:
        through = period.through(self.day)
        problem = self._problem(kpi, period)
        totals = [self.known.total(measure, period, through) for measure in kpi.measures]
        value: float | None = totals[0] * kpi.scale
        if kpi.denominator:
            value = totals[0] / totals[1] * kpi.scale if totals[1] else None
        value = None if value is None or isnan(value) else value
        pace_ = None
        if kpi.is_sum and period.end > self.day and not problem:
            pace_ = pace(self.known, kpi.numerator, period, self.day, is_count=kpi.is_count)
        figure = Figure(kpi, period, self.day, problem, value, totals[-1], None, pace_)
        return replace(figure, interval=self._interval(figure))

    def _problem(self, kpi: Kpi, period: Period) -> str | None:
        through = period.through(self.day)
        first = max(period.start, self.known.first)
        found = {what for name in kpi.measures for day in self.known.states(name, first, through) for what in day} | (
            {MISSING} if period.start < self.known.first else set()
        )
        return next((what for what in (NOT_CONNECTED, MISSING, QUOTA) if what in found), None)

    def _interval(self, figure: Figure) -> Interval | None:
        kpi, period, value = figure.kpi, figure.period, figure.value
        if value is None or figure.problem:
            return None
        if kpi.is_sum:
            return figure.pace.interval if figure.pace else None
        total = partial(self.known.total, period=period, through=period.through(self.day))
        assert kpi.denominator
        above, below = total(kpi.numerator), total(kpi.denominator)
        if kpi.noise == "proportion":
            return noise.wilson(above, below)
        if kpi.noise == "mean" and kpi.squares:
            return noise.mean(above, total(kpi.squares), below)
        if kpi.noise == "count" and kpi.events:
            return noise.by_count(value, total(kpi.events), above_the_line=kpi.events != kpi.denominator)
        return None

    def _alone(self, key: Key) -> Verdict:
        figure = self.figure(key)
        bounds = self.bounds(key)
        reason = _reason(figure, bounds, is_judged=self.kpis[key.kpi].target(key.period) is not None)
        verdict = NONE if reason else _verdict(figure, *(bounds or (LOWEST, HIGHEST)))
        low, high = bounds or (LOWEST, HIGHEST)
        return Verdict(figure, low, high, reason, verdict, None, verdict)

    def bounds(self, key: Key) -> tuple[float, float] | None:
        """Of the whole period; none where no target is in force, or a relative one has nothing to go by."""
        kpi, target = self.kpis[key.kpi], self.kpis[key.kpi].target(key.period)
        if target is None or target.relative is None:
            return (target.low, target.high) if target else None
        base = self.figure(Key(kpi.id, key.period.year_before))
        if base.problem or not base.value:
            return None
        bound = base.value * (1 + target.relative)
        return (bound, HIGHEST) if kpi.direction == "higher" else (LOWEST, bound)


def _reason(figure: Figure, bounds: tuple[float, float] | None, is_judged: bool) -> str | None:
    """The first reason that holds why there is no verdict."""
    kpi, share = figure.kpi, figure.share
    since = (figure.night - figure.period.end).days
    elapsed = figure.days_elapsed / figure.period.days
    least = kpi.minimum_sample * (share or 0.0)
    reasons = {
        "no_target": kpi.is_informational or not is_judged,
        figure.problem: figure.problem is not None,
        "no_base": bounds is None,
        "immature": kpi.immature_days > 0 and since < kpi.immature_days,
        "no_value": figure.value is None,
        "too_early": figure.in_progress and elapsed < EARLY,
        "too_few": figure.sample < least,
        "no_profile": share is None,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _verdict(figure: Figure, low: float, high: float) -> str:
    value, share = figure.value, figure.share
    assert value is not None and share is not None
    low_so_far, high_so_far = low * share, high * share
    if _within(value, low_so_far, high_so_far, ROUNDING):
        return ON
    if _within(value, low_so_far, high_so_far, figure.kpi.tolerance + ROUNDING):
        return RISK
    ends = figure.interval
    return RISK if ends and ends[1] >= low and ends[0] <= high else OFF


def _within(value: float, low: float, high: float, slack: float) -> bool:
    """Whether a value is in low..high, or beyond by no more than `slack` of the bound that it is beyond."""
    above = low == LOWEST or value >= low - slack * abs(low)
    below = high == HIGHEST or value <= high + slack * abs(high)
    return above and below
