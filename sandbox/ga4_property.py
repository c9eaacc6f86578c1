"""The GA4 property of the simulated company, its switches for bad data quality, and its quota."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from google.analytics.data_v1beta.types import PropertyQuota

from sandbox.company import World
from sandbox.ga4_errors import QUOTA_URL, exhausted

_PACIFIC = ZoneInfo("America/Los_Angeles")
CONCURRENT_REQUESTS = 10
SERVER_ERRORS_PER_HOUR = 10


@dataclass
class Bucket:
    """Tokens that come back together at the start of the next hour or day."""

    limit: int
    message: str
    daily: bool = False
    used: int = 0
    window: str = ""

    def turn(self, now: datetime) -> None:
        """Forget what was used in an earlier hour (UTC) or day (US Pacific)."""
        window = f"{now.astimezone(_PACIFIC):%Y-%m-%d}" if self.daily else f"{now.astimezone(UTC):%Y-%m-%d %H}"
        if window != self.window:
            self.window, self.used = window, 0

    @property
    def remaining(self) -> int:
        """Tokens left in the window, not below 0."""
        return max(0, self.limit - self.used)


def _message(what: str, when: str) -> str:
    return f"Exhausted {what}. These quota tokens will return in {when}. To learn more, see {QUOTA_URL}"


@dataclass
class Quota:
    """Token buckets of a standard property. Windows run on `clock` (real seconds), not on the world's clock."""

    clock: Callable[[], float] = time.time
    buckets: dict[str, Bucket] = field(
        default_factory=lambda: {
            "tokens_per_day": Bucket(200_000, _message("property tokens per day", "less than 24 hours"), daily=True),
            "tokens_per_hour": Bucket(40_000, _message("property tokens per hour", "under an hour")),
            "tokens_per_project_per_hour": Bucket(
                14_000, _message("property tokens for a project per hour", "under an hour")
            ),
            "potentially_thresholded_requests_per_hour": Bucket(
                120, _message("potentially thresholded requests quota", "under an hour")
            ),
        }
    )
    in_flight: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def request(self) -> Iterator[None]:
        """Hold one of the 10 places; raises Ga4Error when all are taken."""
        with self._lock:
            if self.in_flight >= CONCURRENT_REQUESTS:
                raise exhausted("Exhausted concurrent requests quota. Please send fewer requests concurrently.")
            self.in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self.in_flight -= 1

    def spend(self, tokens: int, thresholded: bool) -> Any:
        """Charge a report and give the quota as the response shows it; raises Ga4Error when a bucket is empty."""
        quota = PropertyQuota.pb(PropertyQuota())
        with self._lock:
            for name, bucket in self.buckets.items():
                bucket.turn(datetime.fromtimestamp(self.clock(), UTC))
                if not bucket.remaining:
                    raise exhausted(bucket.message)
                cost = int(thresholded) if name.startswith("potentially") else tokens
                bucket.used += cost
                getattr(quota, name).consumed, getattr(quota, name).remaining = cost, bucket.remaining
            quota.concurrent_requests.remaining = CONCURRENT_REQUESTS - self.in_flight + 1
        quota.server_errors_per_project_per_hour.remaining = SERVER_ERRORS_PER_HOUR
        return quota


@dataclass
class Property:
    """One property. The switches below are off; a test or a demo turns them on at `property_of(world)`.

    sampled_above_days: ranges longer than this are marked as sampled (0: all); values stay as they are.
    thresholded: rows of fewer than 10 users are withheld, and subjectToThresholding is true.
    other_row_above: rows beyond this many are added up in one `(other)` row, dates included.
    restricted_metrics: revenue or cost metrics that the user may not see: 0, with a schemaRestrictionResponse.
    purchase_revenue_net_of_refunds: what Google's reference says of purchaseRevenue; off, see ga4_schema.
    """

    property_id: str = "424242"
    name: str = "Duurzame Mode"
    currency: str = "EUR"
    time_zone: str = "Europe/Amsterdam"
    api_enabled: bool = True
    sampled_above_days: int | None = None
    thresholded: bool = False
    other_row_above: int | None = None
    restricted_metrics: tuple[str, ...] = ()
    purchase_revenue_net_of_refunds: bool = False
    quota: Quota = field(default_factory=Quota, repr=False)

    def today(self, now: datetime) -> date:
        """The property's local day at `now` (aware, UTC)."""
        return now.astimezone(ZoneInfo(self.time_zone)).date()

    def known_at(self, now: datetime) -> datetime:
        """Google processes in batches: rows are visible as of the last whole minute (naive UTC)."""
        return now.astimezone(UTC).replace(tzinfo=None) - timedelta(seconds=now.second, microseconds=now.microsecond)


_OF_WORLD: WeakKeyDictionary[World, Property] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def property_of(world: World) -> Property:
    """The one property over this world, shared by gRPC and REST."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, Property())
