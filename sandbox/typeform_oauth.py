"""Typeform's OAuth 2.0: an access token for a refresh token, which is spent by it (scope `offline`)."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.faults import Answer
from sandbox.rotating_grants import RotatingGrants

PERSONAL_TOKEN = "tfp_sandbox_0123456789abcdef"
CLIENT_ID = "sandbox-typeform-client"
CLIENT_SECRET = "sandbox-typeform-secret"
_REFRESH = "sandbox-typeform-refresh"
REFRESH_TOKEN = f"{_REFRESH}.1"
LIFE_S = 604_800


class Grants(RotatingGrants):
    """The tokens of the one OAuth app."""

    def __init__(self) -> None:
        super().__init__(_REFRESH, "tfa_sandbox")

    def answer(self, form: Mapping[str, str]) -> Answer:
        """What POST /oauth/token answers."""
        if form.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return _refused("invalid_client", 401)
        granted = self.use(form.get("refresh_token", ""))
        if granted is None:
            return _refused("invalid_grant")
        return Answer(200, granted | {"expires_in": LIFE_S, "token_type": "bearer"})


def _refused(error: str, status: int = 400) -> Answer:
    return Answer(status, {"error": error, "error_description": "The request was refused"})
