"""The newsletters: two sends a week to three lists, their opens, and the clicks that become visits."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company import origins
from sandbox.company.calendar import HOUR, Days, day_date
from sandbox.company.chance import Chance, Floats, Ints

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
"""Nobody clicks on a newsletter with more than six newer ones."""
CLICK_BUCKET = 6 * HOUR

DELTA_HOURS = np.array([1, 3, 6, 12, 24, 48, 96, 192, 384, 600], np.int64)
DELTA_SHARES = np.array([0.22, 0.42, 0.58, 0.70, 0.82, 0.90, 0.95, 0.98, 0.993, 1.0])
"""When opens and unsubscriptions arrive: hours after the send and cumulated share. The last at 25 days."""
SUBJECTS = (
    "Nieuw binnen: {}", "Zo draag je {}", "Nog even: {}", "Onze favorieten: {}", "Terug op voorraad: {}",
    "Gemaakt om te blijven: {}",
)  # fmt: skip
THEMES = ("linnen", "jeans die blijven", "merinowol", "biokatoen", "de regenjas", "het witte T-shirt", "feestkleding",
          "reparatieweek", "gerecyclede wol", "de zomerjurk")  # fmt: skip


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
    chance: Chance, days: Days, visit_id: Ints, position: Ints, fraction: Floats, country: Ints, origin: Ints
) -> tuple[Ints, Ints]:
    """(origin, origin_no) of each visit: e-mail visits belong to a newsletter sent shortly before.

    Where none was sent yet, the visit is a direct one.
    """
    origin, origin_no = origin.copy(), origin.astype(np.int64)
    mail = np.flatnonzero(origin == origins.EMAIL)
    week, weekday = np.divmod(days.numbers[position[mail]] - FIRST_MONDAY, 7)
    hour = weekday * 24 + fraction[mail] * 24
    sent = np.searchsorted(np.array([day * 24 + at + 0.1 for day, at in SENDS]), hour, side="right")
    older = np.minimum(chance.waits("older newsletter", visit_id[mail], 0.9).astype(np.int64), OLDEST_CLICKED)
    send = week * len(SENDS) + sent - 1 - older
    known = send_day(send) >= days.numbers[0]
    origin_no[mail] = np.where(known, ORIGIN_NO_ZERO + send * len(LISTS) + country[mail], origins.DIRECT)
    origin[mail] = np.where(known, origins.EMAIL, origins.DIRECT)
    return origin, origin_no


def campaign_ids(chance: Chance, origin_no: Ints) -> Any:
    """Mailchimp's campaign ids of newsletters: ten hex digits."""
    return np.array([f"{bits >> 24:010x}" for bits in chance.bits("newsletter id", origin_no).tolist()], object)


@dataclass
class Mailing:
    """The lists' sizes, and what the newsletters sent so far will still bring. State, from day to day."""

    chance: Chance
    scale: float

    def __post_init__(self) -> None:
        self._sizes = np.array([int(size * self.scale) for *_, size in LISTS], np.int64)
        self._leaving: dict[int, Ints] = defaultdict(lambda: np.zeros(len(LISTS), np.int64))

    def post(self, days: Days, first: int, last: int, subs: Ints) -> dict[str, Ints]:
        """The newsletters of days[first..last]; subs: array (days of the span, lists). Lists grow and shrink daily.

        Returns columns with one element a newsletter: send, list, position, sent_at, emails, hard, soft, syntax,
        abuse, unsubs, human, machine (unique openers).
        """
        rows: list[dict[str, Ints]] = []
        for position in range(first, last + 1):
            number = int(days.numbers[position])
            send = send_on(number)
            if send is not None:
                rows.append(self._send(days, position, send))
            self._sizes = self._sizes + subs[position - first] - self._leaving.pop(number, 0)
        empty = {name: np.empty(0, np.int64) for name in SENT_COLUMNS}
        return {name: np.concatenate([empty[name], *(row[name] for row in rows)]) for name in SENT_COLUMNS}

    def _send(self, days: Days, position: int, send: int) -> dict[str, Ints]:
        lists = np.arange(len(LISTS))
        ids = ORIGIN_NO_ZERO + send * len(LISTS) + lists
        draw = self.chance
        emails = np.maximum(self._sizes, 1)
        hard = np.minimum(draw.whole("hard bounce", ids, emails * 0.0009), emails)
        soft = np.minimum(draw.whole("soft bounce", ids, emails * 0.0042), emails - hard)
        delivered = emails - hard - soft
        liking = 1 + 0.12 * draw.normal("subject", ids)
        human = np.clip(draw.whole("human opens", ids, delivered * 0.235 * liking), 0, delivered)
        machine = np.minimum(draw.whole("machine opens", ids, human * 0.82), delivered - human)
        unsubs = np.minimum(draw.whole("unsubscribe", ids, delivered * 0.0016), delivered)
        for hours, share in zip(DELTA_HOURS, np.diff(_spread(unsubs), axis=1, prepend=0).T, strict=True):
            self._leaving[int(days.numbers[position]) + 1 + int(hours) // 24] += share
        self._sizes = self._sizes - hard
        _, hour = SENDS[send % len(SENDS)]
        sent_at = np.full(len(LISTS), days.starts[position] + int(hour * HOUR))
        zero = np.zeros(len(LISTS), np.int64)
        return {
            "send": zero + send, "list": lists, "position": zero + position, "sent_at": sent_at, "emails": emails,
            "hard": hard, "soft": soft, "syntax": draw.hits("syntax", ids, 0.05).astype(np.int64) * (soft > 0),
            "abuse": draw.whole("abuse", ids, emails * 0.00004), "unsubs": unsubs, "human": human, "machine": machine,
        }  # fmt: skip


SENT_COLUMNS = ("send", "list", "position", "sent_at", "emails", "hard", "soft", "syntax", "abuse", "unsubs", "human",
                "machine")  # fmt: skip


def _spread(totals: Ints) -> Ints:
    """Cumulated whole numbers (totals, deltas) that end in the totals."""
    return np.floor(totals[:, None] * DELTA_SHARES + 1e-9).astype(np.int64)


def origin_numbers(sent: dict[str, Ints]) -> Ints:
    """The origin_no of each newsletter sent."""
    return ORIGIN_NO_ZERO + sent["send"] * len(LISTS) + sent["list"]


def origin_columns(sent: dict[str, Ints], days: Days) -> dict[str, Any]:
    """Columns of origins: one per newsletter."""
    count = len(sent["send"])
    return {
        "origin_no": origin_numbers(sent),
        "channel": np.full(count, "Email", object),
        "source": np.full(count, "mailchimp", object),
        "medium": np.full(count, "email", object),
        "campaign": _names(sent, days),
    }


def _names(sent: dict[str, Ints], days: Days) -> Any:
    pairs = zip(days.numbers[sent["position"]].tolist(), sent["list"].tolist(), strict=True)
    return np.array([f"nieuwsbrief-{day_date(day)}-{LISTS[which][2]}" for day, which in pairs], object)


def newsletter_columns(chance: Chance, sent: dict[str, Ints], days: Days) -> dict[str, Any]:
    """Columns of newsletters. The title is the utm_campaign of its links."""
    ids = origin_numbers(sent)
    lists = np.array([[list_id, name] for list_id, name, _, _ in LISTS], object)
    count = len(ids)
    themes = chance.choice("theme", sent["send"], np.ones(len(THEMES)))
    lines = chance.choice("line", sent["send"], np.ones(len(SUBJECTS)))
    subjects = [SUBJECTS[line].format(THEMES[theme]) for line, theme in zip(lines, themes, strict=True)]
    return {
        "campaign_id": campaign_ids(chance, ids),
        "list_id": lists[sent["list"], 0],
        "list_name": lists[sent["list"], 1],
        "title": _names(sent, days),
        "subject": np.array(subjects, object) if count else np.empty(0, object),
        "type": np.full(count, "regular", object),
        "send_time": sent["sent_at"],
        "emails_sent": sent["emails"],
        "hard_bounces": sent["hard"],
        "soft_bounces": sent["soft"] - sent["syntax"],
        "syntax_errors": sent["syntax"],
        "abuse_reports": sent["abuse"],
    }


DELTA_COLUMNS = ("opens_total", "unique_opens", "human_opens_total", "human_unique_opens", "clicks_total",
                 "unique_clicks", "unique_subscriber_clicks", "unsubscribed", "orders", "revenue")  # fmt: skip


def open_deltas(sent: dict[str, Ints]) -> dict[str, Ints]:
    """Deltas of opens and unsubscriptions (newsletters x 10, flat), with origin_no and known_at."""

    def steps(totals: Ints) -> Ints:
        return np.diff(_spread(totals), axis=1, prepend=0).ravel()

    human, machine = sent["human"], sent["machine"]
    human_total = human + (human * 0.46).astype(np.int64)
    unique = steps(human) + steps(machine)
    return {
        "origin_no": np.repeat(origin_numbers(sent), len(DELTA_HOURS)),
        "known_at": (sent["sent_at"][:, None] + DELTA_HOURS * HOUR).ravel(),
        "opens_total": steps(human_total) + steps(machine + (machine * 0.2).astype(np.int64)),
        "unique_opens": unique,
        "human_opens_total": steps(human_total),
        "human_unique_opens": steps(human),
        "unsubscribed": steps(sent["unsubs"]),
    }


def click_deltas(chance: Chance, visit_id: Ints, origin_no: Ints, started: Ints) -> dict[str, Ints]:
    """Deltas of clicks from the visits that newsletters brought, by six hours."""
    groups, of_group, known = _buckets(origin_no, started)
    people = np.bincount(of_group, weights=chance.hits("first click", visit_id, 0.9), minlength=len(groups))
    unique = people + np.bincount(of_group, weights=chance.hits("second link", visit_id, 0.2), minlength=len(groups))
    total = unique + np.bincount(of_group, weights=chance.hits("same link", visit_id, 0.25), minlength=len(groups))
    return {
        "origin_no": groups, "known_at": known, "clicks_total": total.astype(np.int64),
        "unique_clicks": unique.astype(np.int64), "unique_subscriber_clicks": people.astype(np.int64),
    }  # fmt: skip


def order_deltas(origin_no: Ints, ordered: Ints, total_cents: Ints) -> dict[str, Ints]:
    """Deltas of orders and revenue (cents) that followed a click, by six hours."""
    groups, of_group, known = _buckets(origin_no, ordered)
    revenue = np.bincount(of_group, weights=total_cents, minlength=len(groups))
    return {
        "origin_no": groups, "known_at": known, "orders": np.bincount(of_group, minlength=len(groups)),
        "revenue": revenue.astype(np.int64),
    }  # fmt: skip


def _buckets(origin_no: Ints, moment: Ints) -> tuple[Ints, Ints, Ints]:
    """(origin_no of each bucket, bucket of each row, end of each bucket): one bucket per newsletter and six hours."""
    keys, of_group = np.unique(
        (moment // CLICK_BUCKET + 1) * 1_000_000 + origin_no, return_inverse=True
    )
    return keys % 1_000_000, of_group.ravel(), keys // 1_000_000 * CLICK_BUCKET


def delta_columns(chance: Chance, parts: list[dict[str, Ints]]) -> dict[str, Any]:
    """Columns of newsletter_deltas from the parts; what a part does not count is 0."""

    def column(name: str) -> Ints:
        return np.concatenate([part.get(name, np.zeros(len(part["known_at"]), np.int64)) for part in parts])

    origin_no = column("origin_no")
    unique, inverse = np.unique(origin_no, return_inverse=True)
    ids = campaign_ids(chance, unique)[inverse.ravel()] if len(unique) else np.empty(0, object)
    return {"campaign_id": ids, "known_at": column("known_at")} | {name: column(name) for name in DELTA_COLUMNS}


ACTIVITY = ("unique_opens", "recipient_clicks", "unsubs")


class ListDays:
    """What happened to each list per local day. State: what is known of days that are not simulated yet."""

    def __init__(self) -> None:
        self._known = {name: np.empty(0, np.int64) for name in ("list", "known_at", *ACTIVITY)}

    def columns(
        self, chance: Chance, days: Days, first: int, last: int, sent: dict[str, Ints], subs: Ints,
        parts: list[dict[str, Ints]],
    ) -> dict[str, Any]:  # fmt: skip
        """Columns of list_days for days[first..last]; parts: deltas of opens and of clicks."""
        self._remember(parts)
        end = days.starts[last] + days.lengths[last]
        due = self._known["known_at"] < end
        known = {name: values[due] for name, values in self._known.items()}
        self._known = {name: values[~due] for name, values in self._known.items()}
        position = np.searchsorted(days.starts, known["known_at"], side="right") - 1
        shape = (last - first + 1, len(LISTS))
        cell = (position - first) * shape[1] + known["list"]
        happened = {name: _tally(cell, known[name], shape) for name in ACTIVITY}
        sent_cell = (sent["position"] - first) * shape[1] + sent["list"]
        for name, column in (("emails_sent", "emails"), ("hard_bounce", "hard"), ("soft_bounce", "soft")):
            happened[name] = _tally(sent_cell, sent[column], shape)
        numbers = np.repeat(days.numbers[first : last + 1], shape[1])
        ends = np.repeat(days.starts[first : last + 1] + days.lengths[first : last + 1], shape[1])
        lists = np.tile(np.arange(shape[1]), shape[0])
        zero = np.zeros(len(numbers), np.int64)
        ids = numbers * 10 + lists
        return {
            "list_id": np.array([list_id for list_id, *_ in LISTS], object)[lists],
            "date": numbers,
            "known_at": ends + HOUR // 4,
            **happened,
            "subs": subs.ravel(),
            "other_adds": zero + chance.hits("other add", ids, 0.08),
            "other_removes": zero + chance.hits("other remove", ids, 0.05),
        }

    def _remember(self, parts: list[dict[str, Ints]]) -> None:
        for part in parts:
            zero = np.zeros(len(part["known_at"]), np.int64)
            more = {
                "list": (part["origin_no"] - ORIGIN_NO_ZERO) % len(LISTS),
                "known_at": part["known_at"],
                "unique_opens": part.get("unique_opens", zero),
                "recipient_clicks": part.get("unique_subscriber_clicks", zero),
                "unsubs": part.get("unsubscribed", zero),
            }
            self._known = {name: np.concatenate([self._known[name], more[name]]) for name in more}


def _tally(cell: Ints, values: Ints, shape: tuple[int, int]) -> Ints:
    return np.bincount(cell, values, shape[0] * shape[1]).astype(np.int64)
