"""Google access tokens: who issued which, how long they live, and which scopes they carry."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from weakref import WeakKeyDictionary

from sandbox.company import World

LIFETIME_S = 3600
ANALYTICS = "https://www.googleapis.com/auth/analytics.readonly"
ADWORDS = "https://www.googleapis.com/auth/adwords"
WEBMASTERS = "https://www.googleapis.com/auth/webmasters.readonly"
SCOPES = (ANALYTICS, ADWORDS, WEBMASTERS)


class TokenState(Enum):
    """What a server makes of the token that it was shown."""

    VALID = "valid"
    MISSING = "missing"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    REVOKED = "revoked"
    OUT_OF_SCOPE = "out of scope"


@dataclass
class _Issued:
    scopes: frozenset[str]
    ends_at: float
    revoked: bool = False


@dataclass
class Tokens:
    """The access tokens and refresh tokens of one sandbox. Thread-safe.

    `clock` gives seconds since the epoch: real time, because clients measure a token's life by their own clock.
    `service_accounts` maps an account's e-mail to its public key in PEM; an assertion of an account that is listed
    must be signed by that key, one of any other `*.iam.gserviceaccount.com` account is taken unverified.
    """

    clock: Callable[[], float] = time.time
    refresh_tokens: set[str] = field(default_factory=lambda: {"sandbox-refresh"})
    service_accounts: dict[str, str] = field(default_factory=dict)
    _issued: dict[str, _Issued] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def issue(self, scopes: Iterable[str] = SCOPES) -> str:
        """A new access token, good for 3600 s."""
        token = f"ya29.sandbox-{secrets.token_urlsafe(24)}"
        with self._lock:
            self._issued[token] = _Issued(frozenset(scopes), self.clock() + LIFETIME_S)
        return token

    def state(self, authorization: str, scope: str) -> TokenState:
        """What an `Authorization` header's value (`Bearer <token>`, or empty) is good for."""
        kind, _, token = authorization.partition(" ")
        if not token:
            return TokenState.MISSING
        issued = self._issued.get(token.strip())
        if kind.lower() != "bearer" or issued is None:
            return TokenState.UNKNOWN
        return self._state_of(issued, scope)

    def _state_of(self, issued: _Issued, scope: str) -> TokenState:
        if issued.revoked:
            return TokenState.REVOKED
        if self.clock() >= issued.ends_at:
            return TokenState.EXPIRED
        return TokenState.VALID if scope in issued.scopes else TokenState.OUT_OF_SCOPE

    def revoke_all(self) -> None:
        """The user withdraws access: issued tokens die at once. The refresh token stays unless it is removed too."""
        with self._lock:
            for issued in self._issued.values():
                issued.revoked = True

    def expire_all(self) -> None:
        """An hour passes for every token issued so far."""
        with self._lock:
            for issued in self._issued.values():
                issued.ends_at = min(issued.ends_at, self.clock())


_OF_WORLD: WeakKeyDictionary[World, Tokens] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def tokens_of(world: World) -> Tokens:
    """The one `Tokens` that Google's servers over this world share."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, Tokens())
