"""What is on target at the cost of another KPI is at risk."""

from __future__ import annotations

from dataclasses import replace

from tests.end_to_end.oracle.judge import NONE, OFF, ON, RISK, Figure, Key, Night, Verdict
from tests.end_to_end.oracle.periods import Period
from tests.end_to_end.oracle.register import Kpi

BROKEN, UNKNOWN, HOLDS = "broken", "unknown", "holds"


def verdicts(night: Night) -> dict[Key, Verdict]:
    """All verdicts of a night."""
    return {key: _guarded(night, key, verdict) for key, verdict in night.alone.items()}


def _guarded(night: Night, key: Key, alone: Verdict) -> Verdict:
    states = [_state(night, key, night.kpis[name]) for name in night.kpis[key.kpi].guardrails]
    state = next((state for state in (BROKEN, UNKNOWN, HOLDS) if state in states), None)
    if state == BROKEN and alone.verdict == ON:
        return replace(alone, guardrail=state, verdict=RISK, reason="guardrail")
    return replace(alone, guardrail=state)


def _state(night: Night, key: Key, guardrail: Kpi) -> str:
    its_own = _own_verdict(night, guardrail, key.period)
    fell = _fell_while_it_rose(night, key, guardrail)
    if its_own == OFF or fell:
        return BROKEN
    return UNKNOWN if its_own in (NONE, None) and fell is None else HOLDS


def _own_verdict(night: Night, guardrail: Kpi, period: Period) -> str | None:
    """Of the same period; where it has no target of that grain, of its newest judged period that overlaps."""
    if period.grain in guardrail.grains:
        return night.alone[Key(guardrail.id, period)].verdict
    judged = [
        (key.period.through(night.day), key.period.start, verdict.verdict)
        for key, verdict in night.alone.items()
        if key.kpi == guardrail.id and verdict.verdict != NONE
        if key.period.start <= period.through(night.day) and key.period.through(night.day) >= period.start
    ]
    return max(judged)[2] if judged else None


def _fell_while_it_rose(night: Night, key: Key, guardrail: Kpi) -> bool | None:
    """None where one of the four figures is not known."""
    kpi, period = night.kpis[key.kpi], key.period
    now, before = night.figure(key), night.figure(Key(kpi.id, period.before))
    guard, earlier = night.figure(Key(guardrail.id, period)), night.figure(Key(guardrail.id, period.before))
    figures = (now.compared, before.compared, guard.compared, earlier.compared)
    if any(figure is None for figure in figures):
        return None
    rose = _gain(kpi, now.compared or 0.0, before.compared or 0.0) > 0
    loss = -_gain(guardrail, guard.compared or 0.0, earlier.compared or 0.0)
    beyond_tolerance = loss > guardrail.tolerance * abs(earlier.compared or 0.0)
    return rose and beyond_tolerance and _surely_worse(guardrail, guard, earlier.compared or 0.0)


def _gain(kpi: Kpi, now: float, before: float) -> float:
    """How much better a figure became."""
    return now - before if kpi.direction == "higher" else before - now


def _surely_worse(guardrail: Kpi, figure: Figure, before: float) -> bool:
    """Whether the figure of before is outside its interval, on the better side."""
    if figure.interval is None:
        return True
    best = figure.interval[1] if guardrail.direction == "higher" else figure.interval[0]
    return _gain(guardrail, best, before) < 0
