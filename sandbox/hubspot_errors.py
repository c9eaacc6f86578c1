"""HubSpot's errors: a JSON object with status, message, correlationId and a category."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from starlette.responses import JSONResponse

from sandbox.faults import Answer

OAUTH_HELP = "https://developers.hubspot.com/docs/methods/auth/oauth-overview"


class HubspotError(Exception):
    """An answer other than success. `more` are further fields of the body."""

    def __init__(self, http_code: int, category: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.http_code = http_code
        told = {"status": "error", "message": message, "correlationId": str(uuid4())}
        self.body = told | ({"category": category} if category else {}) | more

    def answer(self, headers: Mapping[str, str] | None = None) -> Answer:
        """As the frame sends it."""
        return Answer(self.http_code, self.body, headers or {})

    def response(self) -> JSONResponse:
        """As a route returns it."""
        return JSONResponse(self.body, self.http_code)


def invalid(message: str) -> HubspotError:
    """A request that does not fit."""
    return HubspotError(400, "VALIDATION_ERROR", message)


def nowhere(path: str) -> HubspotError:
    """No such path, or no such version of it."""
    return HubspotError(404, "OBJECT_NOT_FOUND", f"resource not found: {path}")


def unknown_key() -> HubspotError:
    """No credential, or one that nobody knows."""
    message = f"Authentication credentials not found. You can find more details at {OAUTH_HELP}"
    return HubspotError(401, "INVALID_AUTHENTICATION", message)


def expired(seconds: int) -> HubspotError:
    """An access token of OAuth that has ended."""
    message = f"The OAuth token used to make this call expired {seconds} second(s) ago."
    return HubspotError(401, "EXPIRED_AUTHENTICATION", message)


def missing_scopes(scopes: list[str]) -> HubspotError:
    """A credential that may not read this."""
    message = "This app hasn't been granted all required scopes to make this call. Read more about required scopes."
    errors = [{"message": "One or more of the following scopes are required.",
               "context": {"requiredGranularScopes": scopes}}]  # fmt: skip
    return HubspotError(403, "MISSING_SCOPES", message, errors=errors)


def too_many(policy: str) -> HubspotError:
    """A limit, by the name of its policy: SECONDLY, TEN_SECONDLY_ROLLING or DAILY."""
    message = f"You have reached your {policy.lower()} limit."
    return HubspotError(429, "RATE_LIMITS", message, errorType="RATE_LIMIT", policyName=policy)
