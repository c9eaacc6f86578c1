"""What comes of the newsletters, bit by bit: opens, clicks, orders; and what that is per list and day."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company.calendar import HOUR
from sandbox.company.chance import Chance, Ints
from sandbox.company.newsletters import DELTA_HOURS, LISTS, ORIGIN_NO_ZERO, Sent, campaign_ids, spread
from sandbox.company.shop import Orders
from sandbox.company.span import Span
from sandbox.company.visits import Visits

CLICK_BUCKET = 6 * HOUR
COUNTED = ("opens_total", "unique_opens", "human_opens_total", "human_unique_opens", "clicks_total",
           "unique_clicks", "unique_subscriber_clicks", "unsubscribed", "orders", "revenue")  # fmt: skip

Deltas = dict[str, Ints]
"""origin_no, known_at and some of COUNTED, one element a delta."""


def open_deltas(sent: Sent) -> Deltas:
    """Opens and unsubscriptions: ten deltas for each newsletter."""
    human_total = sent.human + (sent.human * 0.46).astype(np.int64)
    machine_total = sent.machine + (sent.machine * 0.2).astype(np.int64)
    human, machine, humans = (spread(totals).ravel() for totals in (sent.human, sent.machine, human_total))
    return {
        "origin_no": np.repeat(sent.origin_no, len(DELTA_HOURS)),
        "known_at": (sent.sent_at[:, None] + DELTA_HOURS * HOUR).ravel(),
        "opens_total": humans + spread(machine_total).ravel(),
        "unique_opens": human + machine,
        "human_opens_total": humans,
        "human_unique_opens": human,
        "unsubscribed": spread(sent.unsubs).ravel(),
    }


def click_deltas(chance: Chance, visits: Visits) -> Deltas:
    """Clicks, from the visits that newsletters brought."""
    groups, of_group, known = _buckets(visits.origin_no, visits.started, visits.position)

    def count(topic: str, share: float) -> Ints:
        hits = chance.hits(topic, visits.visit_id, share)
        return np.bincount(of_group, hits, len(groups)).astype(np.int64)

    people = count("first click", 0.9)
    unique = people + count("second link", 0.2)
    return {
        "origin_no": groups,
        "known_at": known,
        "clicks_total": unique + count("same link", 0.25),
        "unique_clicks": unique,
        "unique_subscriber_clicks": people,
    }


def order_deltas(orders: Orders) -> Deltas:
    """Orders and revenue (cents) that followed a click."""
    visits = orders.visits
    groups, of_group, known = _buckets(visits.origin_no, orders.ordered, visits.position)
    revenue = np.bincount(of_group, orders.total, len(groups)).astype(np.int64)
    return {
        "origin_no": groups,
        "known_at": known,
        "orders": np.bincount(of_group, minlength=len(groups)),
        "revenue": revenue,
    }


def _buckets(origin_no: Ints, moment: Ints, position: Ints) -> tuple[Ints, Ints, Ints]:
    """(origin_no of each bucket, bucket of each row, end of each bucket), one per newsletter, six hours and local day.

    The day is part of it because days are simulated in chunks: a bucket must not fall apart over two of them.
    """
    spans = moment // CLICK_BUCKET + 1
    oldest = int(spans.min()) if len(spans) else 0
    keys = (position * 100_000 + spans - oldest) * 100_000 + origin_no
    unique, of_group = np.unique(keys, return_inverse=True)
    return unique % 100_000, of_group.ravel(), (unique // 100_000 % 100_000 + oldest) * CLICK_BUCKET


def delta_columns(chance: Chance, parts: list[Deltas]) -> dict[str, Any]:
    """Columns of newsletter_deltas from the parts; what a part does not count is 0."""
    origin_no, inverse = np.unique(_column(parts, "origin_no"), return_inverse=True)
    ids = campaign_ids(chance, origin_no)[inverse.ravel()]
    counts = {name: _column(parts, name) for name in COUNTED}
    return {"campaign_id": ids, "known_at": _column(parts, "known_at")} | counts


def _column(parts: list[Deltas], name: str) -> Ints:
    return np.concatenate([part.get(name, np.zeros(len(part["known_at"]), np.int64)) for part in parts])


ACTIVITY = {
    "unique_opens": "unique_opens", "recipient_clicks": "unique_subscriber_clicks", "unsubs": "unsubscribed",
}  # fmt: skip
"""Columns of list_days that are sums of deltas."""


class ListDays:
    """What happened to each list per local day. State: what falls on days that are not simulated yet."""

    def __init__(self) -> None:
        self._waiting = {name: np.empty(0, np.int64) for name in ("origin_no", "known_at", *ACTIVITY.values())}

    def columns(self, span: Span, sent: Sent, subs: Ints, parts: list[Deltas]) -> dict[str, Any]:
        """Columns of list_days for the span; subs: (days, lists); parts: deltas of opens and of clicks."""
        lists = np.tile(np.arange(len(LISTS)), span.length)
        numbers = np.repeat(span.numbers, len(LISTS))
        days = span.own_days
        return {
            "list_id": np.array([list_id for list_id, *_ in LISTS], object)[lists],
            "date": numbers,
            "known_at": np.repeat(days.starts + days.lengths, len(LISTS)) + HOUR // 4,
            **self._sums(span, parts),
            "emails_sent": span.tally(sent.position, sent.audience, len(LISTS), sent.emails).ravel(),
            "hard_bounce": span.tally(sent.position, sent.audience, len(LISTS), sent.hard).ravel(),
            "soft_bounce": span.tally(sent.position, sent.audience, len(LISTS), sent.soft).ravel(),
            "subs": subs.ravel(),
            "other_adds": span.chance.hits("other add", numbers * 10 + lists, 0.08).astype(np.int64),
            "other_removes": span.chance.hits("other remove", numbers * 10 + lists, 0.05).astype(np.int64),
        }

    def _sums(self, span: Span, parts: list[Deltas]) -> dict[str, Ints]:
        known = {name: _column([self._waiting, *parts], name) for name in self._waiting}
        due = known["known_at"] < span.days.starts[span.last] + span.days.lengths[span.last]
        self._waiting = {name: values[~due] for name, values in known.items()}
        now = {name: values[due] for name, values in known.items()}
        position = np.searchsorted(span.days.starts, now["known_at"], side="right") - 1
        which = (now["origin_no"] - ORIGIN_NO_ZERO) % len(LISTS)
        return {name: span.tally(position, which, len(LISTS), now[delta]).ravel() for name, delta in ACTIVITY.items()}
