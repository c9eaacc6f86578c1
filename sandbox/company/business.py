"""The company's trade with other companies, in Belgium and Britain: contacts, and the deals that come of some of them.

Each country has its own CRM account, currency and time zone. The Dutch part is in leads.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY, HOUR
from sandbox.company.chance import NULL, Bools, Chance, Floats, Ints
from sandbox.company.leads import LONGEST_DAYS, LOST, MISTAKES, SPREAD, TYPICAL_DAYS, WON
from sandbox.company.span import Span


@dataclass(frozen=True)
class Account:
    """A country. contacts: new ones a working day at scale 1 and below; addresses: of its mailing list at the start."""

    account_id: str
    name: str
    country: str
    currency: str
    time_zone: str
    hours_behind: int
    contacts: float
    addresses: int


ACCOUNTS = (
    Account("145801001", "Duurzame Mode Zakelijk", "be", "EUR", "Europe/Brussels", 0, 0.8, 1_500),
    Account("145802002", "Duurzame Mode for Business", "gb", "GBP", "Europe/London", 1, 0.5, 900),
)
HOURS_BEHIND = np.array([account.hours_behind for account in ACCOUNTS])
"""Of Amsterdam, all year."""
SOURCES = ("ORGANIC_SEARCH", "PAID_SEARCH", "DIRECT_TRAFFIC", "REFERRALS", "OFFLINE", "SOCIAL_MEDIA", "PAID_SOCIAL",
           "EMAIL_MARKETING", "OTHER_CAMPAIGNS", "AI_REFERRALS")  # fmt: skip
SOURCE_WEIGHTS = (0.27, 0.17, 0.14, 0.10, 0.12, 0.05, 0.05, 0.05, 0.02, 0.03)
DEALS = 0.7
"""Share of the contacts that ask for an offer."""
DEAL_AFTER_DAYS, LATEST_DEAL_DAYS = 4.0, 30
DELETED, LATEST_DELETED_DAYS = 0.02, 20
"""Share of the deals that are thrown away as doubles, and how long that takes at most."""
PER_DAY = 100_000
"""For ids: more than a day can have, of all accounts."""
DEAL_ZERO = 30_000_000_000


@dataclass(frozen=True)
class Enquiries:
    """Contacts of a span, one element each; deal and decided are moments, NULL where there is none."""

    account: Ints
    number: Ints
    ids: Ints
    created: Ints
    deal_days: Ints
    deal: Ints
    waited: Ints
    outcome: Ints
    deleted: Ints

    @property
    def has_deal(self) -> Bools:
        """Which of them became a deal."""
        return self.deal != NULL

    @property
    def won(self) -> Bools:
        """Which of them became a customer, in the end."""
        return self.has_deal & (self.outcome == 0) & (self.deleted == NULL)


def enquire(span: Span) -> Enquiries:
    """The contacts that came in on the days of a span, and all that will come of them."""
    chance = span.chance
    account, position, ids = _created(span)
    hour = 9 + 8 * chance.unit("contact hour", ids)
    created = span.days.at(position, hour / 24) + HOURS_BEHIND[account] * HOUR
    days = np.minimum(chance.waits("deal after", ids, DEAL_AFTER_DAYS), LATEST_DEAL_DAYS).astype(np.int64)
    deal = np.where(chance.hits("deal", ids, DEALS), created + days * DAY + HOUR // 6, NULL)
    gone = (1 + chance.unit("deal deleted after", ids) * LATEST_DELETED_DAYS).astype(np.int64) * DAY
    return Enquiries(
        account, span.days.numbers[position], ids, created, days, deal, _waited(chance, ids),
        chance.choice("deal outcome", ids, (WON, LOST, 1 - WON - LOST)),
        np.where(chance.hits("deal deleted", ids, DELETED) & (deal != NULL), deal + gone, NULL),
    )  # fmt: skip


def contact_columns(chance: Chance, found: Enquiries) -> dict[str, Any]:
    """Columns of crm_contacts."""
    return _of(found) | {
        "contact_id": found.ids,
        "email": np.array(
            [f"inkoop{contact}@bedrijf-{contact % 997}.example" for contact in found.ids.tolist()], object
        ),
        "created_at": found.created,
        "known_at": found.created,
        "opportunity_at": found.deal,
        "customer_at": np.where(found.won, found.deal + found.waited * DAY, NULL),
        "source": _sources(chance, found.ids),
    }


def deal_columns(chance: Chance, found: Enquiries) -> dict[str, Any]:
    """Columns of crm_deals. The day of winning that was typed in is before the deal came, for a few."""
    rows = found.has_deal
    ids, deal, waited, outcome = (values[rows] for values in (found.ids, found.deal, found.waited, found.outcome))
    created, decided = found.number[rows] + found.deal_days[rows], outcome < 2
    mistaken = chance.hits("deal mistake", ids, MISTAKES) & (outcome == 0)
    days = np.where(mistaken, -1 - ids % 9, waited)
    currencies = np.array([account.currency for account in ACCOUNTS], object)
    return {name: values[rows] for name, values in _of(found).items()} | {
        "deal_id": DEAL_ZERO + ids,
        "contact_id": ids,
        "created_at": deal,
        "created_date": created,
        "known_at": deal,
        "decided_at": np.where(decided, deal + waited * DAY, NULL),
        "closed_at": np.where(decided, deal + days * DAY, NULL),
        "won_date": np.where(outcome == 0, created + days, NULL),
        "lost_date": np.where(outcome == 1, created + days, NULL),
        "deleted_at": found.deleted[rows],
        "source": _sources(chance, ids),
        "amount": np.rint(80_000 * np.exp(0.7 * chance.normal("deal value", ids))).astype(np.int64),
        "currency": currencies[found.account[rows]],
    }


def account_columns() -> dict[str, Any]:
    """Columns of crm_accounts."""
    names = ("account_id", "name", "currency", "time_zone")
    return {name: np.array([getattr(account, name) for account in ACCOUNTS], object) for name in names}


def at_least_one(scale: float) -> float:
    """The scale of what is so little that a small company would have none of it."""
    return max(scale, 1.0)


def _created(span: Span) -> tuple[Ints, Ints, Ints]:
    """(account, position of the day, id) of each contact; none on weekends."""
    position = np.repeat(np.arange(span.first, span.last + 1), len(ACCOUNTS))
    account = np.tile(np.arange(len(ACCOUNTS)), span.length)
    cell = span.days.numbers[position] * len(ACCOUNTS) + account
    usual: Floats = np.array([one.contacts for one in ACCOUNTS])[account] * at_least_one(span.scale)
    expected = np.where(span.days.weekdays[position] < 5, usual * np.sqrt(span.days.traffic[position]), 0.0)
    counts = span.chance.whole("contacts", cell, expected)
    number = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(account, counts), np.repeat(position, counts), np.repeat(cell, counts) * PER_DAY + number


def _waited(chance: Chance, ids: Ints) -> Ints:
    """Whole days from deal to decision."""
    days = TYPICAL_DAYS * np.exp(SPREAD * chance.normal("deal time", ids))
    return np.minimum(np.rint(days), LONGEST_DAYS).astype(np.int64)


def _of(found: Enquiries) -> dict[str, Any]:
    return {"account_id": np.array([account.account_id for account in ACCOUNTS], object)[found.account]}


def _sources(chance: Chance, ids: Ints) -> Any:
    """The same for a contact and its deal, which takes it over."""
    return np.array(SOURCES, object)[chance.choice("contact source", ids, SOURCE_WEIGHTS)]
