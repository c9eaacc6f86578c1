"""Enquiries of companies that want clothes for their people: when they came in, and when they were won or lost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company.calendar import DAY
from sandbox.company.chance import NULL, Chance, Floats, Ints
from sandbox.company.span import Span

PER_WORKING_DAY = 3.4
"""At scale 1."""
CHANNELS = ("Organic Search", "Referral", "Direct", "Paid Search", "Email", "Beurs")
CHANNEL_WEIGHTS = (0.34, 0.16, 0.18, 0.16, 0.08, 0.08)
"""Beurs is a trade fair: the CRM has words of its own."""
WON, LOST = 0.36, 0.44
TYPICAL_DAYS, SPREAD, LONGEST_DAYS = 14.0, 0.8, 75
"""Days until a decision: half of them within the typical, a few very late, none after the longest."""
MISTAKES = 0.03
"""Share of the won leads whose salesperson typed a day of winning from before the lead came in."""
LEADS_PER_DAY = 100_000
"""For ids: more than a day can have."""


def lead_columns(span: Span) -> dict[str, Any]:
    """Columns of leads that came in on the days of a span."""
    position, ids = _created(span)
    chance, days = span.chance, span.days
    created = days.at(position, (9 + 8 * chance.unit("lead hour", ids)) / 24)
    waited = _waited(chance, ids)
    outcome = chance.choice("lead outcome", ids, (WON, LOST, 1 - WON - LOST))
    number = days.numbers[position]
    typed = np.where(chance.hits("lead mistake", ids, MISTAKES), number - 1 - ids % 9, number + waited)
    return {
        "lead_id": np.array([f"L{lead}" for lead in ids.tolist()], object),
        "created_at": created,
        "created_date": number,
        "known_at": created,
        "decided_at": np.where(outcome == 2, NULL, created + waited * DAY),
        "won_date": np.where(outcome == 0, typed, NULL),
        "lost_date": np.where(outcome == 1, number + waited, NULL),
        "channel": np.array(CHANNELS, object)[chance.choice("lead channel", ids, CHANNEL_WEIGHTS)],
        "value": np.rint(80_000 * np.exp(0.7 * chance.normal("lead value", ids))).astype(np.int64),
    }


def _created(span: Span) -> tuple[Ints, Ints]:
    """(position of the day, id) of each lead; none on weekends."""
    position = np.arange(span.first, span.last + 1)
    usual: Floats = PER_WORKING_DAY * span.scale * np.sqrt(span.days.traffic[position])
    expected = np.where(span.days.weekdays[position] < 5, usual, 0.0)
    counts = span.chance.whole("leads", span.numbers, expected)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(position, counts), np.repeat(span.numbers, counts) * LEADS_PER_DAY + number


def _waited(chance: Chance, ids: Ints) -> Ints:
    """Whole days until the decision."""
    days = TYPICAL_DAYS * np.exp(SPREAD * chance.normal("lead time", ids))
    return np.minimum(np.rint(days), LONGEST_DAYS).astype(np.int64)
