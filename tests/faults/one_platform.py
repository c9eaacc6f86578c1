"""One platform's part of a night, in this process: against the sandbox itself, or with its answers spoiled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipelines.ingest import Night, StreamResult, pull_night
from sandbox.company import World
from tests.faults.spoiled import Rows, Spoil, spoiling
from tests.house import House

HISTORY_DAYS = 5
ROWS = {
    "google_ads": Rows("searchStream", "clicks"),
    "meta_ads": Rows("/insights", "impressions"),
    "mailchimp": Rows("/3.0/reports", "emails_sent"),
    "shopify": Rows("{ customers(", "createdAt"),
    "ecb": Rows("/EXR/", ""),
}
STREAM = {
    "ga4": "site_day",
    "google_ads": "campaign_day",
    "meta_ads": "campaign_day",
    "mailchimp": "campaign_report",
    "shopify": "customers",
    "ecb": "daily_rate",
}
"""The stream of each platform that the tests of faults look at."""


def world_of_now() -> World:
    """A small company whose last day is yesterday: connectors go by the clock."""
    now = datetime.now(UTC)
    return World(seed=7, scale=0.1, first_day=now.date() - timedelta(days=25), now=now)


def last_night(world: World) -> date:
    return world.today - timedelta(days=1)


def pull(house: House, platform: str, day: date) -> StreamResult:
    """Pull the platform's stream that the tests look at, for the night after a day."""
    settings = house.settings
    with settings.connector(platform) as connector:
        stream = connector.stream(STREAM[platform])
        night = Night(f"night of {day}", day, day, HISTORY_DAYS, settings.tz)
        (result,) = pull_night(connector, [stream], night, house.lake)
        return result


def at(house: House, platform: str, **changed: Any) -> None:
    """Change the platform's settings."""
    told = house.plain()
    told["platforms"][platform] |= changed
    house.write(told)


@contextmanager
def spoiled(house: House, platform: str, spoil: Spoil) -> Iterator[None]:
    """The platform behind a proxy that spoils its answers."""
    with spoiling(house.sandbox.url(platform), spoil) as server:
        at(house, platform, base_url=server.url)
        yield
    house.write(house.plain())
