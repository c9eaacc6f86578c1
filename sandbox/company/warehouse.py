"""The warehouse: how late parcels leave when more is ordered than it can pack. It is why customers are dissatisfied."""

from __future__ import annotations

from datetime import date

import numpy as np

from sandbox.company.calendar import GROWTH_FROM, Days, day_number
from sandbox.company.chance import Floats

CAPACITY = 1.35
"""What a day can pack at the start of 2023, in the unit of traffic x conversion; more people are hired as it grows."""
CAPACITY_GROWTH_PER_YEAR = 0.17
REMOVAL = (date(2026, 10, 5), date(2026, 12, 31))
"""The warehouse moves in the busiest quarter: revenue rises, and satisfaction falls."""
REMOVAL_CAPACITY = 0.72
LATEST = 6.0
"""Days. What would leave later still is packed by another company."""


def late_days(days: Days) -> Floats:
    """Days of work that wait in front of an order of each day."""
    surplus = days.traffic * days.conversion / _capacity(days) - 1
    late = np.zeros(len(surplus))
    waiting = 0.0
    for n, more in enumerate(surplus.tolist()):
        waiting = min(max(waiting + more, 0.0), LATEST)
        late[n] = waiting
    return late


def _capacity(days: Days) -> Floats:
    years = (days.numbers - day_number(GROWTH_FROM)) / 365.25
    moving = (days.numbers >= day_number(REMOVAL[0])) & (days.numbers <= day_number(REMOVAL[1]))
    capacity: Floats = CAPACITY * np.exp(CAPACITY_GROWTH_PER_YEAR * years) * np.where(moving, REMOVAL_CAPACITY, 1.0)
    return capacity
