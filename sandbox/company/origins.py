"""Where visits come from, and the ad campaigns behind some of them: one data table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from sandbox.company.calendar import Days, day_number
from sandbox.company.chance import Floats, Ints

COUNTRIES = ("nl", "be", "de")
COUNTRY_WEIGHTS = (0.70, 0.18, 0.12)
DEVICES = ("mobile", "desktop", "tablet")
DEVICE_WEIGHTS = (0.62, 0.33, 0.05)
DEVICE_CONVERSION = (0.82, 1.35, 0.95)


@dataclass(frozen=True)
class AdCampaign:
    """A campaign as its ad platform knows it. Money in the account's currency."""

    platform: str
    account_id: str
    campaign_id: str
    kind: str
    click_cost: float
    click_rate: float
    start: date = date(2022, 11, 1)
    end: date | None = None
    country: str | None = None
    currency: str = "EUR"
    time_zone: str = "Europe/Amsterdam"


@dataclass(frozen=True)
class Origin:
    """A source of visits. `new` and `back` are its shares among first and returning visits."""

    channel: str
    source: str
    medium: str
    campaign: str
    new: float
    back: float
    conversion: float
    ads: AdCampaign | None = None
    flights: bool = False
    """Runs in even months only: a campaign that pauses."""


def _google(number: int, kind: str, cost: float, rate: float, **more: object) -> AdCampaign:
    return AdCampaign("google_ads", "1112223334", f"2100000{number:04d}", kind, cost, rate, **more)  # type: ignore[arg-type]


def _agency(number: int, kind: str, cost: float, rate: float, **more: object) -> AdCampaign:
    place = {"currency": "GBP", "time_zone": "Europe/London"}
    return AdCampaign("google_ads", "5556667778", f"2200000{number:04d}", kind, cost, rate, **place, **more)  # type: ignore[arg-type]


def _meta(number: int, kind: str, cost: float, rate: float, **more: object) -> AdCampaign:
    return AdCampaign("meta_ads", "700800900", f"1202100000000{number:04d}", kind, cost, rate, **more)  # type: ignore[arg-type]


_CPC = ("google", "cpc")
_FACEBOOK = ("facebook", "paid_social")

ORIGINS: tuple[Origin, ...] = (
    Origin("Organic Search", "google", "organic", "(organic)", 0.250, 0.180, 1.10),
    Origin("Organic Search", "bing", "organic", "(organic)", 0.020, 0.014, 1.10),
    Origin("Direct", "(direct)", "(none)", "(direct)", 0.120, 0.330, 1.20),
    Origin("Email", "mailchimp", "email", "", 0.010, 0.220, 1.55),
    Origin("Organic Social", "instagram", "social", "(not set)", 0.035, 0.025, 0.45),
    Origin("Organic Social", "pinterest", "social", "(not set)", 0.015, 0.008, 0.40),
    Origin("Referral", "duurzaamkleden.example", "referral", "(referral)", 0.030, 0.015, 0.90),
    Origin("Unassigned", "(not set)", "(not set)", "(not set)", 0.012, 0.008, 0.60),
    Origin("Paid Search", *_CPC, "Merk NL", 0.050, 0.060, 2.00,
           _google(1, "SEARCH", 0.43, 0.140, country="nl")),
    Origin("Paid Search", *_CPC, "Generiek NL", 0.085, 0.020, 1.05,
           _google(2, "SEARCH", 1.12, 0.045, country="nl")),
    Origin("Paid Search", *_CPC, "Generiek BE", 0.110, 0.025, 1.00,
           _google(3, "SEARCH", 0.99, 0.042, country="be")),
    Origin("Paid Shopping", *_CPC, "Shopping", 0.095, 0.030, 1.15, _google(4, "SHOPPING", 0.74, 0.011)),
    Origin("Cross-network", *_CPC, "Performance Max", 0.070, 0.030, 1.10,
           _google(5, "PERFORMANCE_MAX", 0.83, 0.012, start=date(2023, 9, 4))),
    Origin("Display", "google", "cpc", "Display retargeting", 0.018, 0.020, 0.40,
           _google(6, "DISPLAY", 0.38, 0.004), flights=True),
    Origin("Paid Video", "youtube", "cpc", "YouTube merkbekendheid", 0.022, 0.006, 0.25,
           _agency(1, "VIDEO", 0.29, 0.006, start=date(2023, 3, 1))),
    Origin("Paid Search", *_CPC, "Generic DE", 0.190, 0.040, 0.85,
           _agency(2, "SEARCH", 0.88, 0.038, country="de")),
    Origin("Paid Social", *_FACEBOOK, "Prospecting", 0.080, 0.010, 0.55,
           _meta(1, "OUTCOME_SALES", 0.68, 0.012)),
    Origin("Paid Social", *_FACEBOOK, "Retargeting", 0.020, 0.050, 1.30,
           _meta(2, "OUTCOME_SALES", 0.94, 0.018)),
    Origin("Paid Social", *_FACEBOOK, "Catalogus", 0.035, 0.025, 0.95,
           _meta(3, "OUTCOME_SALES", 0.79, 0.015, start=date(2023, 6, 1))),
    Origin("Paid Social", "instagram", "paid_social", "Instagram Stories", 0.040, 0.008, 0.45,
           _meta(4, "OUTCOME_TRAFFIC", 0.52, 0.009, start=date(2024, 2, 1))),
    Origin("Paid Social", *_FACEBOOK, "Zomeractie 2024", 0.030, 0.004, 0.70,
           _meta(5, "OUTCOME_SALES", 0.63, 0.013, start=date(2024, 6, 10), end=date(2024, 8, 18))),
)  # fmt: skip

EMAIL = 3
DIRECT = 2
PROSPECTING = next(n for n, origin in enumerate(ORIGINS) if origin.campaign == "Prospecting")
PAID = tuple(n for n, origin in enumerate(ORIGINS) if origin.ads is not None)
STEPS = 2**32
CONVERSION = np.array([origin.conversion for origin in ORIGINS])


def running(origin: Origin, days: Days) -> Floats:
    """1.0 on the days on which the origin brings visits, else 0.0."""
    if origin.ads is None:
        return np.ones(len(days.numbers))
    last = day_number(origin.ads.end) if origin.ads.end else 10**6
    on = (days.numbers >= day_number(origin.ads.start)) & (days.numbers <= last)
    months = days.numbers.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    return (on & (months % 2 == 1) if origin.flights else on).astype(np.float64)


def mixes(days: Days) -> Ints:
    """Flat cumulative shares of the origins, for `pick`: rows (day, back, country) of thresholds in 1 / 2**32.

    Whole numbers, so that a visit's origin cannot depend on where in the array its day stands.
    """
    run = np.stack([running(origin, days) for origin in ORIGINS], axis=1)
    run[:, PROSPECTING] *= np.where(days.trouble, 4.0, 1.0)
    shares = np.array([[origin.new for origin in ORIGINS], [origin.back for origin in ORIGINS]])
    local = np.array([[origin.ads is None or origin.ads.country in (None, country) for origin in ORIGINS]
                      for country in COUNTRIES])  # fmt: skip
    weights = run[:, None, None, :] * shares[None, :, None, :] * local[None, None, :, :]
    cumulated = np.cumsum(weights, axis=-1)
    rows = np.rint(cumulated / cumulated[..., -1:] * STEPS).astype(np.int64).reshape(-1, len(ORIGINS))
    return (rows + np.arange(len(rows))[:, None] * STEPS).ravel()


def pick(mix: Ints, day: Ints, back: Ints, country: Ints, step: Ints) -> Ints:
    """The origin of each visit from its day position, back (0/1), country number and a draw below 2**32."""
    row = (day * 2 + back) * len(COUNTRIES) + country
    return np.searchsorted(mix, row * STEPS + step, side="right") - row * len(ORIGINS)
