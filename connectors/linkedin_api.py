"""Calls to LinkedIn's versioned REST API: the version in a header, Rest.li in the query, lists by page token.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/versioning
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from requests.auth import AuthBase

from connectors.errors import BadDataError
from connectors.http import HttpClient, Limits, RetryPolicy
from connectors.linkedin_errors import classify
from connectors.load import Load
from connectors.pages import by_cursor
from connectors.restli import Value, query

VERSION = "202608"
"""Each version lives for a year at least; this one until August 2027."""
CONCURRENT = 4
_PAGE_ROWS = 1000
_PATIENCE = RetryPolicy(longest_wait_s=300.0)

Record = dict[str, Any]


class LinkedInApi:
    """The API with one token. Safe to use from several threads. `role`: what a refusal asks of the member."""

    def __init__(
        self,
        platform: str,
        base_url: str,
        auth: AuthBase,
        *,
        role: str,
        version: str = VERSION,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._http = HttpClient(
            platform,
            base_url,
            auth=auth,
            classify=partial(classify, role=role),
            headers={
                "LinkedIn-Version": version,
                "X-Restli-Protocol-Version": "2.0.0",
                "Accept": "application/json",
            },
            limits=Limits(concurrent=CONCURRENT),
            policy=policy or _PATIENCE,
        )

    def get(self, path: str, load: Load, params: Mapping[str, Value] | None = None) -> Record:
        """The answer's object. The query is written here: `requests` would encode Rest.li's own signs."""
        address = f"/rest{path}?{query(params)}" if params else f"/rest{path}"
        answer = self._http.json("GET", address, load=load)
        if not isinstance(answer, dict):
            raise BadDataError(f"the answer of {path} is no JSON object")
        return answer

    def elements(self, path: str, load: Load, params: Mapping[str, Value]) -> list[Record]:
        """The elements of an answer that comes whole."""
        return elements_of(self.get(path, load, params), path)

    def pages(self, path: str, load: Load, params: Mapping[str, Value]) -> Iterator[list[Record]]:
        """The elements of a search, a page at a time."""

        def ask(token: str | None) -> Record:
            return self.get(path, load, {**params, "pageSize": _PAGE_ROWS} | ({"pageToken": token} if token else {}))

        for answer in by_cursor(ask, _next_token):
            yield elements_of(answer, path)


def elements_of(answer: Record, path: str) -> list[Record]:
    """The elements of an answer. Raises BadDataError where it has none."""
    elements = answer.get("elements")
    if not isinstance(elements, list) or not all(isinstance(element, dict) for element in elements):
        raise BadDataError(f"the answer of {path} has no list of objects in elements")
    return elements


def _next_token(answer: Record) -> str | None:
    metadata = answer.get("metadata")
    token = metadata.get("nextPageToken") if isinstance(metadata, dict) else None
    return token if isinstance(token, str) else None
