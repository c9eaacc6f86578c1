"""Calls to TikTok's Business API v1.3: lists written as JSON in the query, and pages by number.

Source: https://business-api.tiktok.com/portal/docs?id=1740302848100353 (run a synchronous report)
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.errors import BadDataError
from connectors.http import HttpClient, Limits, RetryPolicy, decode_json
from connectors.load import Load
from connectors.oauth import StaticAuth
from connectors.pages import by_cursor
from connectors.tiktok_ads_errors import classify

VERSION = "v1.3"
CONCURRENT = 4
_PAGE_ROWS = 1000
_PATIENCE = RetryPolicy(quota_attempts=8)
"""TikTok counts calls by the second, and names no time to wait."""

Params = Mapping[str, Any]
Record = dict[str, Any]


class TikTokApi:
    """The API with one token, which goes in a header of its own. Safe to use from several threads."""

    def __init__(self, base_url: str, token: str, policy: RetryPolicy | None = None) -> None:
        self._http = HttpClient(
            "tiktok_ads",
            base_url,
            auth=StaticAuth(token, header="Access-Token", prefix=""),
            classify=classify,
            limits=Limits(concurrent=CONCURRENT),
            policy=policy or _PATIENCE,
        )

    def get(self, path: str, params: Params, load: Load) -> Record:
        """The `data` of an answer. Paths end in a slash: without it TikTok knows none of them."""
        written = {name: value if isinstance(value, str | int) else json.dumps(value) for name, value in params.items()}
        response = self._http.request("GET", f"/open_api/{VERSION}{path}", load=load, params=written)
        if cut_off := response.headers.get("X-Tt-Ads-Throttle"):
            raise BadDataError(f"TikTok cut the report off: {cut_off}"[:300])
        answer = decode_json(response.content)
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise BadDataError(f"the answer of {path} holds no data")
        return data

    def records(self, path: str, params: Params, load: Load) -> list[Record]:
        """The list of an answer that comes whole."""
        return _list(self.get(path, params, load), path)

    def pages(self, path: str, params: Params, load: Load) -> Iterator[list[Record]]:
        """The pages of a list, at least one. Raises BadDataError unless all of `total_number` came."""

        def ask(page: int | None) -> Record:
            return self.get(path, {**params, "page": page or 1, "page_size": _PAGE_ROWS}, load)

        received, total = 0, 0
        for data in by_cursor(ask, _next_page):
            rows, total = _list(data, path), _info(data, "total_number")
            received += len(rows)
            yield rows
        if received != total:
            raise BadDataError(f"{path} told of {total} rows, and {received} were sent")


def _list(data: Record, path: str) -> list[Record]:
    rows = data.get("list")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadDataError(f"the answer of {path} has no list of objects")
    return rows


def _next_page(data: Record) -> int | None:
    """The number after this page's own, which a page that repeats another one tells again."""
    page = _info(data, "page")
    return page + 1 if page < _info(data, "total_page") else None


def _info(data: Record, name: str) -> int:
    info = data.get("page_info")
    number = info.get(name) if isinstance(info, dict) else None
    if not isinstance(number, int):
        raise BadDataError(f"the answer does not tell its {name}")
    return number
