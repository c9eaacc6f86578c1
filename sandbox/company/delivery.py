"""What the ad platforms report of delivery: cost, impressions, clicks, from the visits that the ads brought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY, HOUR, Days, day_number
from sandbox.company.chance import NULL, Bools, Ints
from sandbox.company.origins import ORIGINS, PAID, PROSPECTING, AdCampaign, running
from sandbox.company.span import Span
from sandbox.company.visits import Visits

CAMPAIGNS: tuple[AdCampaign, ...] = tuple(ads for n in PAID if (ads := ORIGINS[n].ads) is not None)
IS_META = np.array([ads.platform == "meta_ads" for ads in CAMPAIGNS])
IS_LONDON = np.array([ads.time_zone == "Europe/London" for ads in CAMPAIGNS])
"""London's days begin an hour after Amsterdam's, all year."""
CAMPAIGN_OF_ORIGIN = np.array([PAID.index(n) if n in PAID else -1 for n in range(len(ORIGINS))])
STATUS = {("google_ads", True): "ENABLED", ("google_ads", False): "REMOVED",
          ("meta_ads", True): "ACTIVE", ("meta_ads", False): "PAUSED"}  # fmt: skip

INTRADAY = ((12.3, 0.33), (18.3, 0.66), (24.4, 1.0))
"""Hours after midnight at which a day's figures appear, and how much of them by then."""
COUNTS = ("cost", "impressions", "clicks", "interactions", "reach", "view_through")

Counts = dict[str, Ints]
"""COUNTS by name; cost in cents of the account's currency."""


@dataclass
class Cells:
    """One element per campaign and day on which it runs. ids: for drawing; starts: the day's first moment."""

    position: Ints
    campaign: Ints
    ids: Ints
    starts: Ints
    came: Ints

    @classmethod
    def of(cls, span: Span, came: Ints) -> Cells:
        """The span's. came: the visits that each brought, (days, campaigns)."""
        day, campaign = np.nonzero(active(span.own_days))
        starts = span.days.starts[span.first + day] + IS_LONDON[campaign] * HOUR
        return cls(span.first + day, campaign, span.numbers[day] * 1_000 + campaign, starts, came[day, campaign])

    def take(self, rows: Ints) -> Cells:
        """The given cells."""
        return Cells(self.position[rows], self.campaign[rows], self.ids[rows], self.starts[rows], self.came[rows])


def texts(values: Iterable[str | None], rows: Ints) -> Any:
    """The value of each row by its number."""
    return np.array(list(values), object)[rows]


def keys(campaign: Ints) -> dict[str, Any]:
    """The key columns of rows by campaign number."""
    names = ("platform", "account_id", "campaign_id")
    return {name: texts((getattr(ads, name) for ads in CAMPAIGNS), campaign) for name in names}


def campaign_columns() -> dict[str, Any]:
    """Columns of ad_campaigns; channel_type and objective both hold the platform's word for the kind."""
    everyone = np.arange(len(CAMPAIGNS))
    kinds = texts((ads.kind for ads in CAMPAIGNS), everyone)
    return keys(everyone) | {
        "name": texts((ORIGINS[n].campaign for n in PAID), everyone),
        "channel_type": kinds,
        "objective": kinds,
        "status": texts((STATUS[ads.platform, ads.end is None] for ads in CAMPAIGNS), everyone),
        "currency": texts((ads.currency for ads in CAMPAIGNS), everyone),
        "time_zone": texts((ads.time_zone for ads in CAMPAIGNS), everyone),
        "start_date": np.array([day_number(ads.start) for ads in CAMPAIGNS], np.int64),
        "end_date": np.array([day_number(ads.end) if ads.end else NULL for ads in CAMPAIGNS], np.int64),
        "country": texts((ads.country for ads in CAMPAIGNS), everyone),
    }


def active(days: Days) -> Bools:
    """(days, campaigns): which campaigns run."""
    return np.stack([running(ORIGINS[n], days) > 0 for n in PAID], axis=1)


def arrivals(span: Span, visits: Visits) -> Ints:
    """(days, campaigns): the visits that each campaign brought."""
    campaign = CAMPAIGN_OF_ORIGIN[visits.origin]
    paid = campaign >= 0
    return span.tally(visits.position[paid], campaign[paid], len(CAMPAIGNS))


def delivery_columns(span: Span, came: Ints) -> dict[str, Any]:
    """Columns of ad_days. came: see arrivals."""
    cells = Cells.of(span, came)
    campaign, columns = restated(span, cells, _whole_days(span, cells))
    return keys(campaign) | columns


def restated(span: Span, cells: Cells, whole: Counts) -> tuple[Ints, dict[str, Any]]:
    """The campaign of each row of ad_days, and its columns but for the keys.

    Three rows as each day goes by, and a correction of invalid clicks. whole: what each cell comes to before that.
    """
    rows = np.flatnonzero(_invalid(span, cells, whole))
    wrong = cells.take(rows)
    late = (1 + span.chance.choice("invalid day", wrong.ids, (1, 1, 1))) * DAY
    deltas = [(cells, cells.starts + int(hours * HOUR), part) for hours, part in _intraday(whole)]
    deltas.append((wrong, wrong.starts + late + 30 * HOUR, _correction(span, wrong, whole, rows)))
    position = np.concatenate([part.position for part, _, _ in deltas])
    counts = {name: np.concatenate([counts[name] for _, _, counts in deltas]) for name in COUNTS}
    counts["cost"] = counts["cost"] * 10_000
    known = np.concatenate([known for _, known, _ in deltas])
    campaign = np.concatenate([part.campaign for part, _, _ in deltas])
    return campaign, {"date": span.days.numbers[position], "known_at": known} | counts


def _whole_days(span: Span, cells: Cells) -> Counts:
    """What each day comes to before corrections."""
    chance, days = span.chance, span.days
    click_rate = np.array([ads.click_rate for ads in CAMPAIGNS])[cells.campaign]
    clicks = chance.whole("clicks", cells.ids, cells.came * 1.12)
    years = (days.numbers[cells.position] - day_number(_PRICES_OF)) / 365.25
    price = np.array([ads.click_cost for ads in CAMPAIGNS])[cells.campaign] * (1 + 0.04 * years)
    price = price * np.exp(0.08 * chance.normal("click price", cells.ids)) * _market(days, cells)
    seen = np.exp(0.15 * chance.normal("click rate", cells.ids)) / click_rate
    impressions = clicks + chance.whole("impressions", cells.ids, clicks * seen + 12 * span.scale + 1)
    meta = IS_META[cells.campaign]
    views = np.array([ads.kind in ("DISPLAY", "VIDEO", "PERFORMANCE_MAX") for ads in CAMPAIGNS])[cells.campaign]
    people = np.ceil(impressions / (1.15 + 0.5 * chance.unit("frequency", cells.ids))).astype(np.int64)
    return {
        "cost": np.rint(clicks * price * 100).astype(np.int64),
        "impressions": impressions,
        "clicks": clicks,
        "interactions": np.where(meta, chance.whole("link clicks", cells.ids, clicks * 0.7), clicks),
        "reach": np.where(meta, people, 0),
        "view_through": np.where(views, chance.whole("view through", cells.ids, impressions * 0.00006), 0),
    }


def _market(days: Days, cells: Cells) -> Any:
    """Price factor: dear around Black Friday, cheap (and worthless) prospecting clicks in the quarter of trouble."""
    cheap = days.trouble[cells.position] & (np.array(PAID)[cells.campaign] == PROSPECTING)
    return np.where(cheap, 0.6, 1.0) * np.where(days.discount[cells.position] > 0.2, 1.25, 1.0)


_PRICES_OF = CAMPAIGNS[0].start


def _intraday(whole: Counts) -> Iterator[tuple[float, Counts]]:
    """(hours after midnight, what was added since the time before)."""
    shown = {name: np.zeros_like(values) for name, values in whole.items()}
    for hours, share in INTRADAY:
        by_now = {name: np.floor(values * share).astype(np.int64) for name, values in whole.items()}
        yield hours, {name: by_now[name] - shown[name] for name in by_now}
        shown = by_now


def _invalid(span: Span, cells: Cells, whole: Counts) -> Ints:
    """Clicks that will be taken back."""
    return np.minimum(span.chance.whole("invalid", cells.ids, whole["clicks"] * 0.012), whole["clicks"])


def _correction(span: Span, wrong: Cells, whole: Counts, rows: Ints) -> Counts:
    """The deltas that take invalid clicks back, with their cost."""
    day = {name: values[rows] for name, values in whole.items()}
    taken = _invalid(span, wrong, day)
    zero = np.zeros(len(rows), np.int64)
    return {
        "cost": -(day["cost"] * taken // day["clicks"]),
        "impressions": zero,
        "clicks": -taken,
        "interactions": -np.minimum(taken, day["interactions"]),
        "reach": zero,
        "view_through": zero,
    }
