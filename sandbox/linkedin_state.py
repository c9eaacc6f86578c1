"""What LinkedIn remembers of its members' consents: tokens, and what they are good for; and the switches of a test."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.company import World
from sandbox.linkedin_errors import LinkedInError, no_access

CLIENT_ID, CLIENT_SECRET = "86sandboxlinkedin", "sandbox-linkedin-secret"
REFRESH_TOKEN = "sandbox-linkedin-refresh"
TOKEN = "sandbox-linkedin-token"
"""An access token as the developer portal makes them by hand."""
ACCESS_S, REFRESH_S = 5_184_000, 31_536_000
SCOPES = ("r_ads", "r_ads_reporting")


@dataclass
class LinkedInState:
    """The tokens of one app. `clock`: seconds since the epoch.

    refused: ids of ad accounts on which the member has no role (any more). consent_s: what is left of the consent.
    """

    scopes: tuple[str, ...] = SCOPES
    refused: set[str] = field(default_factory=set)
    refresh_tokens: set[str] = field(default_factory=lambda: {REFRESH_TOKEN})
    consent_s: int = REFRESH_S
    clock: Callable[[], float] = time.time
    ends: dict[str, float] = field(default_factory=lambda: {TOKEN: float("inf")})
    revoked: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def grant(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of the token endpoint (RFC 6749). The refresh token stays the same, its end too."""
        if form.get("grant_type") != "refresh_token":
            return 400, _refusal("unsupported_grant_type", "grant_type is not supported")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, _refusal("invalid_client", "Client authentication failed")
        if form.get("refresh_token") not in self.refresh_tokens:
            return 400, _refusal("invalid_grant", "The provided authorization grant or refresh token is invalid")
        body = {"access_token": self.issue(), "expires_in": ACCESS_S - 1, "refresh_token": form["refresh_token"]}
        return 200, body | {"refresh_token_expires_in": self.consent_s, "scope": ",".join(self.scopes)}

    def issue(self) -> str:
        """A new access token."""
        token = f"AQ{secrets.token_urlsafe(32)}"
        with self.lock:
            self.ends[token] = self.clock() + ACCESS_S
        return token

    def expire_all(self) -> None:
        """Sixty days pass for every access token."""
        with self.lock:
            self.ends = dict.fromkeys(self.ends, self.clock())

    def check(self, authorization: str) -> None:
        """Raises LinkedInError unless the header's token is good."""
        kind, _, token = authorization.partition(" ")
        if not token:
            raise LinkedInError(401, "EMPTY_ACCESS_TOKEN", "Empty oauth2 access token", 65604)
        if kind.lower() != "bearer" or token not in self.ends:
            raise LinkedInError(401, "INVALID_ACCESS_TOKEN", "Invalid access token", 65600)
        if token in self.revoked:
            message = "The token used in the request has been revoked by the user"
            raise LinkedInError(401, "REVOKED_ACCESS_TOKEN", message, 65601)
        if self.clock() >= self.ends[token]:
            raise LinkedInError(401, "EXPIRED_ACCESS_TOKEN", "The token used in the request has expired", 65602)

    def check_scope(self, scope: str, resource: str) -> None:
        """Raises LinkedInError when the app's tokens lack a scope."""
        if scope not in self.scopes:
            raise no_access("FINDER", resource)


def _refusal(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description}


_OF_WORLD: WeakKeyDictionary[World, LinkedInState] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def linkedin_state_of(world: World) -> LinkedInState:
    """The one state over this world, for tests to switch."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, LinkedInState())
