"""Campaigns on LinkedIn, TikTok and Microsoft: how they are set up, and their delivery.

No visit of the world is told to come by them, so that its visits and orders stay as they are: their clicks are drawn
by themselves, and their conversions are orders that they claim (other_conversions.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY, HOUR, Days, day_number
from sandbox.company.chance import NULL, Bools, Ints
from sandbox.company.delivery import Cells, Counts, restated, texts
from sandbox.company.span import Span


@dataclass(frozen=True)
class AdAccount:
    """An account; its days are those of time_zone."""

    platform: str
    id: str
    currency: str
    time_zone: str


@dataclass(frozen=True)
class OtherCampaign:
    """A campaign. clicks: a day, at scale 1 and the traffic of 2023. click_cost: in the account's currency.

    kind: the platform's own word for its kind. leads: of a click, by a form on the platform itself.
    """

    account: AdAccount
    id: str
    name: str
    kind: str
    clicks: float
    click_cost: float
    click_rate: float
    status: str
    start: date = date(2026, 6, 1)
    end: date | None = None
    leads: float = 0.0
    view_through: float = 0.0


LINKEDIN_NL = AdAccount("linkedin_ads", "512345678", "EUR", "UTC")
LINKEDIN_UK = AdAccount("linkedin_ads", "512345679", "GBP", "UTC")
TIKTOK_NL = AdAccount("tiktok_ads", "7100000000000000001", "EUR", "Europe/Amsterdam")
TIKTOK_UK = AdAccount("tiktok_ads", "7100000000000000002", "GBP", "Europe/London")
MICROSOFT_NL = AdAccount("microsoft_ads", "180001001", "EUR", "Europe/Amsterdam")
MICROSOFT_UK = AdAccount("microsoft_ads", "180001002", "GBP", "Europe/London")

OTHER_CAMPAIGNS: tuple[OtherCampaign, ...] = (
    OtherCampaign(LINKEDIN_NL, "187654321", "Zakelijk NL", "LEAD_GENERATION", 1.0, 4.60, 0.006, "ACTIVE", leads=0.10),
    OtherCampaign(LINKEDIN_NL, "187654322", "Duurzaam inkopen", "WEBSITE_CONVERSION", 0.8, 3.90, 0.005, "ACTIVE"),
    OtherCampaign(LINKEDIN_UK, "187700001", "Wholesale UK", "WEBSITE_VISIT", 0.4, 4.10, 0.005, "ACTIVE"),
    OtherCampaign(TIKTOK_NL, "1780000000000001", "Spark Ads NL", "WEB_CONVERSIONS", 15.0, 0.36, 0.010, "ENABLE",
                  start=date(2026, 4, 1)),
    OtherCampaign(TIKTOK_NL, "1780000000000002", "Zomer 2026", "VIDEO_VIEWS", 9.0, 0.21, 0.007, "DELETE",
                  end=date(2026, 9, 13)),
    OtherCampaign(TIKTOK_UK, "1780000000000003", "Slow fashion UK", "TRAFFIC", 8.0, 0.40, 0.009, "ENABLE"),
    OtherCampaign(MICROSOFT_NL, "410000001", "Bing merk", "Search & content", 3.5, 0.34, 0.090, "Active",
                  start=date(2025, 3, 1)),
    OtherCampaign(MICROSOFT_NL, "410000002", "Bing shopping", "Shopping", 6.0, 0.49, 0.012, "Active"),
    OtherCampaign(MICROSOFT_NL, "410000003", "Bing audience", "Audience", 4.5, 0.29, 0.005, "Paused",
                  view_through=0.0001),
    OtherCampaign(MICROSOFT_NL, "410000004", "Bing PMax", "Performance max", 3.5, 0.58, 0.011, "Active"),
    OtherCampaign(MICROSOFT_UK, "410000005", "Bing generic UK", "Search & content", 2.5, 0.78, 0.040, "Active"),
)  # fmt: skip
ACCOUNT_OF = tuple(ads.account for ads in OTHER_CAMPAIGNS)
ZONES = tuple(dict.fromkeys(account.time_zone for account in ACCOUNT_OF))
ZONE_OF = np.array([ZONES.index(account.time_zone) for account in ACCOUNT_OF])
_FIRST_ID = 500
"""Cells of the campaigns of origins.py are numbered from 0 within a day, these from here."""


def keys(campaign: Ints) -> dict[str, Any]:
    """The key columns of rows by campaign number."""
    return {
        "platform": texts((account.platform for account in ACCOUNT_OF), campaign),
        "account_id": texts((account.id for account in ACCOUNT_OF), campaign),
        "campaign_id": texts((ads.id for ads in OTHER_CAMPAIGNS), campaign),
    }


def campaign_columns() -> dict[str, Any]:
    """Columns of ad_campaigns; channel_type and objective both hold the platform's word for the kind."""
    everyone = np.arange(len(OTHER_CAMPAIGNS))
    kinds = texts((ads.kind for ads in OTHER_CAMPAIGNS), everyone)
    return keys(everyone) | {
        "name": texts((ads.name for ads in OTHER_CAMPAIGNS), everyone),
        "channel_type": kinds,
        "objective": kinds,
        "status": texts((ads.status for ads in OTHER_CAMPAIGNS), everyone),
        "currency": texts((account.currency for account in ACCOUNT_OF), everyone),
        "time_zone": texts((account.time_zone for account in ACCOUNT_OF), everyone),
        "start_date": np.array([day_number(ads.start) for ads in OTHER_CAMPAIGNS], np.int64),
        "end_date": np.array([day_number(ads.end) if ads.end else NULL for ads in OTHER_CAMPAIGNS], np.int64),
        "country": texts((None for _ads in OTHER_CAMPAIGNS), everyone),
    }


def active(days: Days) -> Bools:
    """(days, campaigns): which campaigns run."""
    first = np.array([day_number(ads.start) for ads in OTHER_CAMPAIGNS])
    last = np.array([day_number(ads.end) if ads.end else 10**6 for ads in OTHER_CAMPAIGNS])
    number = days.numbers[:, None]
    on: Bools = (number >= first) & (number <= last)
    return on


def zone_starts(span: Span) -> Ints:
    """(days, zones): the first moment of each of the span's days in the time zones of the accounts.

    London's days begin an hour after Amsterdam's, all year.
    """
    amsterdam = span.own_days.starts
    starts = {"Europe/Amsterdam": amsterdam, "Europe/London": amsterdam + HOUR, "UTC": span.numbers * DAY}
    return np.stack([starts[zone] for zone in ZONES], axis=1)


def cells_of(span: Span) -> Cells:
    """The span's campaigns and days, with the clicks that each is drawn."""
    day, campaign = np.nonzero(active(span.own_days))
    ids = span.numbers[day] * 1_000 + _FIRST_ID + campaign
    starts = zone_starts(span)[day, ZONE_OF[campaign]]
    usual = np.array([ads.clicks for ads in OTHER_CAMPAIGNS])[campaign]
    expected = usual * span.scale * span.days.traffic[span.first + day]
    clicks = span.chance.whole("other clicks", ids, expected * np.exp(0.2 * span.chance.normal("other day", ids)))
    return Cells(span.first + day, campaign, ids, starts, clicks)


def delivery_columns(span: Span) -> dict[str, Any]:
    """Columns of ad_days."""
    cells = cells_of(span)
    campaign, columns = restated(span, cells, _whole_days(span, cells))
    return keys(campaign) | columns


def _whole_days(span: Span, cells: Cells) -> Counts:
    """What each day comes to before corrections."""
    chance, clicks = span.chance, cells.came
    price = np.array([ads.click_cost for ads in OTHER_CAMPAIGNS])[cells.campaign]
    price = price * np.exp(0.08 * chance.normal("click price", cells.ids))
    rate = np.array([ads.click_rate for ads in OTHER_CAMPAIGNS])[cells.campaign]
    seen = np.exp(0.15 * chance.normal("click rate", cells.ids)) / rate
    impressions = clicks + chance.whole("impressions", cells.ids, clicks * seen + 40 * span.scale + 1)
    viewed = np.array([ads.view_through for ads in OTHER_CAMPAIGNS])[cells.campaign]
    return {
        "cost": np.rint(clicks * price * 100).astype(np.int64),
        "impressions": impressions,
        "clicks": clicks,
        "interactions": clicks + chance.whole("other reactions", cells.ids, impressions * 0.002),
        "reach": np.zeros_like(clicks),
        "view_through": chance.whole("view through", cells.ids, impressions * viewed),
    }
