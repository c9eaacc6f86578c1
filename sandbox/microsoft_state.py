"""What Microsoft remembers of a user's consent and of reports; and the switches of a test."""

from __future__ import annotations

import itertools
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from sandbox.company import World
from sandbox.microsoft_errors import MicrosoftError

CLIENT_ID, CUSTOMER_ID, USER_ID = "sandbox-microsoft-client", "170001001", "160001001"
DEVELOPER_TOKEN = "SANDBOXDEVELOPERTOKEN"
REFRESH_TOKEN = "sandbox-microsoft-refresh"
ACCESS_S = 3600
SCOPE = "https://ads.microsoft.com/msads.manage"


@dataclass
class MicrosoftState:
    """One user. The refresh token is a new one at every use; an old one works as long as `single_use` is not set.

    refused: ids of accounts on which the user has no role (any more). polls: how often a report is Pending.
    fail_reports: so many reports to come end as Error. clock: seconds since the epoch.
    """

    refused: set[str] = field(default_factory=set)
    single_use: bool = False
    polls: int = 1
    fail_reports: int = 0
    clock: Callable[[], float] = time.time
    ends: dict[str, float] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def grant(self, form: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
        """Status and body of the token endpoint."""
        if form.get("grant_type") != "refresh_token":
            return 400, _refusal("unsupported_grant_type", "AADSTS70003: The app requested an unsupported grant type.")
        if form.get("client_id") != CLIENT_ID:
            return 400, _refusal("unauthorized_client", "AADSTS700016: Application was not found in the directory.")
        if SCOPE not in form.get("scope", "").split():
            return 400, _refusal("invalid_scope", "AADSTS70011: The provided value for scope is not valid.")
        if not self._takes(form.get("refresh_token", "")):
            return 400, _refusal("invalid_grant", "AADSTS700082: The refresh token has expired due to inactivity.")
        answer = {"token_type": "Bearer", "scope": SCOPE, "expires_in": ACCESS_S - 1, "ext_expires_in": ACCESS_S - 1}
        return 200, answer | {"access_token": self.issue(), "refresh_token": f"{REFRESH_TOKEN}.{next(self.numbers)}"}

    def _takes(self, refresh_token: str) -> bool:
        """Tokens of a sandbox that ran before are good as well: the demo keeps them in a file."""
        with self.lock:
            good = re.fullmatch(rf"{REFRESH_TOKEN}(\.\d+)?", refresh_token) is not None
            used = self.single_use and refresh_token in self.spent
            self.spent.add(refresh_token)
        return good and not used

    def issue(self) -> str:
        """A new access token."""
        token = f"EwB{secrets.token_urlsafe(32)}"
        with self.lock:
            self.ends[token] = self.clock() + ACCESS_S
        return token

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises MicrosoftError unless the token, the developer token and the customer are good."""
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or token not in self.ends:
            raise MicrosoftError(105)
        if self.clock() >= self.ends[token]:
            raise MicrosoftError(109)
        if headers.get("developertoken") != DEVELOPER_TOKEN:
            raise MicrosoftError(105, "Authentication failed. The developer token is invalid.")
        if headers.get("customerid") != CUSTOMER_ID:
            raise MicrosoftError(106)

    def check_account(self, account: Any, known: Mapping[str, Any]) -> str:
        """The id of an account on which the user has a role; raises MicrosoftError."""
        if not isinstance(account, str) or account not in known or account in self.refused:
            raise MicrosoftError(106)
        return account


def _refusal(error: str, description: str) -> dict[str, Any]:
    return {"error": error, "error_description": description, "error_codes": [int(re.findall(r"\d+", description)[0])]}


_OF_WORLD: WeakKeyDictionary[World, MicrosoftState] = WeakKeyDictionary()
_OF_WORLD_LOCK = threading.Lock()


def microsoft_state_of(world: World) -> MicrosoftState:
    """The one state over this world, for tests to switch."""
    with _OF_WORLD_LOCK:
        return _OF_WORLD.setdefault(world, MicrosoftState())
