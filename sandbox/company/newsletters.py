"""The newsletters: two sends a week to three lists, and the visits that they bring."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sandbox.company import origins
from sandbox.company.calendar import HOUR, Days, day_date
from sandbox.company.chance import Chance, Floats, Ints
from sandbox.company.span import Span

LISTS: tuple[tuple[str, str, str, int], ...] = (
    ("57afe96172", "Nieuwsbrief Nederland", "nl", 14_000),
    ("8c1b0f4a2d", "Nieuwsbrief België", "be", 3_200),
    ("b94d27b993", "Newsletter Deutschland", "de", 1_900),
)
"""id, name, country (in the order of origins.COUNTRIES), addresses at the start at scale 1."""
SENDS: tuple[tuple[int, float], ...] = ((1, 10.0), (4, 15.5))
"""Weekday and local hour: Tuesday 10:00, Friday 15:30."""
FIRST_MONDAY = 18_267
"""2020-01-06: sends are counted from here."""
ORIGIN_NO_ZERO = 1_000
OLDEST_CLICKED = 6
"""Nobody clicks on a newsletter with more than six newer ones: the last clicks come 3.5 weeks after the send."""

DELTA_HOURS = np.array([1, 3, 6, 12, 24, 48, 96, 192, 384, 600], np.int64)
DELTA_SHARES = np.array([0.22, 0.42, 0.58, 0.70, 0.82, 0.90, 0.95, 0.98, 0.993, 1.0])
"""When opens and unsubscriptions arrive: hours after the send and cumulated share. The last at 25 days."""
SUBJECTS = (
    "Nieuw binnen: {}", "Zo draag je {}", "Nog even: {}", "Onze favorieten: {}", "Terug op voorraad: {}",
    "Gemaakt om te blijven: {}",
)  # fmt: skip
THEMES = ("linnen", "jeans die blijven", "merinowol", "biokatoen", "de regenjas", "het witte T-shirt", "feestkleding",
          "reparatieweek", "gerecyclede wol", "de zomerjurk")  # fmt: skip


@dataclass
class Sent:
    """Newsletters, one element each. send: counted from 2020; audience: index into LISTS; human, machine: who opens."""

    send: Ints
    audience: Ints
    position: Ints
    sent_at: Ints
    emails: Ints
    hard: Ints
    soft: Ints
    syntax: Ints
    abuse: Ints
    unsubs: Ints
    human: Ints
    machine: Ints

    @property
    def origin_no(self) -> Ints:
        """Their number in the table origins."""
        return ORIGIN_NO_ZERO + self.send * len(LISTS) + self.audience

    @classmethod
    def joined(cls, parts: list[Sent]) -> Sent:
        """All parts; none gives empty columns."""
        empty = np.empty(0, np.int64)
        return cls(*(np.concatenate([empty, *(getattr(part, f.name) for part in parts)]) for f in fields(cls)))


def send_on(number: int) -> int | None:
    """The send of a day, counted from 2020, or None."""
    week, weekday = divmod(number - FIRST_MONDAY, 7)
    turn = next((n for n, (day, _) in enumerate(SENDS) if day == weekday), None)
    return None if turn is None else week * len(SENDS) + turn


def send_day(send: Ints) -> Ints:
    """The day number of each send."""
    week, turn = np.divmod(send, len(SENDS))
    return FIRST_MONDAY + week * 7 + np.array([day for day, _ in SENDS])[turn]


def newsletter_before(
    span: Span, visit_id: Ints, position: Ints, fraction: Floats, country: Ints, *, origin: Ints
) -> tuple[Ints, Ints]:
    """(origin, origin_no) of each visit: e-mail visits belong to a newsletter sent shortly before.

    Where none was sent yet, the visit is a direct one.
    """
    origin, origin_no = origin.copy(), origin.astype(np.int64)
    mail = np.flatnonzero(origin == origins.EMAIL)
    week, weekday = np.divmod(span.days.numbers[position[mail]] - FIRST_MONDAY, 7)
    hour = weekday * 24 + fraction[mail] * 24
    sent = np.searchsorted(np.array([day * 24 + at + 0.1 for day, at in SENDS]), hour, side="right")
    older = np.minimum(span.chance.waits("older newsletter", visit_id[mail], 0.9).astype(np.int64), OLDEST_CLICKED)
    send = week * len(SENDS) + sent - 1 - older
    known = send_day(send) >= span.days.numbers[0]
    origin_no[mail] = np.where(known, ORIGIN_NO_ZERO + send * len(LISTS) + country[mail], origins.DIRECT)
    origin[mail] = np.where(known, origins.EMAIL, origins.DIRECT)
    return origin, origin_no


def spread(totals: Ints) -> Ints:
    """(totals, deltas): how much of each total arrives at each of DELTA_HOURS; the rows add up to the totals."""
    cumulated = np.floor(totals[:, None] * DELTA_SHARES + 1e-9).astype(np.int64)
    return np.diff(cumulated, axis=1, prepend=0)


@dataclass
class Mailing:
    """The lists' sizes, and who is about to leave them. State, from day to day."""

    chance: Chance
    scale: float

    def __post_init__(self) -> None:
        self._sizes = np.array([int(size * self.scale) for *_, size in LISTS], np.int64)
        self._leaving: dict[int, Ints] = defaultdict(lambda: np.zeros(len(LISTS), np.int64))

    def post(self, span: Span, subs: Ints) -> Sent:
        """The newsletters of the span. Lists grow daily by subs (days of the span, lists) and shrink."""
        parts: list[Sent] = []
        for number, joined in zip(span.numbers.tolist(), subs, strict=True):
            send = send_on(number)
            if send is not None:
                parts.append(self._send(span.days, number, send))
            self._sizes = self._sizes + joined - self._leaving.pop(number, 0)
        return Sent.joined(parts)

    def _send(self, days: Days, number: int, send: int) -> Sent:
        lists = np.arange(len(LISTS))
        draw, ids = self.chance, ORIGIN_NO_ZERO + send * len(LISTS) + lists
        emails = np.maximum(self._sizes, 1)
        hard = np.minimum(draw.whole("hard bounce", ids, emails * 0.0009), emails)
        soft = np.minimum(draw.whole("soft bounce", ids, emails * 0.0042), emails - hard)
        syntax = draw.hits("syntax", ids, 0.05) * np.minimum(soft, 1)
        human, machine = self._openers(ids, emails - hard - soft)
        unsubs = np.minimum(draw.whole("unsubscribe", ids, emails * 0.0016), human)
        for hours, leaving in zip(DELTA_HOURS.tolist(), spread(unsubs).T, strict=True):
            self._leaving[number + 1 + hours // 24] += leaving
        self._sizes = self._sizes - hard
        position = np.full(len(LISTS), number - days.numbers[0])
        _, hour = SENDS[send % len(SENDS)]
        return Sent(
            np.full(len(LISTS), send), lists, position, days.starts[position] + int(hour * HOUR), emails, hard,
            soft - syntax, syntax, draw.whole("abuse", ids, emails * 0.00004), unsubs, human, machine,
        )  # fmt: skip

    def _openers(self, ids: Ints, delivered: Ints) -> tuple[Ints, Ints]:
        """(people who open, machines that do: Apple's Mail Privacy Protection, about 45 % of all)."""
        liking = 1 + 0.12 * self.chance.normal("subject", ids)
        human = np.clip(self.chance.whole("human opens", ids, delivered * 0.235 * liking), 0, delivered)
        machine = np.minimum(self.chance.whole("machine opens", ids, human * 0.82), delivered - human)
        return human, machine


def campaign_ids(chance: Chance, origin_no: Ints) -> Any:
    """Mailchimp's campaign ids of newsletters: ten hex digits."""
    return np.array([f"{bits >> 24:010x}" for bits in chance.bits("newsletter id", origin_no).tolist()], object)


def _names(sent: Sent, days: Days) -> Any:
    pairs = zip(days.numbers[sent.position].tolist(), sent.audience.tolist(), strict=True)
    return np.array([f"nieuwsbrief-{day_date(day)}-{LISTS[which][2]}" for day, which in pairs], object)


def origin_columns(sent: Sent, days: Days) -> dict[str, Any]:
    """Columns of origins: one per newsletter."""
    words = {"channel": "Email", "source": "mailchimp", "medium": "email"}
    repeated = {name: np.full(len(sent.send), word, object) for name, word in words.items()}
    return {"origin_no": sent.origin_no, **repeated, "campaign": _names(sent, days)}


def newsletter_columns(chance: Chance, sent: Sent, days: Days) -> dict[str, Any]:
    """Columns of newsletters. The title is the utm_campaign of its links."""
    lists = np.array([[list_id, name] for list_id, name, _, _ in LISTS], object)
    themes = chance.choice("theme", sent.send, np.ones(len(THEMES))).tolist()
    lines = chance.choice("line", sent.send, np.ones(len(SUBJECTS))).tolist()
    subjects = [SUBJECTS[line].format(THEMES[theme]) for line, theme in zip(lines, themes, strict=True)]
    return {
        "campaign_id": campaign_ids(chance, sent.origin_no),
        "list_id": lists[sent.audience, 0],
        "list_name": lists[sent.audience, 1],
        "title": _names(sent, days),
        "subject": np.array(subjects, object),
        "type": np.full(len(sent.send), "regular", object),
        "send_time": sent.sent_at,
        "emails_sent": sent.emails,
        "hard_bounces": sent.hard,
        "soft_bounces": sent.soft,
        "syntax_errors": sent.syntax,
        "abuse_reports": sent.abuse,
    }
