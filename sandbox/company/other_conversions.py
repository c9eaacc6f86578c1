"""The conversions that LinkedIn, TikTok and Microsoft report: orders that they claim, and leads on LinkedIn's forms."""

from __future__ import annotations

from typing import Any

import numpy as np

from sandbox.company.calendar import HOUR
from sandbox.company.chance import Chance, Floats, Ints
from sandbox.company.conversions import Claim
from sandbox.company.other_ads import ACCOUNT_OF, OTHER_CAMPAIGNS, ZONE_OF, active, cells_of, keys, zone_starts
from sandbox.company.rates import Rates
from sandbox.company.shop import Orders
from sandbox.company.span import Span

CLAIMS = (
    Claim("linkedin click", ("Duurzaam inkopen", "Wholesale UK"), 0.008, 6.0, 21, False, 1.0),
    Claim("linkedin view", ("Duurzaam inkopen", "Zakelijk NL"), 0.004, 0.5, 1, True, 1.0),
    Claim("tiktok click", ("Spark Ads NL", "Zomer 2026", "Slow fashion UK"), 0.010, 2.0, 7, False, 1.0),
    Claim("tiktok view", ("Spark Ads NL", "Slow fashion UK"), 0.012, 0.5, 1, True, 1.0),
    Claim("microsoft claim", ("Bing merk", "Bing shopping", "Bing PMax", "Bing generic UK"), 0.028, 5.0, 21,
          False, 1.0),
)  # fmt: skip
"""At most 21 days from click to conversion, which is known within six days: so it falls into look-backs of 30 days."""
_NAMES = [ads.name for ads in OTHER_CAMPAIGNS]
_LEADS = np.array([ads.leads for ads in OTHER_CAMPAIGNS])
_LEADS_KNOWN = 26 * HOUR
"""After the start of the day."""


def conversion_columns(span: Span, orders: Orders, rates: Rates) -> dict[str, Any]:
    """Columns of ad_conversions of the span's orders and days."""
    real = orders.without_lines(~orders.test)
    parts = [_claimed(span, real, claim, rates) for claim in CLAIMS]
    parts.append(_leads(span))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _claimed(span: Span, orders: Orders, claim: Claim, rates: Rates) -> dict[str, Any]:
    """Orders that a platform takes credit for, for a click or a view on a day when the campaign ran."""
    chance, ids = span.chance, orders.order_id
    campaigns = np.array([_NAMES.index(name) for name in claim.campaigns])
    campaign = campaigns[chance.choice(claim.topic + "/campaign", ids, np.ones(len(campaigns)))]
    local = _local_day(span, orders, campaign)
    wait = chance.waits(claim.topic + "/days", ids, claim.mean_days).astype(np.int64)
    click = np.maximum(local - np.minimum(wait, claim.longest_days), 0)
    kept = active(span.days)[click, campaign] & chance.hits(claim.topic, ids, claim.chance)
    campaign, click, day, ids = campaign[kept], click[kept], span.days.numbers[local[kept]], ids[kept]
    value = orders.total[kept] * claim.credit * _per_euro(campaign, day, rates)
    return keys(campaign) | {
        "click_date": span.days.numbers[click],
        "conversion_date": day,
        "known_at": orders.ordered[kept] + _processing(chance, ids),
        "action": np.full(len(ids), "purchase", object),
        "view_through": np.full(len(ids), claim.view_through),
        "conversions": np.full(len(ids), claim.credit),
        "value": np.rint(value).astype(np.int64),
    }


def _local_day(span: Span, orders: Orders, campaign: Ints) -> Ints:
    """The position of each order's day in the account's time zone, where days begin when Amsterdam's do or later."""
    position = orders.visits.position
    began = zone_starts(span)[position - span.first, ZONE_OF[campaign]]
    local: Ints = np.maximum(position - (orders.ordered < began), 0)
    return local


def _per_euro(campaign: Ints, day: Ints, rates: Rates) -> Floats:
    """Units of the account's currency for a euro, on each day."""
    pounds = np.array([account.currency == "GBP" for account in ACCOUNT_OF])[campaign]
    return np.where(pounds, rates.on_or_before("GBP", day), 1.0)


def _processing(chance: Chance, ids: Ints) -> Ints:
    """Within 20 hours; one of eight, which are modelled, in up to six days. Microseconds."""
    unit = chance.unit("other processing", ids)
    hours = np.where(unit < 0.875, 2 + 18 * unit / 0.875, 24 + 120 * (unit - 0.875) / 0.125)
    return (hours * HOUR).astype(np.int64)


def _leads(span: Span) -> dict[str, Any]:
    """Forms sent on the platform itself, one row per campaign and day."""
    cells = cells_of(span)
    sent = span.chance.whole("other leads", cells.ids, cells.came * _LEADS[cells.campaign])
    cells, sent = cells.take(np.flatnonzero(sent)), sent[sent > 0]
    day, count = span.days.numbers[cells.position], len(sent)
    return keys(cells.campaign) | {
        "click_date": day,
        "conversion_date": day,
        "known_at": cells.starts + _LEADS_KNOWN,
        "action": np.full(count, "lead", object),
        "view_through": np.zeros(count, bool),
        "conversions": sent.astype(np.float64),
        "value": np.zeros(count, np.int64),
    }
