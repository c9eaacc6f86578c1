"""Shopify's errors, classed by what happens next. Most of them come as HTTP 200 with an `errors` list.

Sources: https://shopify.dev/docs/api/admin-graphql#status_and_error_codes, https://shopify.dev/docs/api/usage/limits
"""

from __future__ import annotations

from collections.abc import Callable
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
from connectors.http import classify_status, decode_json, retry_after, said

API_VERSION = "2026-10"
_SCOPE_HINT = "grant it to the app in Shopify's Dev Dashboard, release that version, and approve it in the shop"
_CUSTOMER_DATA_HINT = "the app may need access to protected customer data, see its API access in the Dev Dashboard"


class TooCostlyError(BadDataError):
    """The query may never run as it is: it costs more points than one query, or the whole bucket, may hold."""


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer of the Admin API."""
    by_status = _STATUSES.get(response.status_code)
    if by_status is not None:
        return by_status(response)
    if response.status_code >= 400:
        return classify_status(response)
    told = response.headers.get("X-Shopify-API-Version", API_VERSION)
    if told != API_VERSION:
        return ConfigurationError(
            f"Shopify answers as version {told} instead of {API_VERSION}, which is no longer supported",
            hint="update Kompas: fields may have changed their meaning",
        )
    # Orders hold no such word; a body of megabytes is not decoded twice for it.
    return graphql_error(decode_json(response.content)) if b'"errors"' in response.content else None


def graphql_error(body: Any) -> ConnectorError | None:
    """The error of a GraphQL answer, the gravest first; None without one. Data that comes beside errors is not used."""
    errors = body.get("errors") if isinstance(body, dict) else None
    if not errors:
        return None
    if not isinstance(errors, list):
        return BadDataError(f"Shopify refused the query: {errors}")
    for code, made in _CODES.items():
        found = [error for error in errors if error.get("extensions", {}).get("code") == code]
        if found:
            return made(found, body)
    return BadDataError(f"Shopify refused the query: {_messages(errors)}")


def _messages(errors: list[Any]) -> str:
    return "; ".join(dict.fromkeys(str(error.get("message", error)) for error in errors))[:500]


def _denied(errors: list[Any], _body: Any) -> ConnectorError:
    needs = dict.fromkeys(error["extensions"].get("requiredAccess") for error in errors)
    named = ", ".join(need.rstrip(".") for need in needs if need)
    fields = ", ".join(dict.fromkeys(_place(error) for error in errors))
    if named:
        return ConfigurationError(f"access denied to {fields}: it needs {named}", hint=_SCOPE_HINT)
    return ConfigurationError(f"access denied to {fields}: {_messages(errors)}", hint=_CUSTOMER_DATA_HINT)


def _place(error: Any) -> str:
    return ".".join(str(step) for step in error.get("path") or () if not isinstance(step, int)) or "a field"


def _throttled(_errors: list[Any], body: Any) -> ConnectorError:
    """The points come back at a steady rate: the wait can be computed, unless the bucket is too small for the query."""
    cost = body.get("extensions", {}).get("cost", {})
    status = cost.get("throttleStatus", {})
    asked, rate = float(cost.get("requestedQueryCost") or 0), float(status.get("restoreRate") or 0)
    if asked > float(status.get("maximumAvailable", asked)):
        return TooCostlyError(f"the query costs {asked:g} points, and the shop's bucket holds less")
    if not rate:
        return QuotaError("throttled")
    return QuotaError("throttled", retry_after=max(0.0, (asked - float(status.get("currentlyAvailable", 0))) / rate))


_CODES: dict[str, Callable[[list[Any], Any], ConnectorError]] = {
    "ACCESS_DENIED": _denied,
    "SHOP_INACTIVE": lambda errors, _: ConfigurationError(f"the shop is not active: {_messages(errors)}"),
    "MAX_COST_EXCEEDED": lambda errors, _: TooCostlyError(_messages(errors)),
    "THROTTLED": _throttled,
    "INTERNAL_SERVER_ERROR": lambda errors, _: TransientError(_messages(errors)),
    "TIMEOUT": lambda errors, _: TransientError(_messages(errors)),
}
_STATUSES: dict[int, Callable[[requests.Response], ConnectorError]] = {
    401: lambda answer: AuthorisationError(said(answer), refreshable=True, hint="is the app installed in the shop?"),
    402: lambda answer: ConfigurationError(said(answer), hint="the shop is frozen until its bill is paid"),
    403: lambda answer: AuthorisationError(said(answer), hint="the app is not installed, or may not read this"),
    404: lambda answer: ConfigurationError(said(answer), hint="is the shop's domain, the account's id, right?"),
    423: lambda answer: ConfigurationError(said(answer), hint="the shop is locked: ask Shopify why"),
    430: lambda answer: QuotaError(said(answer), retry_after=retry_after(answer)),
}
