"""LinkedIn's API as pages are read by it: settings of a member, lists by start and count, refusals in words of pages.

Source: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/pagination
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import requests
from requests.auth import AuthBase

from connectors.errors import BadDataError, ConfigurationError, ConnectorError
from connectors.http import RetryPolicy
from connectors.linkedin_api import VERSION, LinkedInApi, Record
from connectors.linkedin_errors import classify
from connectors.load import Load
from connectors.pages import by_cursor
from connectors.restli import Value

_ROLE = (
    "the member who gave the token needs to be an administrator of the page, and the token the scopes"
    " rw_organization_admin and r_organization_social"
)


class PagesApi(LinkedInApi):
    """The API with one member's token. Safe to use from several threads."""

    def __init__(
        self, base_url: str, auth: AuthBase, version: str = VERSION, policy: RetryPolicy | None = None
    ) -> None:
        super().__init__("linkedin_pages", base_url, auth, version, policy)
        self._http.classify = _classify

    def counted(self, path: str, load: Load, params: Mapping[str, Value], rows: int) -> Iterator[list[Record]]:
        """The elements of a list, a page of at most `rows` at a time."""

        def ask(start: int | None) -> Record:
            return self.get(path, load, {**params, "start": start or 0, "count": rows})

        for answer in by_cursor(ask, _next_start):
            yield elements_of(answer, path)


def elements_of(answer: Record, path: str) -> list[Record]:
    """The elements of an answer. Raises BadDataError where it has none."""
    elements = answer.get("elements")
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise BadDataError(f"the answer of {path} has no list of objects in elements")
    return elements


def _next_start(answer: Record) -> int | None:
    """Where the next page starts; a page may be short before the end, as posts that are hidden are left out of it."""
    paging: Any = answer.get("paging") or {}
    start, count, total = (paging.get(name) for name in ("start", "count", "total"))
    if not (isinstance(start, int) and isinstance(count, int)):
        return None
    more = start + count < total if isinstance(total, int) else _is_linked(paging.get("links") or ())
    return start + count if more else None


def _is_linked(links: Any) -> bool:
    return any(isinstance(link, dict) and link.get("rel") == "next" for link in links)


def _classify(response: requests.Response) -> ConnectorError | None:
    found = classify(response)
    if isinstance(found, ConfigurationError) and response.status_code in (403, 404):
        return ConfigurationError(found.message, hint=_ROLE)
    return found
