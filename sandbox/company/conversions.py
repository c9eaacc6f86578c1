"""The conversions that the ad platforms report: of their own clicks, and those they claim from others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sandbox.company.calendar import HOUR
from sandbox.company.chance import Bools, Chance, Floats, Ints
from sandbox.company.delivery import CAMPAIGN_OF_ORIGIN, IS_LONDON, IS_META, active, keys
from sandbox.company.origins import ORIGINS, PAID
from sandbox.company.rates import Rates
from sandbox.company.shop import Orders
from sandbox.company.span import Span
from sandbox.company.visits import Visits

GOOGLE_WINDOW, META_CLICK_WINDOW, META_VIEW_WINDOW = 27, 7, 1
"""Days from click or view to conversion. Google's is known within a day of the conversion, Meta's within 12: so what
arrives late still falls into look-backs of 30 and 28 days."""
TRACKED = 0.92


@dataclass(frozen=True)
class Claim:
    """How a platform takes credit for orders that came by another way. credit: of each order, 0.5 is half."""

    topic: str
    campaigns: tuple[str, ...]
    chance: float
    mean_days: float
    longest_days: int
    view_through: bool
    credit: float


CLAIMS = (
    Claim("google claim", ("Merk NL", "Shopping", "Performance Max", "Display retargeting"), 0.10, 6.0, GOOGLE_WINDOW,
          False, 0.5),
    Claim("meta click", ("Prospecting", "Retargeting", "Catalogus"), 0.06, 2.5, META_CLICK_WINDOW, False, 1.0),
    Claim("meta view", ("Prospecting", "Retargeting", "Instagram Stories"), 0.07, 0.5, META_VIEW_WINDOW, True, 1.0),
)  # fmt: skip


@dataclass
class Converted:
    """Conversions; position and click: of the day in Amsterdam; ids: for drawing; cents: of the order, in EUR."""

    campaign: Ints
    position: Ints
    click: Ints
    moment: Ints
    ids: Ints
    cents: Ints
    credit: Floats
    lead: Bools
    view: Bools


def conversion_columns(span: Span, visits: Visits, orders: Orders, rates: Rates) -> dict[str, Any]:
    """Columns of ad_conversions from the orders and newsletter sign-ups of a span."""
    real = orders.without_lines(~orders.test)
    on = active(span.days)
    parts = [_clicked(span, real, on), _leads(visits), *_claims(span, real, on)]
    done = Converted(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Converted)))
    london = IS_LONDON[done.campaign]
    # An order between midnight and one o'clock in Amsterdam is of the day before in London.
    yesterday = done.moment - span.days.starts[done.position] < london * HOUR
    local = np.maximum(done.position - yesterday, 0)
    day = span.days.numbers[local]
    value = done.cents * done.credit * np.where(london, rates.on_or_before("GBP", day), 1.0)
    return keys(done.campaign) | {
        "click_date": span.days.numbers[np.minimum(done.click, local)],
        "conversion_date": day,
        "known_at": done.moment + _processing(span.chance, done),
        "action": np.where(done.lead, "lead", "purchase").astype(object),
        "view_through": done.view,
        "conversions": done.credit,
        "value": np.rint(value).astype(np.int64),
    }


def _processing(chance: Chance, done: Converted) -> Ints:
    """Google within 20 hours; Meta within 12, for 15 % (modelled) up to 12 days. Microseconds."""
    unit = chance.unit("ad processing", done.ids)
    modelled = 12 + 276 * (unit - 0.85) / 0.15
    meta_hours = np.where(unit < 0.85, 1 + 11 * unit / 0.85, modelled)
    hours = np.where(IS_META[done.campaign], meta_hours, 3 + 17 * unit)
    return (hours * HOUR).astype(np.int64)


def _purchases(orders: Orders, campaign: Ints, click: Ints, credit: float, view: bool) -> Converted:
    count = len(campaign)
    return Converted(
        campaign, orders.visits.position, click, orders.ordered, orders.order_id, orders.total,
        np.full(count, credit), np.zeros(count, bool), np.full(count, view),
    )  # fmt: skip


def _clicked(span: Span, orders: Orders, on: Bools) -> Converted:
    """Orders of visits that came by an ad; 8 % are lost to blockers. Some had clicked days before they bought."""
    own = CAMPAIGN_OF_ORIGIN[orders.visits.origin]
    orders = orders.without_lines((own >= 0) & span.chance.hits("tracked", orders.order_id, TRACKED))
    campaign, position = CAMPAIGN_OF_ORIGIN[orders.visits.origin], orders.visits.position
    longest = np.where(IS_META[campaign], META_CLICK_WINDOW, GOOGLE_WINDOW)
    wait = np.minimum(1 + span.chance.waits("considering", orders.order_id, 5.0).astype(np.int64), longest)
    wait = np.where(span.chance.hits("same day", orders.order_id, 0.72), 0, wait)
    click = np.maximum(position - wait, 0)
    return _purchases(orders, campaign, np.where(on[click, campaign], click, position), 1.0, view=False)


def _claims(span: Span, orders: Orders, on: Bools) -> Iterator[Converted]:
    names = [ORIGINS[n].campaign for n in PAID]
    for claim in CLAIMS:
        yield _claimed(span, orders, on, claim, np.array([names.index(name) for name in claim.campaigns]))


def _claimed(span: Span, orders: Orders, on: Bools, claim: Claim, campaigns: Ints) -> Converted:
    """Orders that came by no ad of this platform, claimed for a click or a view on a day when the campaign ran."""
    chance, ids = span.chance, orders.order_id
    own = CAMPAIGN_OF_ORIGIN[orders.visits.origin]
    by_others = (own < 0) | (IS_META[own] != IS_META[campaigns[0]])
    campaign = campaigns[chance.choice(claim.topic + "/campaign", ids, np.ones(len(campaigns)))]
    wait = chance.waits(claim.topic + "/days", ids, claim.mean_days).astype(np.int64)
    click = np.maximum(orders.visits.position - np.minimum(wait, claim.longest_days), 0)
    kept = by_others & on[click, campaign] & chance.hits(claim.topic, ids, claim.chance)
    return _purchases(orders.without_lines(kept), campaign[kept], click[kept], claim.credit, claim.view_through)


def _leads(visits: Visits) -> Converted:
    """Newsletter sign-ups of visits that came by an ad."""
    own = CAMPAIGN_OF_ORIGIN[visits.origin]
    rows = np.flatnonzero((own >= 0) & visits.signup)
    position, count = visits.position[rows], len(rows)
    return Converted(
        own[rows], position, position, visits.started[rows], visits.visit_id[rows], np.zeros(count, np.int64),
        np.ones(count), np.ones(count, bool), np.zeros(count, bool),
    )  # fmt: skip
