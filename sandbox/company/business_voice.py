"""What companies hear from us and say to us: a weekly mailing, and short surveys on one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.business import ACCOUNTS, HOURS_BEHIND, PER_DAY, at_least_one
from sandbox.company.calendar import GROWTH_FROM, HOUR, day_date, day_number
from sandbox.company.chance import Chance, Floats, Ints
from sandbox.company.newsletters import DELTA_HOURS, spread
from sandbox.company.span import Span
from sandbox.company.warehouse import late_days

TOOL = "hubspot"
WEEKDAY, SENT_HOUR = 2, 11
GROWTH_PER_YEAR = 0.1
"""Of the mailing lists."""
EMAIL_ZERO, ANSWER_ZERO = 180_000_000, 60_000_000_000
ACCOUNT_IDS = np.array([account.account_id for account in ACCOUNTS], object)


@dataclass(frozen=True)
class Survey:
    """A question. per_day: answers of an account at scale 1, and below; shares: of each value, beginning with `lowest`.

    late: what a day late adds to the share of the lowest, and takes off that of the highest.
    """

    kind: str
    per_day: float
    lowest: int
    shares: tuple[float, ...]
    late: float


SURVEYS = (
    # Three faces.
    Survey("CSAT", 0.5, 0, (0.06, 0.22, 0.72), 0.04),
    Survey("NPS", 0.15, 0, (0.01, 0.01, 0.01, 0.02, 0.03, 0.06, 0.08, 0.17, 0.25, 0.20, 0.16), 0.02),
    Survey("CES", 0.1, 1, (0.02, 0.03, 0.06, 0.11, 0.23, 0.33, 0.22), 0.03),
)


@dataclass(frozen=True)
class Mailings:
    """The e-mails of a span, one element each."""

    account: Ints
    number: Ints
    ids: Ints
    sent_at: Ints
    sent: Ints
    hard: Ints
    soft: Ints

    @property
    def delivered(self) -> Ints:
        """What arrived."""
        return self.sent - self.hard - self.soft


def mail(span: Span) -> Mailings:
    """One e-mail a week and account, at eleven where it is read."""
    sends = span.first + np.flatnonzero(span.own_days.weekdays == WEEKDAY)
    position, account = np.repeat(sends, len(ACCOUNTS)), np.tile(np.arange(len(ACCOUNTS)), len(sends))
    number = span.days.numbers[position]
    years = (number - day_number(GROWTH_FROM)) / 365.25
    addresses = np.array([one.addresses for one in ACCOUNTS])[account] * np.exp(GROWTH_PER_YEAR * years) * span.scale
    ids = EMAIL_ZERO + number * len(ACCOUNTS) + account
    sent = np.maximum(span.chance.whole("crm emails", ids, addresses), 1)
    hard = np.minimum(span.chance.whole("crm hard", ids, sent * 0.002), sent)
    soft = np.minimum(span.chance.whole("crm soft", ids, sent * 0.006), sent - hard)
    moment = span.days.starts[position] + (SENT_HOUR + HOURS_BEHIND[account]) * HOUR
    return Mailings(account, number, ids, moment, sent, hard, soft)


def mailing_columns(chance: Chance, mailings: Mailings) -> dict[str, Any]:
    """Columns of mailings."""
    days = [day_date(number) for number in mailings.number.tolist()]
    return _keys(mailings) | {
        "campaign_id": _texts(mailings.ids),
        "message_id": _texts(mailings.ids),
        "kind": np.full(len(days), "campaign", object),
        "name": np.array([f"zakelijk-{day}" for day in days], object),
        "subject": np.array([f"Bedrijfskleding die blijft: week {day.isocalendar().week}" for day in days], object),
        "list_id": ACCOUNT_IDS[mailings.account],
        "list_name": np.array([account.name for account in ACCOUNTS], object)[mailings.account],
        "date": mailings.number,
        "sent_at": mailings.sent_at,
        "known_at": mailings.sent_at,
        "recipients": mailings.sent,
        "hard_bounces": mailings.hard,
        "soft_bounces": mailings.soft,
        "complaints": chance.hits("crm complaint", mailings.ids, 0.1) * np.minimum(mailings.delivered, 1),
    }


def delta_columns(chance: Chance, mailings: Mailings) -> dict[str, Any]:
    """Columns of mailing_deltas: ten for each e-mail."""
    nothing = np.zeros(len(mailings.ids), np.int64)
    whole = _reactions(chance, mailings) | dict.fromkeys(("machine_opens", "orders", "revenue"), nothing)
    keys = {name: np.repeat(texts, len(DELTA_HOURS)) for name, texts in _keys(mailings).items()}
    known = (mailings.sent_at[:, None] + DELTA_HOURS * HOUR).ravel()
    return keys | {"known_at": known} | {name: spread(counts).ravel() for name, counts in whole.items()}


def _keys(mailings: Mailings) -> dict[str, Any]:
    tool = np.full(len(mailings.ids), TOOL, object)
    return {"tool": tool, "account_id": ACCOUNT_IDS[mailings.account], "mailing_id": _texts(mailings.ids)}


def _texts(ids: Ints) -> Any:
    return np.array([str(number) for number in ids.tolist()], object)


def _reactions(chance: Chance, mailings: Mailings) -> dict[str, Ints]:
    """What each e-mail comes to. Opens are people and machines together: this CRM does not tell them apart."""
    ids, delivered = mailings.ids, mailings.delivered
    liking: Floats = 1 + 0.1 * chance.normal("crm subject", ids)
    opened = np.minimum(chance.whole("crm opens", ids, delivered * 0.27 * liking), delivered)
    clicked = np.minimum(chance.whole("crm clicks", ids, opened * 0.11), opened)
    return {
        "opens": chance.whole("crm opens again", ids, opened * 1.4),
        "unique_opens": opened,
        "clicks": chance.whole("crm clicks again", ids, clicked * 1.3),
        "unique_clicks": clicked,
        "unsubscribed": np.minimum(chance.whole("crm unsubscribed", ids, delivered * 0.002), opened),
    }


def answer_columns(span: Span) -> dict[str, Any]:
    """Columns of crm_answers: those given on the days of the span."""
    late = late_days(span.days)
    parts = [_answers(span, kind, account, late) for kind in range(len(SURVEYS)) for account in range(len(ACCOUNTS))]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _answers(span: Span, kind: int, account: int, late: Floats) -> dict[str, Any]:
    survey, chance = SURVEYS[kind], span.chance
    cell = (span.numbers * len(SURVEYS) + kind) * len(ACCOUNTS) + account
    counts = chance.whole("crm answers", cell, np.full(span.length, survey.per_day * at_least_one(span.scale)))
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    position, ids = np.repeat(np.arange(span.first, span.last + 1), counts), np.repeat(cell, counts) * PER_DAY + number
    moment = span.days.at(position, chance.unit("crm answer hour", ids))
    return {
        "answer_id": ANSWER_ZERO + ids,
        "account_id": np.full(len(ids), ACCOUNT_IDS[account], object),
        "survey_type": np.full(len(ids), survey.kind, object),
        "answered_at": moment,
        "known_at": moment,
        "value": survey.lowest + _values(chance, survey, ids, late[position]),
    }


def _values(chance: Chance, survey: Survey, ids: Ints, late: Floats) -> Ints:
    """How many steps above the lowest each answer is."""
    shares = np.tile(np.array(survey.shares), (len(ids), 1))
    moved = np.minimum(survey.late * late, shares[:, -1])
    shares[:, 0] += moved
    shares[:, -1] -= moved
    return (chance.unit("crm answer", ids)[:, None] >= np.cumsum(shares, axis=1)[:, :-1]).sum(axis=1).astype(np.int64)
