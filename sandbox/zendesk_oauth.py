"""Zendesk's OAuth clients: each account has one, which signs in itself or has a refresh token that is replaced."""

from __future__ import annotations

import json
from typing import Any

from sandbox.faults import Answer
from sandbox.rotating_grants import RotatingGrants
from sandbox.zendesk_errors import UNAUTHORISED

CLIENT_ID = "kompas"
LIFE_S = range(300, 172_801)


def client_secret(subdomain: str) -> str:
    """The secret of an account's client."""
    return f"sandbox-zendesk-secret-of-{subdomain}"


def refresh_token(subdomain: str) -> str:
    """The first refresh token of an account's client."""
    return f"sandbox-zendesk-refresh-of-{subdomain}.1"


class Clients(RotatingGrants):
    """The client of one account, and its tokens."""

    def __init__(self, subdomain: str) -> None:
        super().__init__(refresh_token(subdomain).rpartition(".")[0], f"sandbox-zendesk-access-of-{subdomain}")
        self._secret = client_secret(subdomain)
        self._own_token = f"sandbox-zendesk-token-of-{subdomain}"

    def check(self, header: str) -> None:
        """Raises UNAUTHORISED on a header without a token of this account."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or (token != self._own_token and not self.valid(token)):
            raise UNAUTHORISED

    def answer(self, body: bytes) -> Answer:
        """What POST /oauth/tokens answers to a JSON body."""
        try:
            asked = json.loads(body)
        except ValueError:
            return _refused(400, "invalid_request")
        if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, self._secret):
            return _refused(401, "invalid_client")
        if asked.get("expires_in", LIFE_S.start) not in LIFE_S:
            return _refused(400, "invalid_request")
        granted = self._granted(asked)
        return Answer(200, granted | {"token_type": "bearer", "scope": "read"}) if granted else _refused()

    def _granted(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        if asked.get("grant_type") == "client_credentials":
            return {"access_token": self._own_token, "expires_in": asked.get("expires_in")}
        if asked.get("grant_type") == "refresh_token":
            return self.use(str(asked.get("refresh_token")))
        return None


def _refused(status: int = 400, error: str = "invalid_grant") -> Answer:
    return Answer(status, {"error": error, "error_description": "The request was refused"})
