"""How the Graph API says no, and what follows from each code.

    {"error": {"message", "type", "code", "error_subcode", "is_transient", "fbtrace_id"}}

The HTTP status says little: a throttle is a 400, too much data a 500. The code decides, now and then its subcode.
Source: https://developers.facebook.com/docs/marketing-api/error-reference
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from connectors.ads_halves import TooMuchDataError
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.graph_throttle import Usage
from connectors.http import classify_status, decode_json, retry_after

_SHORTEST_THROTTLE_S = 60.0
"""Meta counts by the hour: sooner than this, a throttled call is only refused again."""

GraphError = Mapping[str, Any]


@dataclass(frozen=True)
class Hints:
    """What the user of one platform can do about a refusal. `access` is said where a permission is missing, `account`
    where the account is unknown or hidden from the token."""

    platform: str
    access: str
    account: str

    @property
    def retired(self) -> str:
        return "update Kompas: this one speaks a version that Meta has retired"

    @property
    def proof(self) -> str:
        return f"set {self.platform}.app_secret to the secret of the app that made the token"

    def renew(self, why: str) -> str:
        return f"{why}: make a new system user token, and set {self.platform}.access_token to it"


Make = Callable[[str, Hints], ConnectorError]


class ReportRunError(TransientError):
    """A report job failed, got stuck, or its rows cannot be read: a new job may succeed."""


class UnknownObjectError(ConfigurationError):
    """The object does not exist, or is hidden from the token."""


class UnknownMetricError(BadDataError):
    """A metric that Meta does not have, or does not have any more. It fails the whole call."""


class UnsupportedMetricError(UnknownMetricError):
    """A metric that Meta has, and not of this one post: posts of its kind have none."""


class NoInsightsError(BadDataError):
    """Meta keeps no insights of this one post: too few saw it, or it is older than the professional account."""


def _plain(kind: type[ConnectorError]) -> Make:
    return lambda said, _hints: kind(said)


def _renew(why: str) -> Make:
    return lambda said, hints: AuthorisationError(said, hint=hints.renew(why))


def _unknown(said: str, hints: Hints) -> ConnectorError:
    return UnknownObjectError(said, hint=hints.account)


def _no_access(said: str, hints: Hints) -> ConnectorError:
    return ConfigurationError(said, hint=hints.access)


def _retired(said: str, hints: Hints) -> ConnectorError:
    return ConfigurationError(said, hint=hints.retired)


def _no_proof(said: str, hints: Hints) -> ConnectorError:
    return ConfigurationError(said, hint=hints.proof)


_BY_SUBCODE: dict[tuple[int, int], Make] = {
    (2, 1504038): _plain(TooMuchDataError),  # a time-out
    (2, 1504041): _plain(BadDataError),  # fields and breakdowns that do not go together
    (2, 1504042): _plain(BadDataError),
    (100, 33): _unknown,
    (100, 1504018): _plain(TooMuchDataError),  # a time-out
    (100, 1487534): _plain(TooMuchDataError),
    (100, 2108006): _plain(NoInsightsError),  # a post from before the account became a professional one
    (190, 458): _renew("the app was removed by the token's user"),
    (190, 460): _renew("the token's user changed the password"),
    (190, 463): _renew("the token has expired"),
    (190, 467): _renew("the token's user has logged out"),
}
_BY_MESSAGE: dict[str, Make] = {
    "reduce the amount of data": _plain(TooMuchDataError),  # code 1, which is passing otherwise
    "appsecret_proof": _no_proof,  # code 100, which is a mistake of ours otherwise
    "must be a valid insights metric": _plain(UnknownMetricError),
    "metric[": _plain(UnknownMetricError),  # Instagram: "metric[0] must be one of the following values"
    "metric for this media product type": _plain(UnsupportedMetricError),
    "Not enough viewers": _plain(NoInsightsError),  # code 10, which is a missing permission otherwise
}
_BY_CODE: dict[int, Make] = {
    -2: _plain(ReportRunError),
    1: _plain(TransientError),
    2: _plain(TransientError),
    341: _plain(TransientError),
    **dict.fromkeys((4, 17, 32, 613, *range(80000, 80015)), _plain(QuotaError)),
    **dict.fromkeys((102, 104, 190), _renew("the token is wrong or was revoked")),
    **dict.fromkeys((10, *range(200, 300)), _no_access),
    **dict.fromkeys((2601, 2637), _plain(ReportRunError)),
    2635: _retired,
}


def graph_error(error: GraphError, hints: Hints, usage: Usage | None = None, passing: bool = False) -> ConnectorError:
    """The class of the Graph API's `error` object. `usage` is told beside it; `passing`: the HTTP status is a 5xx."""
    code, subcode = _whole(error.get("code")), _whole(error.get("error_subcode"))
    said = f"error {code}{f'/{subcode}' if subcode else ''}: {error.get('message', '')}"[:500]
    by_message = next((make for words, make in _BY_MESSAGE.items() if words in said), None)
    make = _BY_SUBCODE.get((code, subcode)) or by_message or _BY_CODE.get(code)
    unknown = TransientError if passing or error.get("is_transient") is True else BadDataError
    found = (make or _plain(unknown))(said, hints)
    if isinstance(found, QuotaError):
        found.retry_after = max(_SHORTEST_THROTTLE_S, usage.regain_minutes * 60 if usage else 0.0)
    return found


def classify(response: requests.Response, hints: Hints) -> ConnectorError | None:
    """The class of an answer, by its `error` whatever its HTTP status is."""
    error = _error(response)
    if error is None:
        return classify_status(response)
    found = graph_error(error, hints, Usage.of(response.headers), response.status_code >= 500)
    if isinstance(found, QuotaError):
        found.retry_after = retry_after(response) or found.retry_after  # Meta's own way is the throttle header
    return found


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
