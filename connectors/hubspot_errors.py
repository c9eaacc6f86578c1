"""How HubSpot says no, and what follows: by HTTP status, and by the category or the policy that the body names.

    {"status": "error", "message": "…", "category": "MISSING_SCOPES", "errors": [{"context": {…}}]}

Source: https://developers.hubspot.com/docs/api-reference/error-handling
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import requests

from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import classify_status, decode_json, retry_after

KEY_HINT = "make a new service key in HubSpot under Settings > Integrations > Service Keys"
_WAITS_S = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
"""Seconds until a limit lets calls through again, by its policy; HubSpot names none itself."""
_DAILY_S = 3600.0
"""More than a pull waits: the day's calls come back at midnight where the account is."""
_LOCKED_S = 2.0
_SCOPES = ("requiredGranularScopes", "requiredScopes", "missingScopes")

Body = Mapping[str, Any]


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer. HubSpot never answers 200 with an error."""
    if response.status_code < 400:
        return None
    made = _BY_STATUS.get(response.status_code)
    if made is None:
        return classify_status(response)
    body = _body(response)
    return made(f"HTTP {response.status_code} {body.get('category', '')}: {body.get('message', '')}", body, response)


def _body(response: requests.Response) -> Body:
    """The error as HubSpot words it; {} where something before it answered."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return {}
    return body if isinstance(body, dict) else {}


def _refused(said: str, _body: Body, _response: requests.Response) -> ConnectorError:
    return BadDataError(said)


def _unauthorised(said: str, _body: Body, _response: requests.Response) -> ConnectorError:
    return AuthorisationError(said, refreshable=True, hint=KEY_HINT)


def _forbidden(said: str, body: Body, _response: requests.Response) -> ConnectorError:
    scopes = ", ".join(dict.fromkeys(_scopes(body)))
    if not scopes:
        return AuthorisationError(said, hint="the credential may not read this account")
    return ConfigurationError(said, hint=f"give the service key, or the app, the scope {scopes}")


def _scopes(body: Body) -> Iterator[str]:
    """The scopes that an error names, wherever it does."""
    contexts = [body.get("context") or {}, *(error.get("context") or {} for error in body.get("errors") or ())]
    for context in contexts:
        for name in _SCOPES:
            yield from context.get(name) or ()


def _missing(said: str, _body: Body, _response: requests.Response) -> ConnectorError:
    return ConfigurationError(said, hint="is hubspot.api_version one that HubSpot still answers?")


def _throttled(said: str, body: Body, response: requests.Response) -> ConnectorError:
    policy = str(body.get("policyName", "")).upper()
    if policy == "DAILY":
        hint = "the day's calls of all the account's tools are used up; they come back at its midnight"
        return QuotaError(said, retry_after=_DAILY_S, hint=hint)
    return QuotaError(said, retry_after=retry_after(response) or _WAITS_S.get(policy, _WAITS_S["TEN_SECONDLY_ROLLING"]))


def _locked(said: str, _body: Body, response: requests.Response) -> ConnectorError:
    return TransientError(said, retry_after=retry_after(response) or _LOCKED_S)


def _moving(said: str, _body: Body, response: requests.Response) -> ConnectorError:
    hint = "HubSpot moves the account to another of its data centres; it is tried again later"
    return TransientError(said, retry_after=retry_after(response), hint=hint)


_BY_STATUS: dict[int, Callable[[str, Body, requests.Response], ConnectorError]] = {
    400: _refused,
    401: _unauthorised,
    403: _forbidden,
    404: _missing,
    423: _locked,
    429: _throttled,
    477: _moving,
}
