"""What the Graph API remembers: tokens, report runs, calls of the hour; and the switches of a test."""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sandbox.company import World
from sandbox.meta_errors import MetaError
from sandbox.meta_page_accounts import PAGES

APP_ID, APP_SECRET = "100200300400", "sandbox-meta-app-secret"
TOKEN = "sandbox-meta-token"
LONG_LIVED_S = 5_184_000
CALLS_PER_HOUR = 2_200
"""600 and 400 for each of four active ads (access tier Limited)."""

TOKEN_ERRORS: dict[int, str] = {
    458: "Error validating access token: The user has not authorized application 100200300400.",
    460: (
        "Error validating access token: The session has been invalidated because the user changed their password or "
        "Facebook has changed the session for security reasons."
    ),
    463: "Error validating access token: Session has expired.",
    467: "Error validating access token: The access token is invalid since the user has logged out.",
}
"""Message by the subcode of error 190."""


@dataclass
class MetaState:
    """One app and its tokens. `tokens` maps each to None (good) or to the subcode of error 190 that it now gets.

    fail_jobs and stuck_jobs: so many report runs to come end as Job Failed, or never leave 0 %.
    throttled_minutes: while set, insights answer 80000 and name this estimated_time_to_regain_access.
    sync_rows: a synchronous report of more rows is "too much data".
    """

    tokens: dict[str, int | None] = field(default_factory=lambda: {TOKEN: None, **{page.token: None for page in PAGES}})
    fail_jobs: int = 0
    stuck_jobs: int = 0
    throttled_minutes: int | None = None
    sync_rows: int = 2_000
    clock: Callable[[], float] = time.time
    calls: deque[float] = field(default_factory=deque)
    run_numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(6_000_000_000_001))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def check_token(self, token: str, proof: str = "") -> None:
        """Raise MetaError unless the token is good, and the appsecret_proof too where one is sent."""
        if not token:
            raise MetaError(104, "An access token is required to request this resource.")
        if token not in self.tokens:
            raise MetaError(190, "Invalid OAuth access token - Cannot parse access token")
        if subcode := self.tokens[token]:
            raise MetaError(190, TOKEN_ERRORS[subcode], subcode)
        if proof and not hmac.compare_digest(proof, appsecret_proof(token)):
            raise MetaError(100, "Invalid appsecret_proof provided in the API argument")

    def count_call(self) -> float:
        """Note an insights call and give the share of the hour's limit that is used, in percent."""
        now = self.clock()
        with self.lock:
            self.calls.append(now)
            while self.calls[0] < now - 3600:
                self.calls.popleft()
            return 100 * len(self.calls) / CALLS_PER_HOUR

    def headers(self, account: str, used_percent: float) -> Mapping[str, str]:
        """The throttle headers of an insights answer."""
        percent = 100.0 if self.throttled_minutes else round(min(used_percent, 100.0), 2)
        tier = {"ads_api_access_tier": "standard_access"}
        usage = {"call_count": int(percent), "total_cputime": int(percent / 2), "total_time": int(percent / 2)}
        wait = {"estimated_time_to_regain_access": self.throttled_minutes or 0}
        return {
            "x-business-use-case-usage": json.dumps({account: [{"type": "ads_insights"} | usage | wait | tier]}),
            "x-fb-ads-insights-throttle": json.dumps({"app_id_util_pct": percent, "acc_id_util_pct": percent} | tier),
            "x-ad-account-usage": json.dumps({"acc_id_util_pct": percent, "reset_time_duration": 0} | tier),
            "x-app-usage": json.dumps(usage),
        }


def appsecret_proof(token: str) -> str:
    """HMAC-SHA256 of the token under the app's secret, in hex."""
    return hmac.new(APP_SECRET.encode(), token.encode(), hashlib.sha256).hexdigest()


_OF_WORLD: WeakKeyDictionary[World, MetaState] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def meta_state_of(world: World) -> MetaState:
    """The one state over this world, for tests to switch."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, MetaState())
