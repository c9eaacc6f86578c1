"""A company after a good night, a night in which dbt found a fault, and a night in which platforms failed.

with bad_nights(folder) as (house, told):
    ...  # house.settings.dagster_home holds the three nights, as Dagster tells of them
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sandbox.faults import Answer
from tests.conftest import NIGHT, world_after
from tests.house import Done, House

PLATFORMS = ("ga4", "google_ads", "meta_ads", "mailchimp", "shopify", "ecb")
KPIS = ("conversion_rate", "cpa", "website_traffic", "email_open_rate", "revenue", "aov")
GOOD, FAULTY, BROKEN = NIGHT - timedelta(days=2), NIGHT - timedelta(days=1), NIGHT
_FOREVER = 10_000
_HISTORY_DAYS = 20
_REVOKED = Answer(
    401,
    {
        "type": "https://mailchimp.com/developer/marketing/docs/errors/",
        "title": "API Key Invalid",
        "status": 401,
        "detail": "Your API key may be invalid, or you've attempted to access the wrong datacenter.",
        "instance": "3f0a",
    },
)
_DOWN = Answer(503, "<html><h1>Service Unavailable</h1></html>", {"Retry-After": "0", "content-type": "text/html"})


@contextmanager
def bad_nights(folder: Path) -> Iterator[tuple[House, dict[date, Done]]]:
    """The house after its three nights, and what the command said of each. About two minutes of CPU."""
    with House(folder, world_after(BROKEN), _HISTORY_DAYS) as house:
        house.write(_small(house))
        told = {GOOD: _night(house, GOOD)}
        copied = _copy_in_the_lake(house)
        told[FAULTY] = _night(house, FAULTY)
        copied.unlink()
        _break_platforms(house)
        told[BROKEN] = _night(house, BROKEN)
        yield house, told


def _night(house: House, day: date) -> Done:
    return house.kompas("run", "--date", day.isoformat())


def _small(house: House) -> dict[str, Any]:
    told = house.plain()
    told["platforms"] = {name: told["platforms"][name] for name in PLATFORMS}
    told["kpis"] = [kpi for kpi in told["kpis"] if kpi["id"] in KPIS]
    for kpi in told["kpis"]:
        kpi.pop("guardrails", None)
    return told


def _break_platforms(house: House) -> None:
    """Mailchimp's key is revoked, Shopify is down, and Google Ads shows one of its two accounts only."""
    told = _small(house)
    del told["platforms"]["google_ads"]["login_customer_id"]
    house.write(told)
    house.faults.script("shopify", [_DOWN] * _FOREVER)
    house.faults.script("mailchimp", [_REVOKED] * _FOREVER)


def _copy_in_the_lake(house: House) -> Path:
    """Somebody leaves a copy of a file beside it: its rows stand twice, and no pull replaces it."""
    folder = Path(house.settings.lake_url) / "google_ads" / "campaign_day"
    return Path(shutil.copy(folder / f"{GOOD}.parquet", folder / f"{GOOD} (copy).parquet"))
