"""What a shop's refusals mean, by what happens next. A shop is a WordPress site on a host of its own.

WordPress says `{"code", "message", "data": {"status"}}`. Pages of HTML come from what stands before it: the host's
limits, a firewall, a site that is closed for maintenance.
Source: https://developer.woocommerce.com/docs/apis/rest-api/v3/ (authentication, errors)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import requests

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import classify_status, decode_json, retry_after

_KEY = (
    "make a key under WooCommerce > Settings > Advanced > REST API: permission Read, of a user who is a shop manager or"
    " an administrator"
)
_WALL = "a firewall stands before the shop: let Kompas through to /wp-json/wc/v3/"
_STRIPPED = f"{_KEY}; if the key is right, the host takes the Authorization header away: ask it to leave that"
_OLD = (
    "WooCommerce has to be 9.0 or newer, with permalinks other than Plain (Settings > Permalinks in WordPress), and the"
    " address right"
)
_HTML = (
    "the shop puts other text where the answer belongs: PHP messages (set WP_DEBUG_DISPLAY to false), a page for"
    " maintenance, or a firewall"
)

_BY_STATUS: dict[int, Callable[[str], ConnectorError]] = {
    400: lambda said: BadDataError(said, hint="Kompas asked something that the shop refuses: please report it"),
    401: lambda said: AuthorisationError(said, hint=_STRIPPED),
    403: lambda said: AuthorisationError(said, hint=_KEY),
    404: lambda said: ConfigurationError(said, hint=_OLD),
    429: QuotaError,
}


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer: by status, and by who says it, WordPress or what stands before it."""
    status = response.status_code
    if status not in _BY_STATUS:
        return classify_status(response)
    told = _told(response)
    said = f"HTTP {status} {told.get('code', '')}: {told.get('message') or 'a page instead of an answer'}"
    if status == 403 and not told:
        return ConfigurationError(said, hint=_WALL)
    error = _BY_STATUS[status](said)
    if isinstance(error, QuotaError):
        error.retry_after = retry_after(response)
    return error


def decoded(response: requests.Response) -> Any:
    """The JSON of an answer. Raises BadDataError that says what stands in its place."""
    try:
        return decode_json(response.content)
    except BadDataError as error:
        raise BadDataError(error.message, hint=_HTML) from None


def _told(response: requests.Response) -> dict[str, Any]:
    """What WordPress says; {} where something else answers."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return {}
    return body if isinstance(body, dict) else {}
