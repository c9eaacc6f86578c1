"""Mailings of tools other than Mailchimp: campaigns to lists of their own, and flows that mail after an event.

A row of mailings is what went out of one message on one day, which is the same day in the account's time zone as in
Amsterdam. A flow mails all day long: its row is known when the account's day is over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import GROWTH_FROM, HOUR, day_date, day_number
from sandbox.company.chance import Bools, Floats, Ints
from sandbox.company.mail_programmes import PROGRAMMES, Programme
from sandbox.company.newsletters import FIRST_MONDAY
from sandbox.company.span import Span

LIST_GROWTH_PER_YEAR = 0.10
ARRIVALS = ((1, 0.30), (6, 0.55), (24, 0.80), (72, 0.92), (240, 0.98), (600, 1.0))
"""Hours after the send (of a flow: after its day) at which counters move, and how much of the whole they show then."""
COUNTS = ("opens", "unique_opens", "machine_opens", "clicks", "unique_clicks", "unsubscribed", "orders", "revenue")


@dataclass(frozen=True)
class Sent:
    """Mailings, one element each: their programme, the position of their day, an id for draws, and when they count."""

    programme: Ints
    position: Ints
    ids: Ints
    sent_at: Ints
    known_at: Ints

    def of(self, value: Callable[[Programme], Any]) -> Any:
        """A value of each mailing's programme."""
        return np.array([value(one) for one in PROGRAMMES])[self.programme]

    def texts(self, text: Callable[[Programme, int], str], span: Span) -> Any:
        """A text of each mailing, from its programme and the number of its day."""
        days = span.days.numbers[self.position].tolist()
        pairs = zip(self.programme.tolist(), days, strict=True)
        return np.array([text(PROGRAMMES[which], day) for which, day in pairs], object)


def mailing_columns(span: Span) -> dict[str, Any]:
    """Columns of mailings that go out on the days of a span."""
    sent = _sent(span)
    texts: dict[str, Callable[[Programme, int], str]] = {
        "campaign_id": _campaign_id, "message_id": _message_id, "name": _name, "subject": _subject,
        "kind": lambda one, _: "flow" if one.flow_id else "campaign", "list_id": lambda one, _: one.list_id,
        "list_name": lambda one, _: one.list_name,
    }  # fmt: skip
    named = _keys(span, sent) | {name: sent.texts(text, span) for name, text in texts.items()}
    times = {"date": span.days.numbers[sent.position], "sent_at": sent.sent_at, "known_at": sent.known_at}
    return named | times | _delivery(span, sent)


def delta_columns(span: Span) -> dict[str, Any]:
    """Columns of mailing_deltas of the mailings of a span."""
    sent = _sent(span)
    keys, whole = _keys(span, sent), _response(span, sent)
    shown, parts = {name: np.zeros_like(sent.ids) for name in COUNTS}, []
    for hours, share in ARRIVALS:
        by_now = {name: np.floor(counts * share + 1e-9).astype(np.int64) for name, counts in whole.items()}
        by_now["revenue"] = by_now["orders"] * whole["revenue"] // np.maximum(whole["orders"], 1)
        parts.append(keys | {"known_at": sent.known_at + hours * HOUR} | {n: by_now[n] - shown[n] for n in COUNTS})
        shown = by_now
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _sent(span: Span) -> Sent:
    due = [np.flatnonzero(_is_due(one, span.numbers)) for one in PROGRAMMES]
    programme = np.repeat(np.arange(len(PROGRAMMES)), [len(days) for days in due])
    position = span.first + np.concatenate(due)
    numbers, starts = span.days.numbers[position], span.days.starts[position]
    sent_at = starts + (np.array([one.hour for one in PROGRAMMES])[programme] * HOUR).astype(np.int64)
    over = starts + span.days.lengths[position] + np.array([one.mailer.behind for one in PROGRAMMES])[programme] * HOUR
    flow = np.array([bool(one.flow_id) for one in PROGRAMMES])[programme]
    return Sent(programme, position, numbers * 100 + programme, sent_at, np.where(flow, over, sent_at))


def _is_due(one: Programme, numbers: Ints) -> Bools:
    due: Bools = np.ones(len(numbers), np.bool_)
    return due if one.flow_id else (numbers - FIRST_MONDAY) % (7 * one.weeks) == one.weekday


def _delivery(span: Span, sent: Sent) -> dict[str, Ints]:
    """Receivers, and those whom it did not reach. A flow follows the orders of its day, a list grows slowly."""
    draw, number = span.chance, span.days.numbers[sent.position]
    grown = np.exp(LIST_GROWTH_PER_YEAR * (number - day_number(GROWTH_FROM)) / 365.25)
    busy = span.days.traffic[sent.position] * span.days.conversion[sent.position]
    usual: Floats = sent.of(lambda one: one.receivers) * span.scale
    expected = usual * np.where(sent.of(lambda one: bool(one.flow_id)), busy, grown)
    receivers = draw.whole("mailing receivers", sent.ids, expected)
    hard = np.minimum(draw.whole("mailing hard bounces", sent.ids, receivers * 0.0012), receivers)
    soft = np.minimum(draw.whole("mailing soft bounces", sent.ids, receivers * 0.0060), receivers - hard)
    complaints = np.minimum(draw.whole("mailing complaints", sent.ids, receivers * 0.0002), receivers - hard - soft)
    return {"recipients": receivers, "hard_bounces": hard, "soft_bounces": soft, "complaints": complaints}


def _response(span: Span, sent: Sent) -> dict[str, Ints]:
    """What comes of the mailings in the end."""
    draw, ids, out = span.chance, sent.ids, _delivery(span, sent)
    delivered = out["recipients"] - out["hard_bounces"] - out["soft_bounces"]
    people, unique, machines = _openers(span, sent, delivered)
    clicks = np.minimum(draw.whole("mailing clickers", ids, people * 0.11), people)
    orders = np.minimum(draw.whole("mailing orders", ids, delivered * sent.of(lambda one: one.buyers)), clicks)
    price = np.rint(sent.of(lambda one: one.mailer.price) * np.exp(0.2 * draw.normal("mailing price", ids)))
    return {
        "opens": draw.whole("mailing opens", ids, unique * 1.4),
        "unique_opens": unique,
        "machine_opens": machines,
        "clicks": draw.whole("mailing clicks", ids, clicks * 1.3),
        "unique_clicks": clicks,
        "unsubscribed": np.minimum(draw.whole("mailing unsubscribed", ids, delivered * 0.0018), people),
        "orders": orders,
        "revenue": orders * price.astype(np.int64),
    }


def _openers(span: Span, sent: Sent, delivered: Ints) -> tuple[Ints, Ints, Ints]:
    """(people, whom the tool counts as openers, machines that it tells apart): some tools count machines as people."""
    draw, ids = span.chance, sent.ids
    liking = np.exp(0.1 * draw.normal("mailing liking", ids))
    opening = delivered * sent.of(lambda one: one.people) * liking
    people = np.minimum(draw.whole("mailing openers", ids, opening), delivered)
    expected = delivered * sent.of(lambda one: one.machines)
    machines = np.minimum(draw.whole("mailing machines", ids, expected), delivered - people)
    apart = sent.of(lambda one: one.mailer.told_apart)
    return people, people + np.where(apart, 0, machines), np.where(apart, machines, 0)


def _keys(span: Span, sent: Sent) -> dict[str, Any]:
    texts: dict[str, Callable[[Programme, int], str]] = {
        "tool": lambda one, _: one.mailer.tool, "account_id": lambda one, _: one.mailer.account_id,
        "mailing_id": lambda one, day: f"{_message_id(one, day)}/{day_date(day)}",
    }  # fmt: skip
    return {name: sent.texts(text, span) for name, text in texts.items()}


def _campaign_id(one: Programme, day: int) -> str:
    """A flow's own id, or as the tool numbers its campaigns."""
    week = (day - FIRST_MONDAY) // 7
    return one.flow_id or one.mailer.campaign_id.format(list=one.list_id.upper(), week=week)


def _message_id(one: Programme, day: int) -> str:
    return one.message_id or _campaign_id(one, day)


def _name(one: Programme, day: int) -> str:
    return one.name if one.flow_id else f"{one.name} {day_date(day)}"


def _subject(one: Programme, day: int) -> str:
    return one.subject or f"{one.name}: week {day_date(day).isocalendar().week}"
