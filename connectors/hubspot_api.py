"""Calls to HubSpot: the account's facts, records that changed or were archived, and marketing e-mails.

Sources: https://developers.hubspot.com/docs/api-reference/latest (CRM search, objects, marketing emails, account info)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from requests.auth import AuthBase

from connectors.errors import BadDataError
from connectors.http import HttpClient, Limits, RetryPolicy
from connectors.hubspot_errors import classify
from connectors.load import Load
from connectors.pages import by_cursor
from connectors.records import Record
from connectors.shared import Shared

API_VERSION = "2026-09"
"""A version is answered for 18 months; a new one comes every March and September."""
CONCURRENT = 4
"""An account may be searched five times a second; a search takes longer than that leaves."""
SEARCH_ROWS = 200
LIST_ROWS = 100
EMAILS = "marketing_emails"
_PATIENCE = RetryPolicy(quota_attempts=12)
"""A limit by the second ends soon, and others of the account's tools count towards it."""

Page = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """What HubSpot says of an account: its Hub ID, the currency of its amounts, and the time zone of its days."""

    hub_id: str
    currency: str
    time_zone: str

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class HubspotApi:
    """One account's API. Safe to use from several threads."""

    def __init__(self, base_url: str, auth: AuthBase, version: str = API_VERSION) -> None:
        limits = Limits(concurrent=CONCURRENT)
        self._http = HttpClient("hubspot", base_url, auth=auth, classify=classify, limits=limits, policy=_PATIENCE)
        self._version = version
        self._facts = Shared(self._ask_facts)

    @property
    def facts(self) -> Facts:
        """Asked once."""
        return self._facts.get()

    def _ask_facts(self) -> Facts:
        told = self._http.json("GET", f"/account-info/{self._version}/details")
        try:
            return Facts(str(told["portalId"]), told["companyCurrency"], told["timeZone"])
        except (KeyError, TypeError):
            raise BadDataError("the account's details lack portalId, companyCurrency or timeZone") from None

    def look(self, kind: str) -> None:
        """Ask for one record of a kind, or one of EMAILS. Raises ConfigurationError where a scope is missing."""
        self._page("GET", self._path(kind), Load(), params={"limit": 1})

    def changed(
        self, kind: str, modified: str, since: datetime, *, properties: Sequence[str], load: Load
    ) -> Iterator[list[Record]]:
        """Records whose property `modified` is of `since` or later, a page at a time, by id.

        A search tells 10,000 rows and no more, so each page is a search of its own, for ids above the last. By time
        it could stand still: one import gives thousands of records the same moment.
        """
        recent = {"propertyName": modified, "operator": "GTE", "value": str(int(since.timestamp() * 1000))}

        def ask(last: str | None) -> Page:
            above = [{"propertyName": "hs_object_id", "operator": "GT", "value": last}] if last else []
            body = {
                "filterGroups": [{"filters": [recent, *above]}],
                "sorts": ["hs_object_id"],
                "properties": list(properties),
                "limit": SEARCH_ROWS,
                "after": "0",
            }
            return _ordered(self._page("POST", f"{self._path(kind)}/search", load, json=body), last)

        for page in by_cursor(ask, lambda page: page["results"][-1]["id"] if _after(page) else None):
            yield page["results"]

    def archived(self, kind: str, properties: Sequence[str], load: Load) -> Iterator[list[Record]]:
        """Deleted records, a page at a time. HubSpot keeps them for 90 days; a search never finds them."""
        yield from self._listed(kind, {"archived": "true", "properties": ",".join(properties)}, load)

    def emails(self, after: datetime, before: datetime, load: Load) -> Iterator[list[Record]]:
        """Marketing e-mails published between two moments, with their counters, a page at a time."""
        published = {"isPublished": "true", "publishedAfter": _iso(after), "publishedBefore": _iso(before)}
        yield from self._listed(EMAILS, published | {"includeStats": "true", "sort": "publishDate"}, load)

    def _path(self, kind: str) -> str:
        return f"/marketing/emails/{self._version}" if kind == EMAILS else f"/crm/objects/{self._version}/{kind}"

    def _listed(self, kind: str, asked: dict[str, str], load: Load) -> Iterator[list[Record]]:
        def ask(after: str | None) -> Page:
            further = {"after": after} if after else {}
            return self._page("GET", self._path(kind), load, params={**asked, "limit": LIST_ROWS, **further})

        for page in by_cursor(ask, _after):
            yield page["results"]

    def _page(self, method: str, path: str, load: Load, **options: Any) -> Page:
        page = self._http.json(method, path, load=load, **options)
        if not isinstance(page, dict) or not isinstance(page.get("results"), list):
            raise BadDataError(f"the answer of {path} has no results")
        return page


def _after(page: Page) -> str | None:
    """The cursor of the next page; None on the last. Raises BadDataError where a page that goes on is empty."""
    after = ((page.get("paging") or {}).get("next") or {}).get("after")
    if after and not page["results"]:
        raise BadDataError("an empty page says that more follow")
    return after or None


def _ordered(page: Page, last: str | None) -> Page:
    """The page, if it holds all that was asked for, in the order of ids: else what lies between would be lost."""
    ids = [int(last or 0), *_ids(page)]
    if any(later <= earlier for earlier, later in pairwise(ids)):
        raise BadDataError("the records of a search are not in the order of their ids")
    if len(ids) - 1 < min(SEARCH_ROWS, int(page.get("total") or 0)):
        raise BadDataError(
            f"a search told of {page['total']} records, and sent {len(ids) - 1} of at most {SEARCH_ROWS}"
        )
    return page


def _ids(page: Page) -> list[int]:
    try:
        return [int(record["id"]) for record in page["results"]]
    except (KeyError, TypeError, ValueError):
        raise BadDataError("a record of a search has no id, or one that is no number") from None


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")
