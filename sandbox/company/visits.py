"""Visits of a span of days: new visitors, visitors who return, and customers who come back."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from sandbox.company import origins
from sandbox.company.calendar import HOUR, MINUTE, Days, day_number
from sandbox.company.chance import Bools, Chance, Floats, Ints
from sandbox.company.newsletters import newsletter_before

VISITS_PER_DAY = 1_050.0
"""On an average day at the start of 2023, at scale 1."""
NEW_SHARE = 0.62
MEAN_DAYS_AWAY = 14.0
CONVERSION = 0.0165
ID_ZERO = 18_262
"""2020-01-01: visit ids are (days since then) x 10,000,000 + number within the day."""
IDS_PER_DAY = 10_000_000


@dataclass
class Visits:
    """Columns of visits, and what the shop needs: a customer who came back, and whether an order was placed.

    position: of the day in the Days given; customer: 0 where not yet known; origin: index into ORIGINS.
    """

    visit_id: Ints
    visitor_id: Ints
    position: Ints
    started: Ints
    known: Ints
    country: Ints
    device: Ints
    origin: Ints
    origin_no: Ints
    engaged: Bools
    new_user: Bools
    signup: Bools
    ordered: Bools
    customer: Ints

    def __len__(self) -> int:
        return len(self.visit_id)

    def take(self, rows: Ints | Bools) -> Visits:
        """The given rows."""
        return Visits(*(getattr(self, field.name)[rows] for field in fields(self)))

    def with_more(self, more: Visits) -> Visits:
        """Both, by day; the order within a day is first self, then more."""
        both = Visits(
            *(np.concatenate([getattr(self, f.name), getattr(more, f.name)]) for f in fields(self))
        )
        return both.take(np.argsort(both.position.astype(np.uint16), kind="stable"))


@dataclass
class Comebacks:
    """Visits of customers that are already due, on days to come."""

    day: Ints
    visitor_id: Ints
    customer: Ints
    number: Ints

    def split(self, last: int) -> tuple[Comebacks, Comebacks]:
        """(those up to the day `last`, those after it)."""
        due = self.day <= last
        return self._take(due), self._take(~due)

    def _take(self, rows: Bools) -> Comebacks:
        return Comebacks(self.day[rows], self.visitor_id[rows], self.customer[rows], self.number[rows])

    def with_more(self, more: Comebacks) -> Comebacks:
        """Both."""
        return Comebacks(*(np.concatenate([getattr(self, f.name), getattr(more, f.name)]) for f in fields(self)))

    @classmethod
    def none(cls) -> Comebacks:
        """Nobody."""
        return cls(*(np.empty(0, np.int64) for _ in range(4)))


def visits_per_day(days: Days, scale: float) -> Ints:
    """Visits of each day, without the comebacks of customers."""
    return np.maximum(1, np.rint(VISITS_PER_DAY * scale * days.traffic)).astype(np.int64)


def browse(chance: Chance, days: Days, scale: float, first: int, last: int) -> Visits:
    """The visits of days[first..last] (positions) without comebacks."""
    per_day = visits_per_day(days, scale)
    new_per_day = np.maximum(1, (per_day * NEW_SHARE).astype(np.int64))
    counts = per_day[first : last + 1]
    position = np.repeat(np.arange(first, last + 1), counts)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    visit_id = (days.numbers[position] - ID_ZERO) * IDS_PER_DAY + number
    visitor_id = visit_id.copy()
    back = np.flatnonzero(number >= new_per_day[position])
    away = 1 + chance.waits("away", visit_id[back], MEAN_DAYS_AWAY).astype(np.int64)
    known = position[back] >= away
    back, from_position = back[known], (position[back] - away)[known]
    who = (chance.unit("who", visit_id[back]) * new_per_day[from_position]).astype(np.int64)
    visitor_id[back] = (days.numbers[from_position] - ID_ZERO) * IDS_PER_DAY + who
    nobody = np.zeros(len(visit_id), np.int64)
    return complete(chance, days, visit_id, visitor_id, position, nobody)


def come_back(chance: Chance, days: Days, scale: float, due: Comebacks) -> Visits:
    """The visits of customers who come back; one in five on another device, as a new visitor to GA4."""
    position = due.day - days.numbers[0]
    rows = np.lexsort((due.number, due.customer, position))
    position, customer = position[rows], due.customer[rows]
    first_of_day = np.searchsorted(position, position, side="left")
    number = visits_per_day(days, scale)[position] + np.arange(len(position)) - first_of_day
    visit_id = (days.numbers[position] - ID_ZERO) * IDS_PER_DAY + number
    visitor_id = due.visitor_id[rows]
    other_device = chance.hits("other device", visit_id, 0.2)
    return complete(chance, days, visit_id, np.where(other_device, visit_id, visitor_id), position, customer)


def complete(
    chance: Chance, days: Days, visit_id: Ints, visitor_id: Ints, position: Ints, customer: Ints
) -> Visits:
    """Fill in the rest of the visits' columns."""
    new_user = visit_id == visitor_id
    country = chance.choice("country", visitor_id, origins.COUNTRY_WEIGHTS)
    device = chance.choice("device", visitor_id, origins.DEVICE_WEIGHTS)
    first, last = int(position.min(initial=0)), int(position.max(initial=0))
    mix = origins.mixes(span(days, first, last))
    back = (~new_user).astype(np.int64)
    origin = origins.pick(mix, position - first, back, country, chance.unit("origin", visit_id))
    fraction = day_fraction(chance.unit("time", visit_id))
    origin, origin_no = newsletter_before(chance, days, visit_id, position, fraction, country, origin)
    started = days.at(position, fraction)
    conversion = (
        CONVERSION
        * days.conversion[position]
        * origins.CONVERSION[origin]
        * np.array(origins.DEVICE_CONVERSION)[device]
        * np.where(days.trouble[position] & (origin == origins.PROSPECTING), 0.35, 1.0)
        * np.where(new_user, 0.85, 1.25)
    )
    ordered = chance.hits("order", visit_id, np.where(customer > 0, 0.62, conversion))
    mood = chance.unit("mood", visit_id)
    return Visits(
        visit_id, visitor_id, position, started, started + delay(chance, visit_id), country, device, origin,
        origin_no, ordered | (mood < np.where(new_user, 0.52, 0.66)), new_user, mood < 0.011, ordered, customer,
    )  # fmt: skip


def span(days: Days, first: int, last: int) -> Days:
    """The days at positions first..last."""
    return Days(*(getattr(days, field.name)[first : last + 1] for field in fields(days)))


def day_fraction(unit: Floats) -> Floats:
    """When in the day: few at night, a bump at lunch, most in the evening."""
    hours = np.array([0, 6, 8, 12, 13.5, 17, 19, 22.5, 24]) / 24
    cumulated = np.array([0, 0.03, 0.09, 0.31, 0.42, 0.60, 0.72, 0.96, 1.0])
    return np.interp(unit, cumulated, hours)


def delay(chance: Chance, ids: Ints) -> Ints:
    """How long until GA4 shows it: within 6 hours, for 2 % up to 48 hours."""
    unit = chance.unit("processing", ids)
    hours = np.where(unit < 0.98, 0.2 + 5.8 * (unit / 0.98) ** 2, 6 + 42 * (unit - 0.98) / 0.02)
    return (hours * HOUR).astype(np.int64)


def schedule_comebacks(
    chance: Chance, days: Days, visit_id: Ints, visitor_id: Ints, position: Ints, customer: Ints
) -> Comebacks:
    """When the customers of these orders come back: 0 to 4 times, 10 to some hundreds of days apart."""
    rows, gaps, numbers = [], [], []
    stays = np.ones(len(visit_id), bool)
    wait = np.zeros(len(visit_id), np.int64)
    for number in range(4):
        stays = stays & chance.hits(f"stays/{number}", visit_id, 0.42 if number == 0 else 0.55)
        gap = 10 + np.exp(3.6 + 0.8 * chance.normal(f"gap/{number}", visit_id))
        wait = wait + np.minimum(gap, 500).astype(np.int64)
        rows.append(np.flatnonzero(stays))
        gaps.append(wait[rows[-1]])
        numbers.append(np.full(len(rows[-1]), number + 1, np.int64))
    row = np.concatenate(rows)
    day = days.numbers[position[row]] + np.concatenate(gaps)
    return Comebacks(day, visitor_id[row], customer[row], np.concatenate(numbers))


def buying_time(chance: Chance, days: Days, visits: Visits) -> Ints:
    """The moment of the order: 2 to 40 minutes into the visit, before midnight."""
    end = days.starts[visits.position] + days.lengths[visits.position] - MINUTE
    pause = ((2 + 38 * chance.unit("pause", visits.visit_id)) * MINUTE).astype(np.int64)
    return np.maximum(visits.started, np.minimum(visits.started + pause, end))


__all__ = ["Comebacks", "Visits", "browse", "buying_time", "come_back", "day_number", "schedule_comebacks"]
