"""How busy Meta says that we keep it, by the headers of every answer, and the pauses that follow from it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.errors import BadDataError, QuotaError
from connectors.http import decode_json

_HEADERS = ("X-Business-Use-Case-Usage", "X-FB-Ads-Insights-Throttle", "X-Ad-Account-Usage", "X-App-Usage")
_PERCENTAGES = ("call_count", "total_cputime", "total_time", "acc_id_util_pct", "app_id_util_pct")
_BUSY_PERCENT = 75.0
"""From here on we slow down; at 100 Meta refuses calls for a while."""
_LONGEST_PAUSE_S = 10.0


@dataclass(frozen=True)
class Usage:
    """Percent of the fullest limit that is used up, and in how many minutes calls are welcome again (0: now)."""

    percent: float = 0.0
    regain_minutes: float = 0.0
    tier: str | None = None

    @classmethod
    def of(cls, headers: Mapping[str, str]) -> Usage:
        """What the throttle headers of an answer tell. They are advice: what cannot be read is passed over."""
        told = [entry for name in _HEADERS for entry in _entries(headers.get(name, ""))]
        percent = max((_number(entry.get(name)) for entry in told for name in _PERCENTAGES), default=0.0)
        regain = max((_number(entry.get("estimated_time_to_regain_access")) for entry in told), default=0.0)
        tiers = [tier for entry in told if isinstance(tier := entry.get("ads_api_access_tier"), str)]
        return cls(percent, regain, tiers[0] if tiers else None)

    @property
    def pause_s(self) -> float:
        """Seconds to leave before the next call: what Meta asks for, else growing from 75 % to 100 %."""
        if self.regain_minutes:
            return self.regain_minutes * 60
        over = (min(self.percent, 100.0) - _BUSY_PERCENT) / (100.0 - _BUSY_PERCENT)
        return max(0.0, over) * _LONGEST_PAUSE_S


def _entries(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a header: itself one, or a map of account to a list of them."""
    try:
        told = decode_json(text.encode(), decimals=False) if text else {}
    except BadDataError:
        return
    if isinstance(told, dict):
        yield told
        for entries in told.values():
            if isinstance(entries, list):
                yield from (entry for entry in entries if isinstance(entry, dict))


def _number(value: Any) -> float:
    return max(0.0, float(value)) if isinstance(value, int | float) else 0.0


class Throttle:
    """Keeps the calls of one account apart as far as Meta asks for. Safe to use from several threads."""

    def __init__(self, longest_wait_s: float) -> None:
        self._longest_wait_s = longest_wait_s
        self._free_at = 0.0
        self._lock = threading.Lock()

    def pause(self, seconds: float) -> None:
        """Leave so many seconds before the next call."""
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + seconds)

    def wait(self) -> None:
        """Sleep until the next call is welcome. Raises QuotaError when that is too far off."""
        with self._lock:
            seconds = self._free_at - time.monotonic()
        if seconds > self._longest_wait_s:
            raise QuotaError(f"Meta asks to wait for {seconds / 60:.0f} min", retry_after=seconds)
        if seconds > 0:
            time.sleep(seconds)
