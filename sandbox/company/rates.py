"""Euro reference rates: a smooth random walk around real-life levels, on the ECB's working days."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np

from sandbox.company.calendar import AMSTERDAM, day_date, day_number, easter, microseconds
from sandbox.company.chance import Chance, Floats, Ints

LEVELS: dict[str, tuple[float, int]] = {
    "USD": (1.10, 4), "GBP": (0.85, 5), "CHF": (0.95, 4), "SEK": (11.3, 4), "PLN": (4.30, 4), "DKK": (7.46, 4),
    "NOK": (11.6, 4), "CZK": (24.9, 3), "HUF": (392.0, 2), "RON": (4.98, 4), "JPY": (162.0, 2), "CAD": (1.50, 4),
    "AUD": (1.68, 4), "CNY": (7.80, 4), "TRY": (38.0, 4),
}  # fmt: skip
"""Units for one euro, and the decimals that the ECB publishes."""
RATES_FROM = date(2020, 1, 2)
PULL = 0.004
DAILY_MOVE = 0.0035
PEGGED = {"DKK": 0.02}
"""Moves of these are this part of the others'."""


def is_target_day(day: date) -> bool:
    """True when the ECB publishes: no weekends, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December."""
    from_easter = (day - easter(day.year)).days
    closed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return day.weekday() < 5 and from_easter not in (-2, 1) and (day.month, day.day) not in closed


class Rates:
    """Daily rates from 2020 to the last day given; what is there never changes when it is extended."""

    def __init__(self, chance: Chance, last: int) -> None:
        days = [day_date(n) for n in range(day_number(RATES_FROM), last + 1)]
        self.days = np.array([day_number(day) for day in days if is_target_day(day)], np.int64)
        self.micros = np.stack([_walk(chance, currency, self.days) for currency in LEVELS], axis=1)

    def on_or_before(self, currency: str, days: Ints) -> Floats:
        """Units per euro of the last working day on or before each day."""
        row = np.maximum(np.searchsorted(self.days, days, side="right") - 1, 0)
        rates: Floats = self.micros[row, list(LEVELS).index(currency)] / 1e6
        return rates

    def columns(self, first: int, last: int) -> dict[str, Any]:
        """Columns of fx_rates for the days first..last; published at 16:00 in Frankfurt."""
        rows = (self.days >= first) & (self.days <= last)
        days = self.days[rows]
        return {
            "date": np.repeat(days, len(LEVELS)),
            "currency": np.tile(np.array(list(LEVELS), object), len(days)),
            "units_per_eur": self.micros[rows].ravel(),
            "known_at": np.repeat(np.array([_published(int(day)) for day in days], np.int64), len(LEVELS)),
        }


def _walk(chance: Chance, currency: str, days: Ints) -> Ints:
    """Millionths of units per euro, rounded as the ECB rounds them."""
    level, decimals = LEVELS[currency]
    moves = chance.normal(f"rate/{currency}", days) * DAILY_MOVE * PEGGED.get(currency, 1.0)
    distance, walk = 0.0, []
    for move in moves.tolist():
        distance += move - PULL * distance
        walk.append(distance)
    return np.rint(np.round(level * np.exp(np.array(walk)), decimals) * 1e6).astype(np.int64)


def _published(number: int) -> int:
    day = day_date(number)
    return microseconds(datetime(day.year, day.month, day.day, 16, 0, tzinfo=AMSTERDAM))
