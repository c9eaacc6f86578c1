"""How the Graph API says no, and what follows from each code.

    {"error": {"message", "type", "code", "error_subcode", "is_transient", "fbtrace_id"}}

The HTTP status says little: a throttle is a 400, too much data a 500. The code decides, now and then its subcode.
Source: https://developers.facebook.com/docs/marketing-api/error-reference
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
from connectors.http import classify_status, decode_json
from connectors.meta_ads_throttle import Usage

_SHORTEST_THROTTLE_S = 60.0
"""Meta counts by the hour: sooner than this, a throttled call is only refused again."""
_TOO_MUCH_DATA = "reduce the amount of data"

GraphError = Mapping[str, Any]
Make = Callable[[str], ConnectorError]


class TooMuchDataError(BadDataError):
    """The report is too large for one answer, or took too long: ask for less, or for a job."""


class ReportRunError(TransientError):
    """A report job failed, got stuck, or its rows cannot be read: a new job may succeed."""


def _renew(why: str) -> Make:
    return partial(AuthorisationError, hint=f"{why}: make a new system user token, and set meta_ads.access_token to it")


def _configure(hint: str) -> Make:
    return partial(ConfigurationError, hint=hint)


_PERMISSION = _configure("the token needs ads_read, and its system user needs to be assigned the ad account")
_UNKNOWN_ACCOUNT = _configure("is the account id right, and is the ad account assigned to the token's system user?")
_RETIRED = _configure("update Kompas: this one speaks a version that Meta has retired")
_PROOF = _configure("set meta_ads.app_secret to the secret of the app that made the token")
_NO_TOKEN = _renew("the token is wrong or was revoked")

_BY_SUBCODE: dict[tuple[int, int], Make] = {
    (2, 1504038): TooMuchDataError,  # a time-out
    (2, 1504041): BadDataError,  # fields and breakdowns that do not go together
    (2, 1504042): BadDataError,
    (100, 33): _UNKNOWN_ACCOUNT,
    (100, 1504018): TooMuchDataError,  # a time-out
    (100, 1487534): TooMuchDataError,
    (190, 458): _renew("the app was removed by the token's user"),
    (190, 460): _renew("the token's user changed the password"),
    (190, 463): _renew("the token has expired"),
    (190, 467): _renew("the token's user has logged out"),
}
_BY_CODE: dict[int, Make] = {
    -2: ReportRunError,
    1: TransientError,
    2: TransientError,
    341: TransientError,
    **dict.fromkeys((4, 17, 32, 613, *range(80000, 80015)), QuotaError),
    **dict.fromkeys((102, 104, 190), _NO_TOKEN),
    **dict.fromkeys((10, *range(200, 300)), _PERMISSION),
    **dict.fromkeys((2601, 2637), ReportRunError),
    2635: _RETIRED,
}


def graph_error(error: GraphError, usage: Usage | None = None, passing: bool = False) -> ConnectorError:
    """The class of the Graph API's `error` object. `usage` is told beside it; `passing`: the HTTP status is a 5xx."""
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    said = f"error {code}{f'/{subcode}' if subcode else ''}: {error.get('message', '')}"[:500]
    make = _BY_SUBCODE.get((code, subcode)) or _by_message(said) or _BY_CODE.get(code)
    unknown = TransientError if passing or error.get("is_transient") is True else BadDataError
    found = (make or unknown)(said)
    if isinstance(found, QuotaError):
        found.retry_after = max(_SHORTEST_THROTTLE_S, usage.regain_minutes * 60 if usage else 0.0)
    return found


def _by_message(said: str) -> Make | None:
    """Code 1 is passing, but for one message; code 100 is a mistake of ours, but for the proof."""
    if _TOO_MUCH_DATA in said:
        return TooMuchDataError
    return _PROOF if "appsecret_proof" in said else None


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer, by its `error` whatever its HTTP status is."""
    error = _error(response)
    if error is None:
        return classify_status(response)
    return graph_error(error, Usage.of(response.headers), response.status_code >= 500)


def without(secrets: tuple[str, ...], error: ConnectorError) -> ConnectorError:
    """The same error, without the secrets in its message: Meta repeats a malformed token in it (code 190)."""
    for secret in secrets:
        error.message = error.message.replace(secret, "…")
    error.args = (error.message,)
    return error


def _error(response: requests.Response) -> GraphError | None:
    """The `error` object of the body; None where there is none, or the body is something else."""
    if b'"error"' not in response.content[:200] and response.status_code < 400:
        return None
    try:
        body = decode_json(response.content)
    except BadDataError:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    return error if isinstance(error, dict) else None


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
