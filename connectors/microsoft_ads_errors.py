"""How Microsoft Advertising says no: faults with numbered errors, and what follows from each number.

    {"TrackingId": "…", "Type": "AdApiFaultDetail", "Errors": [{"Code": 117, "ErrorCode": "CallRateExceeded", …}]}
    {"TrackingId": "…", "Type": "ApiFaultDetail", "BatchErrors": [], "OperationErrors": [{"Code": 207, …}]}

Source: https://learn.microsoft.com/en-us/advertising/guides/operation-error-codes
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
from connectors.http import classify_status, decode_json, retry_after

Make = Callable[[str], ConnectorError]
_PAUSE_S = 60.0
"""Calls are counted by the minute, and reports that are being made end within it."""
_ERROR_LISTS = ("Errors", "OperationErrors", "BatchErrors")
_CREDENTIALS: Make = partial(
    AuthorisationError, hint="connect Microsoft Advertising again; is the developer token right?"
)
_PERMISSION: Make = partial(
    ConfigurationError,
    hint="the user who connected needs a role on the account; are the ids of account and customer right?",
)
_BY_CODE: Mapping[int, Make] = {
    0: TransientError,
    105: _CREDENTIALS,
    106: _PERMISSION,
    109: partial(AuthorisationError, refreshable=True, hint="connect Microsoft Advertising again"),
    117: QuotaError,
    207: QuotaError,
    2004: TransientError,
}


class ReportLostError(TransientError):
    """A report failed, or its file cannot be read (any more): a new report may succeed."""


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer, by the first error of its fault whatever its HTTP status is."""
    errors = _errors(response)
    if not errors:
        return classify_status(response)
    code = errors[0].get("Code")
    said = "; ".join(f"error {each.get('Code')} {each.get('ErrorCode')}: {each.get('Message')}" for each in errors)
    unknown = TransientError if response.status_code >= 500 else BadDataError
    error = (_BY_CODE.get(code, unknown) if isinstance(code, int) else unknown)(said[:500])
    if isinstance(error, QuotaError):
        error.retry_after = retry_after(response) or _PAUSE_S
    return error


def classify_download(response: requests.Response) -> ConnectorError | None:
    """The class of an answer of the storage that keeps reports: its links end after five minutes."""
    if response.status_code in (403, 404, 410):
        return ReportLostError(f"HTTP {response.status_code}: the link to the report has ended")
    return classify_status(response)


def _errors(response: requests.Response) -> list[Mapping[str, Any]]:
    """The errors of a fault; none where the body is something else."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return []
    if not isinstance(body, dict):
        return []
    return [error for name in _ERROR_LISTS for error in body.get(name) or () if isinstance(error, dict)]
