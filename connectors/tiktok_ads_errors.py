"""How TikTok says no: HTTP 200 with a `code` other than 0, and what follows from each code.

    {"code": 40105, "message": "Access token is incorrect or has been revoked.", "request_id": "…", "data": {}}

Source: https://business-api.tiktok.com/portal/docs?id=1737172488964097 (return codes)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
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
from connectors.http import classify_status, decode_json, retry_after

Make = Callable[[str], ConnectorError]

_TOKEN: Make = partial(
    AuthorisationError, hint="authorise the app in TikTok again, and replace tiktok_ads.access_token"
)
_PERMISSION: Make = partial(
    ConfigurationError,
    hint="is the id right, did this advertiser authorise the app, and may the app read its account and its reports?",
)
_RETIRED: Make = partial(ConfigurationError, hint="update Kompas: this one asks for what TikTok has retired")
_BY_CODE: Mapping[int, Make] = {
    **dict.fromkeys((40100, 40132), QuotaError),
    **dict.fromkeys((40200, 40201, 40202, 40700, 50000, 50002, 60001, *range(51000, 51100)), TransientError),
    **dict.fromkeys((40102, 40103, 40104, 40105, 40106, 40114), _TOKEN),
    **dict.fromkeys((40001, 40003, 40113, 40117, 40118, 40124, 40125, 40130, 40300, 40301, 40302), _PERMISSION),
    **dict.fromkeys((40006, 40010, 40051, 40400, 41001, 41002), _RETIRED),
    40067: TooMuchDataError,
}


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer, by its `code` whatever its HTTP status is."""
    body = _body(response)
    code = body.get("code")
    if code is None:
        return classify_status(response)
    if code == 0:
        return None
    said = f"code {code}: {body.get('message', '')}"[:500]
    error = (_BY_CODE.get(code) or _by_message(said))(said)
    if isinstance(error, QuotaError | TransientError):
        error.retry_after = retry_after(response)
    return error


def _by_message(said: str) -> Make:
    """Code 40002 is a mistake of ours, but for a missing permission, which only its words tell."""
    return _PERMISSION if "permission" in said.lower() else BadDataError


def _body(response: requests.Response) -> Mapping[str, Any]:
    """The body's object; {} where it is something else, which whoever reads the answer will say."""
    try:
        body = decode_json(response.content)
    except BadDataError:
        return {}
    return body if isinstance(body, dict) else {}
