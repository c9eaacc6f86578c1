"""What TikTok remembers of an app and its advertisers; and the switches of a test."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from sandbox.company import World
from sandbox.tiktok_errors import NO_PERMISSION, TikTokError

APP_ID, APP_SECRET = "7000000000000000000", "sandbox-tiktok-secret"
TOKEN = "sandbox-tiktok-token"


@dataclass
class TikTokState:
    """One app. refused: ids of advertisers that did not authorise it (any more).

    most_days: a report by day of more days is answered with "query is too large".
    """

    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    refused: set[str] = field(default_factory=set)
    most_days: int = 30

    def check_token(self, token: str) -> None:
        """Raises TikTokError unless the token is good."""
        if not token:
            raise TikTokError(40104, "Access token is empty, please check the header `Access-Token`.")
        if token not in self.tokens:
            raise TikTokError(40105, "Access token is incorrect or has been revoked.")

    def check_advertiser(self, advertiser: str, known: set[str]) -> None:
        """Raises TikTokError unless the advertiser authorised the app."""
        if advertiser not in known - self.refused:
            raise TikTokError(40001, NO_PERMISSION.format(advertiser))


_OF_WORLD: WeakKeyDictionary[World, TikTokState] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def tiktok_state_of(world: World) -> TikTokState:
    """The one state over this world, for tests to switch."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, TikTokState())
