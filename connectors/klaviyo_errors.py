"""Klaviyo's refusals (JSON:API error documents), classed by what happens next."""

from __future__ import annotations

from typing import Any

import requests

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import classify_status, decode_json, retry_after

SCOPES = "accounts, campaigns, flows and metrics"
_KEY_HINT = "make a new private API key in Klaviyo under Settings > API keys"
_SCOPE_HINT = f"the key needs read access to {SCOPES}: make one under Settings > API keys"
_REVISION_HINT = "set klaviyo.revision to one that Klaviyo still serves, or update Kompas"


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer. 410 is a revision that Klaviyo has retired: we opt out of being moved to another one."""
    status = response.status_code
    if status < 400:
        return None
    said = f"HTTP {status} {_words(response)}".strip()
    if status == 401:
        return AuthorisationError(said, hint=_KEY_HINT)
    if status == 403:
        return AuthorisationError(said, hint=_SCOPE_HINT)
    if status == 410:
        return ConfigurationError(said, hint=_REVISION_HINT)
    if status == 429:
        return QuotaError(said, retry_after=retry_after(response))
    return BadDataError(said) if status < 500 and status not in (408, 425) else classify_status(response)


def _words(response: requests.Response) -> str:
    """Code, detail and place of the first error; the start of the body where it is no error document."""
    error = _first(response)
    if error is None:
        return response.text[:200]
    source: Any = error.get("source") if isinstance(error.get("source"), dict) else {}
    place = source.get("parameter") or source.get("pointer") or ""
    return " ".join(str(part) for part in (error.get("code"), error.get("detail"), place) if part)


def _first(response: requests.Response) -> dict[str, Any] | None:
    try:
        [error, *_] = decode_json(response.content)["errors"]
    except (BadDataError, KeyError, TypeError, ValueError):
        return None
    return error if isinstance(error, dict) else None
