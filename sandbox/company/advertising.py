"""What the ad platforms report: delivery from the visits, and the conversions that they claim."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY, HOUR, Days, day_number
from sandbox.company.chance import Bools, Chance, Floats, Ints
from sandbox.company.origins import ORIGINS, PAID, PROSPECTING, AdCampaign, Origin, running
from sandbox.company.rates import Rates
from sandbox.company.shop import NULL, Orders
from sandbox.company.visits import Visits

CAMPAIGNS: tuple[AdCampaign, ...] = tuple(ads for n in PAID if (ads := ORIGINS[n].ads) is not None)
IS_META = np.array([ads.platform == "meta_ads" for ads in CAMPAIGNS])
IS_LONDON = np.array([ads.time_zone == "Europe/London" for ads in CAMPAIGNS])
CAMPAIGN_OF_ORIGIN = np.array([PAID.index(n) if n in PAID else -1 for n in range(len(ORIGINS))])

INTRADAY = ((12.3, 0.33), (18.3, 0.66), (24.4, 1.0))
"""Hours after midnight at which a day's figures appear, and how much of them by then."""
GOOGLE_WINDOW, META_CLICK_WINDOW = 27, 7
"""Days from click to conversion. Known a day after at most, which Google's 30 days hold."""


@dataclass(frozen=True)
class Claim:
    """How a platform takes credit for orders that came by another way."""

    topic: str
    campaigns: tuple[str, ...]
    chance: float
    mean_days: float
    longest: int
    view_through: bool
    credit: float


CLAIMS = (
    Claim("google claim", ("Merk NL", "Shopping", "Performance Max", "Display retargeting"), 0.10, 6.0, GOOGLE_WINDOW,
          False, 0.5),
    Claim("meta click", ("Prospecting", "Retargeting", "Catalogus"), 0.06, 2.5, META_CLICK_WINDOW, False, 1.0),
    Claim("meta view", ("Prospecting", "Retargeting", "Instagram Stories"), 0.07, 0.5, 1, True, 1.0),
)  # fmt: skip


def texts(values: Iterable[str | None], rows: Ints) -> Any:
    """The value of each row by its number."""
    return np.array(list(values), object)[rows]


def _keys(campaign: Ints) -> dict[str, Any]:
    return {
        "platform": texts((ads.platform for ads in CAMPAIGNS), campaign),
        "account_id": texts((ads.account_id for ads in CAMPAIGNS), campaign),
        "campaign_id": texts((ads.campaign_id for ads in CAMPAIGNS), campaign),
    }


def campaign_columns() -> dict[str, Any]:
    """Columns of ad_campaigns; channel_type and objective both hold the platform's word for the kind."""
    everyone = np.arange(len(CAMPAIGNS))
    kinds = texts((ads.kind for ads in CAMPAIGNS), everyone)
    ended = {"google_ads": "REMOVED", "meta_ads": "PAUSED"}
    running_word = {"google_ads": "ENABLED", "meta_ads": "ACTIVE"}
    return _keys(everyone) | {
        "name": texts((ORIGINS[n].campaign for n in PAID), everyone),
        "channel_type": kinds,
        "objective": kinds,
        "status": texts(((ended if ads.end else running_word)[ads.platform] for ads in CAMPAIGNS), everyone),
        "currency": texts((ads.currency for ads in CAMPAIGNS), everyone),
        "time_zone": texts((ads.time_zone for ads in CAMPAIGNS), everyone),
        "start_date": np.array([day_number(ads.start) for ads in CAMPAIGNS], np.int64),
        "end_date": np.array([day_number(ads.end) if ads.end else NULL for ads in CAMPAIGNS], np.int64),
        "country": texts((ads.country for ads in CAMPAIGNS), everyone),
    }


def active(days: Days) -> Bools:
    """(days, campaigns): which campaigns run."""
    return np.stack([running(ORIGINS[n], days) > 0 for n in PAID], axis=1)


def delivery_columns(chance: Chance, days: Days, first: int, last: int, visits: Visits, scale: float) -> dict[str, Any]:
    """Columns of ad_days for days[first..last]: three rows as the day goes by, one correction of invalid clicks."""
    count = len(CAMPAIGNS)
    campaign = CAMPAIGN_OF_ORIGIN[visits.origin]
    paid = campaign >= 0
    keys = (visits.position[paid] - first) * count + campaign[paid]
    came = np.bincount(keys, minlength=(last - first + 1) * count)
    cells = np.flatnonzero(active(days)[first : last + 1].ravel())
    position, campaign = first + cells // count, cells % count
    ids = days.numbers[position] * 1_000 + campaign
    day = _delivery(chance, days, ids, position, campaign, came[cells], scale)
    starts = days.starts[position] + IS_LONDON[campaign] * HOUR
    parts = list(_intraday(day, starts, position, campaign))
    parts.append(_correction(chance, ids, day, starts, position, campaign))
    return _deltas(days, parts)


def _delivery(
    chance: Chance, days: Days, ids: Ints, position: Ints, campaign: Ints, came: Ints, scale: float
) -> dict[str, Ints]:
    """Whole days: cost in cents, and counts."""
    click_rate = np.array([ads.click_rate for ads in CAMPAIGNS])[campaign]
    price = np.array([ads.click_cost for ads in CAMPAIGNS])[campaign]
    origin = np.array(PAID)[campaign]
    years = (days.numbers[position] - 19_358) / 365.25
    price = price * (1 + 0.04 * years) * np.exp(0.08 * chance.normal("click price", ids))
    price = price * np.where(days.trouble[position] & (origin == PROSPECTING), 0.6, 1.0)
    price = price * np.where(days.discount[position] > 0.2, 1.25, 1.0)
    clicks = chance.whole("clicks", ids, came * 1.12)
    seen = np.exp(0.15 * chance.normal("click rate", ids)) / click_rate
    impressions = clicks + chance.whole("impressions", ids, clicks * seen + 12 * scale + 1)
    meta = IS_META[campaign]
    views = np.array([ads.kind in ("DISPLAY", "VIDEO", "PERFORMANCE_MAX") for ads in CAMPAIGNS])[campaign]
    return {
        "cost": np.rint(clicks * price * 100).astype(np.int64),
        "impressions": impressions,
        "clicks": clicks,
        "interactions": np.where(meta, chance.whole("link clicks", ids, clicks * 0.72), clicks),
        "reach": np.where(meta, np.ceil(impressions / (1.15 + 0.5 * chance.unit("frequency", ids))), 0).astype(np.int64),
        "view_through": np.where(views, chance.whole("view through", ids, impressions * 0.00006), 0),
    }


Delta = dict[str, Ints]


def _intraday(day: Delta, starts: Ints, position: Ints, campaign: Ints) -> Iterable[Delta]:
    shown = {name: np.zeros_like(values) for name, values in day.items()}
    for hours, share in INTRADAY:
        part = {name: np.floor(values * share).astype(np.int64) for name, values in day.items()}
        grown = {name: part[name] - shown[name] for name in part}
        yield grown | {"known_at": starts + int(hours * HOUR), "position": position, "campaign": campaign}
        shown = part


def _correction(chance: Chance, ids: Ints, day: Delta, starts: Ints, position: Ints, campaign: Ints) -> Delta:
    """Invalid clicks taken back one to three days later, with their cost."""
    taken = np.minimum(chance.whole("invalid", ids, day["clicks"] * 0.012), day["clicks"])
    rows = np.flatnonzero(taken > 0)
    cost = day["cost"][rows] * taken[rows] // day["clicks"][rows]
    late = (1 + chance.choice("invalid day", ids[rows], (1, 1, 1))) * DAY
    zero = np.zeros(len(rows), np.int64)
    links = np.where(IS_META[campaign[rows]], np.minimum(taken[rows], day["interactions"][rows]), taken[rows])
    return {
        "cost": -cost, "impressions": zero, "clicks": -taken[rows], "interactions": -links, "reach": zero,
        "view_through": zero, "known_at": starts[rows] + late + 30 * HOUR, "position": position[rows],
        "campaign": campaign[rows],
    }  # fmt: skip


def _deltas(days: Days, parts: list[Delta]) -> dict[str, Any]:
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    campaign, position = whole.pop("campaign"), whole.pop("position")
    whole["cost"] = whole["cost"] * 10_000
    return _keys(campaign) | {"date": days.numbers[position]} | whole


def conversion_columns(chance: Chance, days: Days, visits: Visits, orders: Orders, rates: Rates) -> dict[str, Any]:
    """Columns of ad_conversions from the orders and newsletter sign-ups of a span of days."""
    on = active(days)
    parts = [_clicked(chance, days, orders, on), _leads(chance, days, visits)]
    parts += [_claimed(chance, days, orders, on, claim) for claim in CLAIMS]
    whole = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    campaign, position = whole["campaign"], whole["position"]
    late = whole["moment"] - days.starts[position] < IS_LONDON[campaign] * HOUR
    local = np.maximum(position - late, 0)
    click = np.minimum(whole["click"], local)
    conversion_day = days.numbers[local]
    pounds = rates.on_or_before("GBP", conversion_day)
    value = whole["cents"] * whole["credit"] * np.where(IS_LONDON[campaign], pounds, 1.0)
    return _keys(campaign) | {
        "click_date": days.numbers[click],
        "conversion_date": conversion_day,
        "known_at": whole["moment"] + whole["wait"],
        "action": np.where(whole["lead"] > 0, "lead", "purchase").astype(object),
        "view_through": whole["view"] > 0,
        "conversions": whole["credit"],
        "value": np.rint(value).astype(np.int64),
    }


def _part(
    chance: Chance, campaign: Ints, position: Ints, click: Ints, moment: Ints, ids: Ints, **more: Any
) -> dict[str, Any]:
    count = len(campaign)
    plain = {"cents": 0, "credit": 1.0, "lead": 0, "view": 0}
    filled = {name: np.broadcast_to(np.asarray(more.get(name, default)), count) for name, default in plain.items()}
    wait = _processing(chance, IS_META[campaign], ids)
    return {"campaign": campaign, "position": position, "click": click, "moment": moment, "wait": wait, **filled}


def _processing(chance: Chance, meta: Bools, ids: Ints) -> Ints:
    """Google within 20 hours; Meta within 12, for 15 % (modelled) up to 12 days."""
    unit = chance.unit("ad processing", ids)
    meta_hours = np.where(unit < 0.85, 1 + 11 * unit / 0.85, 12 + 276 * (unit - 0.85) / 0.15)
    hours: Floats = np.where(meta, meta_hours, 3 + 17 * unit)
    return (hours * HOUR).astype(np.int64)


def _clicked(chance: Chance, days: Days, orders: Orders, on: Bools) -> dict[str, Any]:
    """Orders of visits that came by an ad; 8 % are lost to blockers. Some clicked days before they bought."""
    campaign = CAMPAIGN_OF_ORIGIN[orders.visits.origin]
    kept = (campaign >= 0) & ~orders.test & chance.hits("tracked", orders.order_id, 0.92)
    rows = np.flatnonzero(kept)
    campaign, ids = campaign[rows], orders.order_id[rows]
    longest = np.where(IS_META[campaign], META_CLICK_WINDOW, GOOGLE_WINDOW)
    wait = np.minimum(1 + chance.waits("considering", ids, 5.0).astype(np.int64), longest)
    wait = np.where(chance.hits("same day", ids, 0.72), 0, wait)
    position = orders.visits.position[rows]
    click = _click_day(on, position, wait, campaign)
    return _part(
        chance, campaign, position, click, orders.ordered[rows], ids, cents=orders.total[rows]
    )


def _click_day(on: Bools, position: Ints, wait: Ints, campaign: Ints) -> Ints:
    """The day of the click: never before the simulation starts nor on a day without the campaign."""
    click = np.maximum(position - wait, 0)
    return np.where(on[click, campaign], click, position)


def _claimed(chance: Chance, days: Days, orders: Orders, on: Bools, claim: Claim) -> dict[str, Any]:
    """Orders that came by no ad of this platform, claimed for a click or a view some days before."""
    names = [ORIGINS[n].campaign for n in PAID]
    choices = np.array([names.index(name) for name in claim.campaigns])
    own = CAMPAIGN_OF_ORIGIN[orders.visits.origin]
    free = (own < 0) | (IS_META[own] != IS_META[choices[0]])
    rows = np.flatnonzero(free & ~orders.test & chance.hits(claim.topic, orders.order_id, claim.chance))
    ids, position = orders.order_id[rows], orders.visits.position[rows]
    campaign = choices[chance.choice(claim.topic + "/campaign", ids, np.ones(len(choices)))]
    wait = np.minimum(chance.waits(claim.topic + "/days", ids, claim.mean_days).astype(np.int64), claim.longest)
    click = np.maximum(position - wait, 0)
    kept = on[click, campaign]
    rows, campaign, position, click, ids = rows[kept], campaign[kept], position[kept], click[kept], ids[kept]
    return _part(
        chance, campaign, position, click, orders.ordered[rows], ids + 10**14, cents=orders.total[rows],
        credit=claim.credit, view=int(claim.view_through),
    )  # fmt: skip


def _leads(chance: Chance, days: Days, visits: Visits) -> dict[str, Any]:
    """Newsletter sign-ups of visits that came by an ad."""
    campaign = CAMPAIGN_OF_ORIGIN[visits.origin]
    rows = np.flatnonzero((campaign >= 0) & visits.signup)
    position = visits.position[rows]
    return _part(chance, campaign[rows], position, position, visits.started[rows], visits.visit_id[rows], lead=1)


__all__ = ["CAMPAIGNS", "Origin", "campaign_columns", "conversion_columns", "delivery_columns"]
