"""What is on target at the cost of another KPI is at risk."""

from __future__ import annotations

from dataclasses import replace

from tests.end_to_end.oracle.judge import NONE, OFF, ON, RISK, Key, Night, Verdict
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
    """Of the same period; where it has no target of that grain, of the judged period that began last and overlaps."""
    if period.grain in guardrail.grains:
        return night.alone[Key(guardrail.id, period)].verdict
    through = period.through(night.day)
    judged = [
        (key.period.start, -key.period.days, verdict.verdict)
        for key, verdict in night.alone.items()
        if key.kpi == guardrail.id and verdict.verdict != NONE
        if key.period.start <= through and key.period.through(night.day) >= period.start
    ]
    return max(judged)[2] if judged else None


def _fell_while_it_rose(night: Night, key: Key, guardrail: Kpi) -> bool | None:
    """None where one of the four figures is not known, or a range has no bounds to be outside of."""
    own, other = key, Key(guardrail.id, key.period)
    rise, fall = _loss(night, own), _loss(night, other)
    if rise is None or fall is None:
        return None
    earlier = night.figure(Key(guardrail.id, key.period.before)).compared or 0.0
    return rise < 0 and fall > guardrail.tolerance * abs(earlier) and _surely_worse(night, other)


def _loss(night: Night, key: Key) -> float | None:
    """How much worse a figure became than in the period before."""
    now, before = (_badness(night, key, night.figure(each).compared) for each in _pair(key))
    return None if now is None or before is None else now - before


def _pair(key: Key) -> tuple[Key, Key]:
    return key, Key(key.kpi, key.period.before)


def _surely_worse(night: Night, key: Key) -> bool:
    """Whether even the best end of its interval is worse than the figure of before."""
    interval = night.figure(key).interval
    if interval is None:
        return True
    inside = [*interval, *(bound for bound in _bounds(night, key) if interval[0] <= bound <= interval[1])]
    best = min(_badness(night, key, value) or 0.0 for value in inside)
    return best > (_badness(night, key, night.figure(_pair(key)[1]).compared) or 0.0)


def _badness(night: Night, key: Key, value: float | None) -> float | None:
    """More is worse. For a range, how far outside the bounds of the period a figure is."""
    direction = night.kpis[key.kpi].direction
    if value is None or direction != "range":
        return value if value is None or direction == "lower" else -value
    bounds = _bounds(night, key)
    return max(bounds[0] - value, value - bounds[1], 0.0) if bounds else None


def _bounds(night: Night, key: Key) -> tuple[float, ...]:
    return night.bounds(key) or ()
