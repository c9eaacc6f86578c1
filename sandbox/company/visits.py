"""Visits of a span of days: new visitors, visitors who return, and customers who come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np

from sandbox.company import origins
from sandbox.company.calendar import HOUR, MINUTE, Days
from sandbox.company.chance import Bools, Chance, Floats, Ints
from sandbox.company.comebacks import Comebacks
from sandbox.company.newsletters import newsletter_before
from sandbox.company.span import Span

VISITS_PER_DAY = 1_050.0
"""On an average day at the start of 2023, at scale 1."""
NEW_SHARE = 0.62
MEAN_DAYS_AWAY = 14.0
CONVERSION = 0.0165
COMEBACK_CONVERSION = 0.62
VISITS_PER_PIECE = 400_000
ID_ZERO = 18_262
"""2020-01-01: visit ids are (days since then) x 10,000,000 + number within the day."""
IDS_PER_DAY = 10_000_000


@dataclass
class Who:
    """Whose visits: ids, the position of the day, and the customer who came back (0: none known yet)."""

    visit_id: Ints
    visitor_id: Ints
    position: Ints
    customer: Ints


@dataclass
class Visits(Who):
    """Columns of visits. origin: index into ORIGINS; origin_no: of the table origins; ordered: an order was placed."""

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

    def take(self, rows: Ints | Bools) -> Visits:
        """The given rows."""
        return Visits(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: Sequence[Visits]) -> Visits:
        """All parts (at least one), one after the other."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(cls)))


def visits_per_day(days: Days, scale: float) -> Ints:
    """Visits of each day, without the comebacks of customers."""
    return np.maximum(1, np.rint(VISITS_PER_DAY * scale * days.traffic)).astype(np.int64)


def browse(span: Span) -> Iterator[Visits]:
    """The visits of the span without comebacks, in pieces of at most VISITS_PER_PIECE."""
    counts = visits_per_day(span.days, span.scale)[span.first : span.last + 1]
    ends = np.cumsum(counts)
    for start in range(0, int(ends[-1]), VISITS_PER_PIECE):
        row = np.arange(start, min(start + VISITS_PER_PIECE, int(ends[-1])))
        day = np.searchsorted(ends, row, side="right")
        yield _piece(span, span.first + day, row - (ends - counts)[day])


def _piece(span: Span, position: Ints, number: Ints) -> Visits:
    """The visits with these numbers on these days.

    The first visits of each day are by new visitors. The others return: to each belongs a visitor who was new some
    days before (or, where the simulation had not begun then, a new one after all).
    """
    chance, days = span.chance, span.days
    new_per_day = np.maximum(1, (visits_per_day(days, span.scale) * NEW_SHARE).astype(np.int64))
    visit_id = _ids(days, position, number)
    visitor_id = visit_id.copy()
    back = np.flatnonzero(number >= new_per_day[position])
    away = 1 + chance.waits("away", visit_id[back], MEAN_DAYS_AWAY).astype(np.int64)
    began = position[back] >= away
    back, then = back[began], (position[back] - away)[began]
    which = (chance.unit("who", visit_id[back]) * new_per_day[then]).astype(np.int64)
    visitor_id[back] = _ids(days, then, which)
    return _complete(span, Who(visit_id, visitor_id, position, np.zeros(len(visit_id), np.int64)))


def come_back(span: Span, due: Comebacks) -> Visits:
    """The visits of customers who come back; one in five on another device, as a new visitor to GA4."""
    days = span.days
    position = due.day - days.numbers[0]
    rows = np.lexsort((due.number, due.customer, position))
    position, customer, visitor_id = position[rows], due.customer[rows], due.visitor_id[rows]
    first_of_day = np.searchsorted(position, position, side="left")
    number = visits_per_day(days, span.scale)[position] + np.arange(len(position)) - first_of_day
    visit_id = _ids(days, position, number)
    other_device = span.chance.hits("other device", visit_id, 0.2)
    return _complete(span, Who(visit_id, np.where(other_device, visit_id, visitor_id), position, customer))


def _ids(days: Days, position: Ints, number: Ints) -> Ints:
    return (days.numbers[position] - ID_ZERO) * IDS_PER_DAY + number


def _complete(span: Span, who: Who) -> Visits:
    """Fill in the rest of the visits' columns."""
    chance, days, visit_id = span.chance, span.days, who.visit_id
    new_user = visit_id == who.visitor_id
    country = chance.choice("country", who.visitor_id, origins.COUNTRY_WEIGHTS)
    device = chance.choice("device", who.visitor_id, origins.DEVICE_WEIGHTS)
    origin = origins.pick(
        origins.mixes(span.own_days), who.position - span.first, (~new_user).astype(np.int64), country,
        chance.steps("origin", visit_id),
    )  # fmt: skip
    fraction = day_fraction(chance.unit("time", visit_id))
    origin, origin_no = newsletter_before(span, visit_id, who.position, fraction, country, origin=origin)
    started = days.at(who.position, fraction)
    conversion = np.where(who.customer > 0, COMEBACK_CONVERSION, _conversion(days, who, origin, device))
    ordered = chance.hits("order", visit_id, conversion)
    mood = chance.unit("mood", visit_id)
    return Visits(
        visit_id, who.visitor_id, who.position, who.customer, started, started + delay(chance, visit_id), country,
        device, origin, origin_no, ordered | (mood < np.where(new_user, 0.52, 0.66)), new_user, mood < 0.011, ordered,
    )  # fmt: skip


def _conversion(days: Days, who: Who, origin: Ints, device: Ints) -> Floats:
    """How likely each visit buys."""
    cheap_clicks = days.trouble[who.position] & (origin == origins.PROSPECTING)
    chances: Floats = (
        CONVERSION
        * days.conversion[who.position]
        * origins.CONVERSION[origin]
        * np.array(origins.DEVICE_CONVERSION)[device]
        * np.where(cheap_clicks, 0.35, 1.0)
        * np.where(who.visit_id == who.visitor_id, 0.85, 1.25)
    )
    return chances


def day_fraction(unit: Floats) -> Floats:
    """When in the day: few at night, a bump at lunch, most in the evening."""
    hours = np.array([0, 6, 8, 12, 13.5, 17, 19, 22.5, 24]) / 24
    cumulated = np.array([0, 0.03, 0.09, 0.31, 0.42, 0.60, 0.72, 0.96, 1.0])
    return np.interp(unit, cumulated, hours)


def delay(chance: Chance, ids: Ints) -> Ints:
    """How long until GA4 shows it: within 6 hours, for 2 % up to 48 hours. Microseconds."""
    unit = chance.unit("processing", ids)
    hours = np.where(unit < 0.98, 0.2 + 5.8 * (unit / 0.98) ** 2, 6 + 42 * (unit - 0.98) / 0.02)
    return (hours * HOUR).astype(np.int64)


def buying_time(span: Span, visits: Visits) -> Ints:
    """The moment of the order: 2 to 40 minutes into the visit, before midnight."""
    end = span.days.starts[visits.position] + span.days.lengths[visits.position] - MINUTE
    pause = ((2 + 38 * span.chance.unit("pause", visits.visit_id)) * MINUTE).astype(np.int64)
    return np.maximum(visits.started, np.minimum(visits.started + pause, end))
