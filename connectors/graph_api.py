"""Calls to Meta's Graph API for one account: token, proof, throttle, and lists that come in pages.

Shared by meta_ads, facebook_pages and instagram. graph_errors.py: what a refusal means. graph_throttle.py: pauses.
Source: https://developers.facebook.com/docs/graph-api/overview
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

import requests

from connectors.ads_halves import TooMuchDataError
from connectors.errors import BadDataError, ConnectorError, QuotaError
from connectors.graph_errors import Hints, classify, without
from connectors.graph_throttle import Throttle, Usage
from connectors.http import HttpClient, Limits, RetryPolicy, decode_json
from connectors.load import Load, Pages
from connectors.oauth import StaticAuth

VERSION = "v26.0"
CONCURRENT = 4
_PAGE_ROWS = 500
_FEWEST_ROWS = 25

Params = Mapping[str, str]
Answer = dict[str, Any]


class GraphApi:
    """The Graph API as one account sees it. The token goes in the header, never in a URL."""

    def __init__(
        self,
        hints: Hints,
        base_url: str,
        token: str,
        app_secret: str | None = None,
        policy: RetryPolicy | None = None,
    ) -> None:
        policy = policy or RetryPolicy(longest_wait_s=300.0)
        self._hints = hints
        self._secrets = (token, app_secret) if app_secret else (token,)
        self._proof = {"appsecret_proof": appsecret_proof(token, app_secret)} if app_secret else {}
        self._throttle = Throttle(policy.longest_wait_s)
        self._http = HttpClient(
            hints.platform,
            base_url,
            auth=StaticAuth(token),
            classify=self._classify,
            limits=Limits(concurrent=CONCURRENT),
            policy=policy,
        )

    def get(self, path: str, params: Params, load: Load) -> Answer:
        return self._call("GET", path, load, params={**params, **self._proof})

    def post(self, path: str, params: Params, load: Load) -> Answer:
        return self._call("POST", path, load, data={**params, **self._proof})

    def _call(self, method: str, path: str, load: Load, **options: Any) -> Answer:
        self._throttle.wait()
        try:
            response = self._http.request(method, f"/{VERSION}{path}", load=load, **options)
            answer = decode_json(response.content)
        except ConnectorError as error:
            without(self._secrets, error)
            raise
        if not isinstance(answer, dict):
            raise BadDataError(f"the answer of {path} is no JSON object")
        usage = Usage.of(response.headers)
        if usage.tier:
            load.note(usage_percent=usage.percent, access_tier=usage.tier)
        return answer

    def _classify(self, response: requests.Response) -> ConnectorError | None:
        """As the error says; what Meta asks of one call, the account's other calls are told as well."""
        error = classify(response, self._hints)
        asked = error.retry_after if isinstance(error, QuotaError) else None
        self._throttle.pause(asked or Usage.of(response.headers).pause_s)
        return error

    def pages(
        self, path: str, params: Params, load: Load, *, rows: int | None = None, shrink_first: bool = True
    ) -> Iterator[list[Answer]]:
        """The pages of a list, at least one. Pages that are too large for Meta get smaller, down to 25 rows.

        `shrink_first` False: the first page is asked for once, and TooMuchDataError raised when that is too much.
        Never follows `paging.next`, as that URL holds the token.
        """
        seen, after, rows = Pages(), "", rows or _PAGE_ROWS
        while True:
            fewest = _FEWEST_ROWS if after or shrink_first else rows
            answer, rows = self._page(path, dict(params) | ({"after": after} if after else {}), rows, fewest, load)
            yield _data(answer, path)
            after = _after(answer, path)
            if not after:
                return
            seen.next(after)

    def _page(self, path: str, params: Params, rows: int, fewest: int, load: Load) -> tuple[Answer, int]:
        """One page of at most `rows` rows, and how many it took in the end."""
        while True:
            try:
                return self.get(path, {**params, "limit": str(rows)}, load), rows
            except TooMuchDataError:
                if rows <= fewest:
                    raise
                rows = max(fewest, rows // 4)


def appsecret_proof(token: str, app_secret: str) -> str:
    """Hex HMAC-SHA256 of the token by the app's secret: what an app asks for that does not trust a token alone."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _data(answer: Answer, path: str) -> list[Answer]:
    data = answer.get("data")
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise BadDataError(f"the answer of {path} has no list of objects in data")
    return data


def _after(answer: Answer, path: str) -> str:
    """The cursor of the next page; empty on the last one, which has cursors too but no `next`."""
    paging = answer.get("paging") or {}
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    after = cursors.get("after") if isinstance(cursors, dict) else None
    if not isinstance(after, str) or not after:
        raise BadDataError(f"the answer of {path} tells of a next page without a cursor for it")
    return after
