"""Calls to Brevo's API v3: pages by offset, limits that its own headers tell, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import requests

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import HttpClient, Limits, RetryPolicy, classify_status, decode_json, retry_after
from connectors.load import Load
from connectors.oauth import StaticAuth
from connectors.pages import by_offset
from connectors.shared import Shared

CONCURRENT = 2
"""Brevo grants 100 requests an hour: there is nothing to be gained by more at a time."""
_PAGE_ROWS = 100
_STATISTICS = {"statistics": "globalStats", "excludeHtmlContent": "true"}
"""Without the first, Brevo answers zeros; without the second, the whole text of every mailing."""
_KEY_HINT = "make a new API key in Brevo under Settings > SMTP & API > API keys"
_ADDRESS_HINT = "allow this address in Brevo under Settings > Security > Authorised IPs"


@dataclass(frozen=True)
class Facts:
    """What an account says of itself; None is what it does not tell."""

    name: str | None
    time_zone: str | None


class BrevoApi:
    """One account's API."""

    def __init__(self, key: str, base_url: str, policy: RetryPolicy | None = None) -> None:
        auth, limits = StaticAuth(key, header="api-key", prefix=""), Limits(concurrent=CONCURRENT)
        self._http = HttpClient("brevo", base_url, auth=auth, classify=classify, limits=limits, policy=policy)
        self._facts = Shared(self._fetch_facts)

    def facts(self) -> Facts:
        """Asked for once."""
        return self._facts.get()

    def campaigns(self, start: datetime, end: datetime, load: Load) -> Iterator[list[Any]]:
        """Campaigns sent from `start` until `end`, archived ones too, a page at a time.

        Their statistics are of events of the last six months. Raises BadDataError unless all of `count` came.
        """
        # A status is not asked for: what was archived since would be missing. An end in the future is refused.
        last = min(end, datetime.now(UTC))
        params = _STATISTICS | {"startDate": _iso(start), "endDate": _iso(last), "sort": "asc"}
        received, told = 0, 0
        for page in by_offset(lambda offset: self._page(params, offset, load), lambda page: page[0], _PAGE_ROWS):
            received, told = received + len(page[0]), page[1]
            yield page[0]
        if received < told:
            raise BadDataError(f"/v3/emailCampaigns told of {told} campaigns, and {received} were sent")

    def campaign(self, campaign_id: Any, load: Load) -> dict[str, Any]:
        """One campaign, whose statistics are of events of all time."""
        return _object(self._get(f"/v3/emailCampaigns/{campaign_id}", _STATISTICS, load))

    def transactional_days(self, first: str, last: str, load: Load) -> list[Any]:
        """Transactional e-mails by day, thirty days at most."""
        params = {"startDate": first, "endDate": last, "limit": 30, "sort": "asc"}
        answer = _object(self._get("/v3/smtp/statistics/reports", params, load))
        return _list(answer, "reports", empty=not answer)

    def _page(self, params: dict[str, Any], offset: int, load: Load) -> tuple[list[Any], int]:
        answer = _object(self._get("/v3/emailCampaigns", params | {"limit": _PAGE_ROWS, "offset": offset}, load))
        count = answer.get("count")
        if not isinstance(count, int):
            raise BadDataError("the answer of /v3/emailCampaigns lacks count")
        return _list(answer, "campaigns", empty=count <= offset), count

    def _fetch_facts(self) -> Facts:
        told = _object(self._get("/v3/account", None, Load()))
        preferences = told.get("dateTimePreferences")
        return Facts(told.get("companyName"), _zone(preferences) if isinstance(preferences, dict) else None)

    def _get(self, path: str, params: dict[str, Any] | None, load: Load) -> Any:
        return self._http.json("GET", path, load=load, params=params)


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise BadDataError("the answer is no object")
    return answer


def _list(answer: dict[str, Any], name: str, empty: bool) -> list[Any]:
    """A list of the answer. Where there is nothing to tell, Brevo may leave it out."""
    found = answer.get(name, [] if empty else None)
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadDataError(f"the answer lacks {name}, or they are no objects")
    return found


def _zone(preferences: dict[str, Any]) -> str | None:
    name = preferences.get("timezone")
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError):
        raise BadDataError(f"the account's time zone is unknown: {name!r}") from None


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer. A 429 tells when the next call is welcome in a header of Brevo's own."""
    status = response.status_code
    if status < 400:
        return None
    said = f"HTTP {status} {_words(response)}".strip()
    if status in (401, 403):
        return AuthorisationError(said, hint=_ADDRESS_HINT if " IP " in said else _KEY_HINT)
    if status == 402:
        return ConfigurationError(said, hint="see the plan and its credits in Brevo under Settings > Plan")
    if status == 429:
        return QuotaError(said, retry_after=_until_reset(response))
    return BadDataError(said) if status < 500 and status not in (408, 425) else classify_status(response)


def _until_reset(response: requests.Response) -> float | None:
    told = response.headers.get("x-sib-ratelimit-reset", "").strip()
    asked = retry_after(response)
    return float(told) if asked is None and told.isdigit() else asked


def _words(response: requests.Response) -> str:
    try:
        body = decode_json(response.content)
    except BadDataError:
        body = None
    return f"{body.get('code')}: {body.get('message')}" if isinstance(body, dict) else response.text[:200]
