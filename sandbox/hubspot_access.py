"""Who may read what: service keys, each of one account, and an OAuth app whose access tokens live half an hour."""

from __future__ import annotations

import secrets
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.company import World
from sandbox.company.business import ACCOUNTS
from sandbox.hubspot_errors import HubspotError, expired, missing_scopes, too_many, unknown_key

BELGIUM, BRITAIN = (account.account_id for account in ACCOUNTS)
CONTACTS, DEALS, CONTENT = "crm.objects.contacts.read", "crm.objects.deals.read", "content"
FEEDBACK = "crm.objects.feedback_submissions.read"
SCOPES = frozenset({CONTACTS, DEALS, CONTENT, FEEDBACK})
KEY = "pat-eu1-5a4d0b0c-1111-4f2e-8a55-0000be000001"
BRITISH_KEY = "pat-eu1-5a4d0b0c-2222-4f2e-8a55-0000gb000002"
POOR_KEY = "pat-eu1-5a4d0b0c-3333-4f2e-8a55-0000gb000003"
"""Of the British account too, without the scope of survey answers."""
CLIENT_ID, CLIENT_SECRET = "5c7e2b1a-sandbox-hubspot-client", "sandbox-hubspot-secret"
REFRESH_TOKEN = "eu1-sandbox-hubspot-refresh"
LIFETIME_S = 1800


@dataclass(frozen=True)
class Grant:
    """What a credential opens, and when it ends by the state's clock (None: never)."""

    account_id: str
    scopes: frozenset[str] = SCOPES
    ends_at: float | None = None


@dataclass
class HubspotState:
    """The credentials of one sandbox, and how often it was searched. Thread-safe. `clock`: seconds, of real time.

    `searches_a_second` is 5 at HubSpot; here nobody is held up unless a test sets it.
    """

    clock: Callable[[], float] = time.time
    searches_a_second: int | None = None
    grants: dict[str, Grant] = field(
        default_factory=lambda: {
            KEY: Grant(BELGIUM),
            BRITISH_KEY: Grant(BRITAIN),
            POOR_KEY: Grant(BRITAIN, SCOPES - {FEEDBACK}),
        }
    )
    _searched: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def grant(self, authorization: str, *scopes: str) -> Grant:
        """What the value of an `Authorization` header opens. Raises HubspotError unless that holds all the scopes."""
        kind, _, token = authorization.partition(" ")
        grant = self.grants.get(token.strip())
        if kind.lower() != "bearer" or grant is None:
            raise unknown_key()
        if grant.ends_at is not None and grant.ends_at <= self.clock():
            raise expired(int(self.clock() - grant.ends_at))
        if not grant.scopes.issuperset(scopes):
            raise missing_scopes(sorted(scopes))
        return grant

    def count_search(self, account_id: str) -> None:
        """Raises HubspotError for one search too many within a second."""
        if self.searches_a_second is None:
            return
        with self._lock:
            recent, now = self._searched[account_id], self.clock()
            while recent and recent[0] <= now - 1:
                recent.popleft()
            if len(recent) >= self.searches_a_second:
                raise too_many("SECONDLY")
            recent.append(now)

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        """The answer of the token endpoint. Its refresh token stays the same. Raises HubspotError."""
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            raise HubspotError(400, "BAD_CLIENT_SECRET", "missing or unknown client id or client secret")
        if form.get("grant_type") != "refresh_token":
            raise HubspotError(400, "BAD_GRANT_TYPE", "missing or invalid grant_type")
        if form.get("refresh_token") != REFRESH_TOKEN:
            raise HubspotError(400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token")
        token = f"CIsandbox-{secrets.token_urlsafe(24)}"
        self.grants[token] = Grant(BELGIUM, ends_at=self.clock() + LIFETIME_S)
        told = {"access_token": token, "expires_in": LIFETIME_S, "token_type": "bearer"}
        return told | {"refresh_token": REFRESH_TOKEN, "scopes": sorted(SCOPES), "hub_id": int(BELGIUM)}

    def expire_tokens(self) -> None:
        """Half an hour passes for every access token."""
        ended = {token: Grant(one.account_id, one.scopes, 0.0) for token, one in self.grants.items() if one.ends_at}
        self.grants |= ended


_OF_WORLD: WeakKeyDictionary[World, HubspotState] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def hubspot_state_of(world: World) -> HubspotState:
    """The one state of the servers over this world."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, HubspotState())
