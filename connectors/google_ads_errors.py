"""What Google Ads' errors mean, by what happens next.

An answer holds `{"error": {code, status, message, details}}`; its details hold a GoogleAdsFailure with one or more
errors, whose `errorCode` names a family and a code: `{"quotaError": "RESOURCE_EXHAUSTED"}`.
Source: https://developers.google.com/google-ads/api/docs/common-errors
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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

_QUOTA_S = 30.0
"""Where Google does not say how long to wait."""
_MINUTES_S, _HOURS_S = 600.0, 4 * 3600.0

Make = Callable[[str, float | None], ConnectorError]


def _quota(default_s: float) -> Make:
    return lambda message, wait_s: QuotaError(message, retry_after=default_s if wait_s is None else wait_s)


def _transient(message: str, wait_s: float | None) -> ConnectorError:
    return TransientError(message, retry_after=wait_s)


def _refused(hint: str, refreshable: bool = False) -> Make:
    return lambda message, _wait_s: AuthorisationError(message, refreshable=refreshable, hint=hint)


def _configure(hint: str) -> Make:
    return lambda message, _wait_s: ConfigurationError(message, hint=hint)


def _ours(message: str, _wait_s: float | None) -> ConnectorError:
    return BadDataError(message, hint="Kompas asked something that Google Ads refuses: please report it")


_CONNECT = "connect the account again"
_LOGIN = (
    "does the credential have access to this account? Access through a manager account needs login_customer_id"
    " (the login-customer-id header), the manager's id without dashes"
)
_PROJECT = "see console.cloud.google.com/google/ads-apis/overview for the access of the credential's Cloud project"
_UPDATE = "this version of the Google Ads API has been switched off: update Kompas"

_BY_CODE: dict[str, Make] = {
    "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION": _quota(_MINUTES_S),
    "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION": _quota(_HOURS_S),
    "OAUTH_TOKEN_EXPIRED": _refused(_CONNECT, refreshable=True),
    "OAUTH_TOKEN_INVALID": _refused(_CONNECT, refreshable=True),
    "NOT_ADS_USER": _refused("the Google account of the credential has no access to any Google Ads account"),
    "CUSTOMER_NOT_FOUND": _configure("there is no such customer id: is it right in kompas.yaml?"),
    "USER_PERMISSION_DENIED": _configure(_LOGIN),
    "INVALID_LOGIN_CUSTOMER_ID_SERVING_CUSTOMER_ID_COMBINATION": _configure(_LOGIN),
    "INVALID_LOGIN_CUSTOMER_ID": _configure(_LOGIN),
    "CUSTOMER_NOT_ENABLED": _configure("the account is suspended or closed: reopen it, or remove it from kompas.yaml"),
    "CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION": _configure(_PROJECT),
    "CLOUD_PROJECT_NOT_FOUND": _configure(_PROJECT),
    "PROJECT_DISABLED": _configure(_PROJECT),
    "MISSING_TOS": _configure("the terms of the API have to be accepted in the Google Ads account"),
    "METRIC_ACCESS_DENIED": _configure("the credential's user may not see some of the figures: widen its access"),
    "INVALID_CUSTOMER_ID": _configure("a customer id is ten digits: is it right in kompas.yaml?"),
    "UNSUPPORTED_VERSION": _configure(_UPDATE),
    "REQUESTED_METRICS_FOR_MANAGER": _configure(
        "this is a manager account, which has no figures of its own: name its client accounts, and this id as"
        " login_customer_id"
    ),
    "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED": _configure(
        "Google keeps days for 37 months, and this reaches further back: start later"
    ),
}
_BY_FAMILY: dict[str, Make] = {
    "quotaError": _quota(_QUOTA_S),
    "internalError": _transient,
    "databaseError": _transient,
    "authenticationError": _refused(_CONNECT),
    "authorizationError": _configure(_LOGIN),
}
_BY_STATUS: dict[str, Make] = {
    "RESOURCE_EXHAUSTED": _quota(_QUOTA_S),
    "UNAUTHENTICATED": _refused(_CONNECT, refreshable=True),
    "PERMISSION_DENIED": _configure(_LOGIN),
    "INTERNAL": _transient,
    "UNAVAILABLE": _transient,
    "DEADLINE_EXCEEDED": _transient,
    "ABORTED": _transient,
    "UNKNOWN": _transient,
    "CANCELLED": _transient,
}


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer; an error of HTTP 200 stands in the middle of the body, where `failure` classes it."""
    if response.status_code < 400:
        return None
    error = _error_of(response)
    if error is not None:
        return failure(error, retry_after(response))
    if response.status_code == 404:
        return ConfigurationError(
            "HTTP 404: no such address", hint="is base_url right? If so, this API version is gone: update Kompas"
        )
    return classify_status(response)


def _error_of(response: requests.Response) -> dict[str, Any] | None:
    """The error object, which searchStream may wrap in an array; None where the body is something else."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return None
    first = body[0] if isinstance(body, list) and body else body
    error = first.get("error") if isinstance(first, dict) else None
    return error if isinstance(error, dict) else None


def failure(error: dict[str, Any], wait_s: float | None = None) -> ConnectorError:
    """The class of an error object. `wait_s`: seconds of Retry-After, where the body does not say its own."""
    named = list(_named(error))
    status, text = str(error.get("status", "")), str(error.get("message", "no message"))
    known = (make for family, code, _ in named if (make := _BY_CODE.get(code) or _BY_FAMILY.get(family)))
    otherwise = _ours if named else _BY_STATUS.get(status) or _by_number(error.get("code"))
    message = "; ".join(f"{code}: {said}" for _, code, said in named) or f"{status} {text}".strip()
    return next(known, otherwise)(message[:600], max(_delays(error), default=wait_s))


def _named(error: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Family, code and text of every error of the GoogleAdsFailure; nothing where there is none."""
    for errors in _under("errors", error.get("details")):
        for entry in errors if isinstance(errors, list) else ():
            for family, code in (entry.get("errorCode") or {}).items():
                yield family, str(code), str(entry.get("message", ""))


def _delays(error: dict[str, Any]) -> Iterator[float]:
    """Seconds of each `"retryDelay": "900s"`, in quotaErrorDetails or in a google.rpc.RetryInfo."""
    for told in _under("retryDelay", error.get("details")):
        if match := re.fullmatch(r"(\d+(?:\.\d+)?)s", str(told)):
            yield float(match[1])


def _under(key: str, node: Any) -> Iterator[Any]:
    """The values of a key, at whatever depth."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from (value,) if name == key else ()
            yield from _under(key, value)
    elif isinstance(node, list):
        for value in node:
            yield from _under(key, value)


def _by_number(code: Any) -> Make:
    """By the HTTP number of an error that has neither a known status nor details."""
    if code == 429:
        return _quota(_QUOTA_S)
    return _transient if isinstance(code, int) and code >= 500 else _ours
