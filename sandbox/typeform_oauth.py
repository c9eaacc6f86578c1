"""Typeform's OAuth 2.0: an access token for a refresh token, which is spent by it (scope `offline`)."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from sandbox.faults import Answer

PERSONAL_TOKEN = "tfp_sandbox_0123456789abcdef"
CLIENT_ID = "sandbox-typeform-client"
CLIENT_SECRET = "sandbox-typeform-secret"
REFRESH_TOKEN = "sandbox-typeform-refresh.1"
LIFE_S = 604_800


class Grants:
    """Refresh tokens are numbered: only the last one works, and each use gives the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 1

    def valid(self, access_token: str) -> bool:
        """Whether an access token is the newest one: an older one ended when its pair was replaced."""
        return access_token == f"tfa_sandbox.{self._last}"

    def answer(self, form: Mapping[str, str]) -> Answer:
        """What POST /oauth/token answers."""
        if form.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client", 401)
        with self._lock:
            name, _, number = form.get("refresh_token", "").rpartition(".")
            if f"{name}.1" != REFRESH_TOKEN or not number.isdigit() or int(number) < self._last:
                return _refused("invalid_grant")
            self._last = int(number) + 1
            return Answer(200, {
                "access_token": f"tfa_sandbox.{self._last}", "refresh_token": f"{name}.{self._last}",
                "expires_in": LIFE_S, "token_type": "bearer",
            })  # fmt: skip


def _refused(error: str, status: int = 400) -> Answer:
    return Answer(status, {"error": error, "error_description": "The request was refused"})
