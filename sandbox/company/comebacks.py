"""Customers who will come back: planned at their order, kept until their day is simulated."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from sandbox.company.chance import Bools, Ints

if TYPE_CHECKING:
    from sandbox.company.span import Span
    from sandbox.company.visits import Visits

MOST = 4
STAYS_FIRST, STAYS = 0.42, 0.55
"""How likely a customer comes back after the first order, and after each comeback."""
SHORTEST_DAYS, LONGEST_DAYS = 10, 500


@dataclass
class Comebacks:
    """Visits on days to come; number: the how manieth of this customer's plan."""

    day: Ints
    visitor_id: Ints
    customer: Ints
    number: Ints

    @classmethod
    def none(cls) -> Comebacks:
        """Nobody."""
        return cls(*(np.empty(0, np.int64) for _ in fields(cls)))

    def split(self, last: int) -> tuple[Comebacks, Comebacks]:
        """(those up to the day `last`, those after it)."""
        due = self.day <= last
        return self._take(due), self._take(~due)

    def with_more(self, more: Comebacks) -> Comebacks:
        """Both."""
        return Comebacks(*(np.concatenate([getattr(self, f.name), getattr(more, f.name)]) for f in fields(self)))

    def _take(self, rows: Bools) -> Comebacks:
        return Comebacks(*(getattr(self, f.name)[rows] for f in fields(self)))


def plan(span: Span, orders: Visits) -> Comebacks:
    """When the customers of these orders come back: up to 4 times, 10 to 500 days apart."""
    rows, waits, numbers = [], [], []
    ids = orders.visit_id
    stays = np.ones(len(ids), bool)
    wait = np.zeros(len(ids), np.int64)
    for number in range(MOST):
        stays = stays & span.chance.hits(f"stays/{number}", ids, STAYS if number else STAYS_FIRST)
        gap = SHORTEST_DAYS + np.exp(3.6 + 0.8 * span.chance.normal(f"gap/{number}", ids))
        wait = wait + np.minimum(gap, LONGEST_DAYS).astype(np.int64)
        rows.append(np.flatnonzero(stays))
        waits.append(wait[rows[-1]])
        numbers.append(np.full(len(rows[-1]), number + 1, np.int64))
    row = np.concatenate(rows)
    day = span.days.numbers[orders.position[row]] + np.concatenate(waits)
    return Comebacks(day, orders.visitor_id[row], orders.customer[row], np.concatenate(numbers))
