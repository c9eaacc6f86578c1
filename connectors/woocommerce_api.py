"""Calls to one shop: its index, its currency, and collections by the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests
from requests.auth import HTTPBasicAuth

from connectors.errors import BadDataError
from connectors.http import HttpClient, Limits, RetryPolicy
from connectors.load import Load, Pages
from connectors.shared import Shared
from connectors.woocommerce_errors import classify, decoded

API = "/wp-json/wc/v3"
CONCURRENT = 2
"""A shop has no limit of its own; its host has one, and its customers come first."""
PAGE_ROWS = 100
"""The most that WordPress gives."""

Record = dict[str, Any]


class ShopApi:
    """One shop. Safe to use from several threads."""

    def __init__(self, url: str, key: str, secret: str, policy: RetryPolicy | None = None) -> None:
        self._index: Shared[Record] = Shared(self._ask_index)
        self._http = HttpClient(
            "woocommerce",
            url,
            auth=HTTPBasicAuth(key, secret),
            classify=classify,
            limits=Limits(concurrent=CONCURRENT),
            policy=policy,
        )

    @property
    def index(self) -> Record:
        """What the shop tells everyone: `name`, and `timezone_string`, which is empty where it has an offset only."""
        return self._index.get()

    @property
    def time_zone(self) -> str | None:
        return self.index.get("timezone_string") or None

    def _ask_index(self) -> Record:
        fields = {"_fields": "name,timezone_string,gmt_offset"}
        answer = decoded(self._http.request("GET", "/wp-json", params=fields))
        if not isinstance(answer, dict) or "name" not in answer:
            raise BadDataError("the shop's index has another shape than documented")
        return answer

    def currency(self, load: Load) -> str | None:
        """ISO 4217 code of the shop's currency; an order may have another, by a plugin."""
        answer = decoded(self._http.request("GET", f"{API}/data/currencies/current", load=load))
        return answer.get("code") if isinstance(answer, dict) else None

    def one(self, path: str, load: Load) -> None:
        """Ask for one record, to see whether that is allowed."""
        _records(self._get(path, {"per_page": 1, "_fields": "id"}, load), path)

    def pages(self, path: str, params: Record, load: Load) -> Iterator[list[Record]]:
        """The records of a collection, a page at a time, through the last page that the shop counts.

        A page may be short without being the last: WordPress leaves out what the key's user may not see.
        """
        seen, page, last = Pages(), 1, 1
        while page <= last:
            response = self._get(path, {**params, "per_page": PAGE_ROWS, "page": page}, load)
            records = _records(response, path)
            if records:
                seen.next(repr(records))
                yield records
            last = _last_page(response, path)
            page += 1

    def _get(self, path: str, params: Record, load: Load) -> requests.Response:
        return self._http.request("GET", f"{API}/{path}", load=load, params=params)


def _records(response: requests.Response, path: str) -> list[Record]:
    records = decoded(response)
    if not isinstance(records, list) or not all(isinstance(record, dict) for record in records):
        raise BadDataError(f"the answer of {path} is no list of records")
    return records


def _last_page(response: requests.Response, path: str) -> int:
    told = response.headers.get("X-WP-TotalPages", "")
    if not told.isdigit():
        raise BadDataError(
            f"the answer of {path} does not tell how many pages there are",
            hint="a proxy or firewall before the shop takes the header X-WP-TotalPages away",
        )
    return int(told)
