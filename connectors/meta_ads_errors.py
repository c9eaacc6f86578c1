"""How the Graph API says no, and what follows from each code.

    {"error": {"message", "type", "code", "error_subcode", "is_transient", "fbtrace_id"}}

The HTTP status says little: a throttle is a 400, too much data a 500. The code decides, now and then its subcode.
Source: https://developers.facebook.com/docs/marketing-api/error-reference
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
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
Make = Callable[[str, GraphError, Usage], ConnectorError]


class TooMuchDataError(BadDataError):
    """The report is too large for one answer, or took too long: ask for less, or for a job."""


class ReportRunError(TransientError):
    """A report job failed, got stuck, or its rows cannot be read: a new job may succeed."""


class NotReadableError(ReportRunError):
    """A completed job's rows cannot be read yet."""


def _throttled(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return QuotaError(said, retry_after=max(_SHORTEST_THROTTLE_S, usage.regain_minutes * 60))


def _transient(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return TransientError(said)


def _too_much(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return TooMuchDataError(said)


def _job_failed(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return ReportRunError(said)


def _not_readable(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return NotReadableError(said)


def _token(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    why = _TOKEN_HINTS.get(_whole(error.get("error_subcode")), "the token is wrong or was revoked")
    return AuthorisationError(said, hint=f"{why}: make a new system user token and change meta_ads.access_token")


def _permission(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return ConfigurationError(said, hint="the token needs ads_read, and its user needs to be assigned the ad account")


def _unknown_account(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return ConfigurationError(said, hint="is the account id right, and is the ad account assigned to the token's user?")


def _retired(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return ConfigurationError(said, hint="update Kompas: this one speaks a version that Meta has retired")


def _parameter(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    if "appsecret_proof" in said:
        return ConfigurationError(said, hint="set meta_ads.app_secret to the secret of the app that made the token")
    return BadDataError(said)


def _bad(said: str, error: GraphError, usage: Usage) -> ConnectorError:
    return BadDataError(said)


_TOKEN_HINTS = {
    458: "the app was removed by the token's user",
    460: "the token's user changed the password",
    463: "the token has expired",
    467: "the token's user has logged out",
}
_BY_SUBCODE: dict[tuple[int, int], Make] = {
    (2, 1504038): _too_much,  # a time-out
    (2, 1504041): _bad,  # fields and breakdowns that do not go together
    (2, 1504042): _bad,
    (100, 33): _unknown_account,
    (100, 1504018): _too_much,  # a time-out
    (100, 1487534): _too_much,
}
_BY_CODE: dict[int, Make] = {
    -2: _job_failed,
    1: _transient,
    2: _transient,
    341: _transient,
    **dict.fromkeys((4, 17, 32, 613, *range(80000, 80015)), _throttled),
    **dict.fromkeys((102, 104, 190), _token),
    **dict.fromkeys((10, *range(200, 300)), _permission),
    **dict.fromkeys((2601, 2637), _not_readable),
    2635: _retired,
}
_BY_CODE_UNLESS_TRANSIENT: dict[int, Make] = {100: _parameter}


def graph_error(error: GraphError, usage: Usage) -> ConnectorError:
    """The class of the Graph API's `error` object."""
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    said = f"error {code}{f'/{subcode}' if subcode else ''}: {error.get('message', '')}"[:500]
    if _TOO_MUCH_DATA in said:
        return TooMuchDataError(said)
    make = _BY_SUBCODE.get((code, subcode)) or _BY_CODE.get(code)
    if make is None and error.get("is_transient") is True:
        make = _transient
    return (make or _BY_CODE_UNLESS_TRANSIENT.get(code, _bad))(said, error, usage)


def classify(response: requests.Response, secrets: tuple[str, ...] = ()) -> ConnectorError | None:
    """The class of an answer, by its `error` whatever its HTTP status is; `secrets` are cut out of what is said."""
    error = _error(response)
    if error is None:
        found = classify_status(response)
    else:
        found = graph_error(error, Usage.of(response.headers))
        if isinstance(found, BadDataError) and response.status_code >= 500 and not isinstance(found, TooMuchDataError):
            found = TransientError(found.message)
    return _without(secrets, found) if found else None


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


def _without(secrets: tuple[str, ...], error: ConnectorError) -> ConnectorError:
    """Meta repeats a malformed token in its message (code 190)."""
    for secret in secrets:
        error.message = error.message.replace(secret, "…")
    error.args = (error.message,)
    return error


def _whole(value: Any) -> int:
    return value if isinstance(value, int) else 0
