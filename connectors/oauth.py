"""OAuth 2.0 tokens that are fetched when needed and kept until shortly before they end (RFC 6749)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests

from connectors.errors import AuthorisationError, BadDataError, ConnectorError
from connectors.http import ONCE, HttpClient, RefreshableAuth, classify_status, decode_json
from connectors.shared import Shared

_EARLY_S = 60.0
"""A token is renewed this long before its end, so that it does not end in the middle of a call."""


@dataclass(frozen=True)
class Token:
    """An access token, the `time.monotonic()` at which it ends, and its scope as granted (None: not told)."""

    value: str = field(repr=False)
    ends_at: float
    scope: str | None = None

    @classmethod
    def of(cls, value: str, expires_in_s: float, scope: str | None = None) -> Token:
        return cls(value, time.monotonic() + expires_in_s - _EARLY_S, scope)


class TokenAuth(RefreshableAuth):
    """Puts a fetched token on every request: `header: prefix + token`. Safe to use from several threads."""

    def __init__(self, fetch: Callable[[], Token], *, header: str = "Authorization", prefix: str = "Bearer ") -> None:
        self._header, self._prefix = header, prefix
        self._token = Shared(fetch, good=lambda token: token.ends_at > time.monotonic())

    def token(self) -> str:
        """The access token. Raises what fetching it raises."""
        return self._token.get().value

    def invalidate(self) -> None:
        self._token.forget()

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[self._header] = self._prefix + self.token()
        return request


class StaticAuth(requests.auth.AuthBase):
    """A token that never changes."""

    def __init__(self, value: str, *, header: str = "Authorization", prefix: str = "Bearer ") -> None:
        self._header, self._value = header, prefix + value

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers[self._header] = self._value
        return request


def grant(platform: str, token_url: str, form: dict[str, str]) -> Token:
    """An access token for a grant. Raises AuthorisationError with the platform's reason, never with the form."""
    return token_of(ask(platform, token_url, data=form))


def ask(
    platform: str, token_url: str, *, data: dict[str, str] | None = None, json: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The answer of a token endpoint to a form (`data`) or a JSON body. Raises as `grant` does."""
    # Once: the request that needs the token is tried again as a whole, and retries within retries take minutes.
    client = HttpClient(platform, token_url, classify=_classify_grant, policy=ONCE)
    answer = client.json("POST", token_url, data=data, json=json)
    if not (isinstance(answer, dict) and isinstance(answer.get("access_token"), str)):
        raise BadDataError("the answer of the token endpoint holds no access_token", platform=platform)
    return answer


def token_of(answer: dict[str, Any]) -> Token:
    """The access token of a token endpoint's answer; of an hour where the platform does not tell."""
    return Token.of(answer["access_token"], float(answer.get("expires_in") or 3600), answer.get("scope"))


def _classify_grant(response: requests.Response) -> ConnectorError | None:
    if response.status_code not in (400, 401, 403):
        return classify_status(response)
    try:
        body = decode_json(response.content)
        reason = f"{body.get('error')}: {body.get('error_description', '')}".strip(": ")
    except (ConnectorError, AttributeError):
        reason = f"HTTP {response.status_code}"
    return AuthorisationError(f"no access token: {reason}", hint="connect the account again")
