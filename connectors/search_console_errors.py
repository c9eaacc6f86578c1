"""What Search Console's errors mean, by what happens next.

An answer holds `{"error": {code, message, errors: [{domain, reason, message}]}}`; newer ones a google.rpc status with
the reason under `details`.
Source: https://developers.google.com/webmaster-tools/limits (quotas by load, by minute and by day)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import classify_status, decode_json, retry_after, said

NO_ACCESS = (
    "in Search Console, under Settings > Users and permissions, add the user of the credential to the property (Full or"
    " Restricted), and name the property as Search Console does: sc-domain:example.com or https://www.example.com/"
)
_LOAD_S, _MINUTE_S = 900.0, 60.0
"""Load is counted over ten minutes, and over a day; calls over a minute."""
_CONNECT = "connect the account again, with the scope webmasters.readonly"

Make = Callable[[str], ConnectorError]

_WAITS_S = {
    "quotaExceeded": _LOAD_S,
    "dailyLimitExceeded": _LOAD_S,
    "rateLimitExceeded": _MINUTE_S,
    "userRateLimitExceeded": _MINUTE_S,
}
_BY_REASON: dict[str, Make] = {
    "forbidden": lambda said: ConfigurationError(said, hint=NO_ACCESS),
    "insufficientPermissions": lambda said: AuthorisationError(said, hint=_CONNECT),
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": lambda said: AuthorisationError(said, hint=_CONNECT),
    "accessNotConfigured": lambda said: ConfigurationError(
        said, hint="switch on the Google Search Console API in the credential's Cloud project"
    ),
}
_BY_REASON["SERVICE_DISABLED"] = _BY_REASON["accessNotConfigured"]


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer: by Google's reason, else by the status alone."""
    status = response.status_code
    if status < 400:
        return None
    error = _error(response)
    words = f"HTTP {status}: {error['message']}" if error.get("message") else said(response)
    reasons = _reasons(error)
    waits = [_WAITS_S[reason] for reason in reasons if reason in _WAITS_S]
    if status == 429 or (status == 403 and waits):
        return QuotaError(words, retry_after=retry_after(response) or max(waits, default=_MINUTE_S))
    known = next((make for reason in reasons if (make := _BY_REASON.get(reason))), None)
    if status == 403 and known:
        return known(words)
    if status == 404:
        return ConfigurationError(words, hint=f"is base_url right? Else {NO_ACCESS}")
    if status == 400:
        return BadDataError(words, hint="Kompas asked something that Google refuses: please report it")
    return classify_status(response)


def _error(response: requests.Response) -> dict[str, Any]:
    """The error object; {} where the body is something else."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else {}


def _reasons(error: dict[str, Any]) -> list[str]:
    told = [*(error.get("errors") or ()), *(error.get("details") or ())]
    return [str(one["reason"]) for one in told if isinstance(one, dict) and one.get("reason")]
