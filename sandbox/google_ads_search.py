"""search and searchStream: from the request's JSON body to pages or batches."""

from __future__ import annotations

import base64
import binascii
import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.company import World
from sandbox.gaql import Query, parse
from sandbox.google_ads_accounts import Account
from sandbox.google_ads_checks import check
from sandbox.google_ads_errors import PAGE_SIZE, AdsError
from sandbox.google_ads_query import JsonRow, field_mask, run
from sandbox.google_ads_relations import Snapshot

PAGE_ROWS = 10_000
STREAM_BATCH_ROWS = 1_000
"""Google sends batches of up to 10,000 rows; smaller ones here, so that a client meets more than one."""
PAGE_TOKEN_LIFETIME_S = 7_200


@dataclass(frozen=True)
class Search:
    """One checked request."""

    query: Query
    snapshot: Snapshot
    text: str
    offset: int = 0

    @property
    def consumption(self) -> str:
        """A made-up cost of the query, larger for more fields."""
        return str(100 * len(self.query.fields))

    def batches(self, request_id: str) -> Iterator[dict[str, Any]]:
        """SearchGoogleAdsStreamResponses: at least one, the last with the resources consumed."""
        rows = run(self.query, self.snapshot)
        starts = range(0, len(rows), STREAM_BATCH_ROWS) or range(1)
        for start in starts:
            last = {"queryResourceConsumption": self.consumption} if start == starts[-1] else {}
            yield (
                _results(rows[start : start + STREAM_BATCH_ROWS])
                | {
                    "fieldMask": field_mask(self.query),
                    "requestId": request_id,
                }
                | last
            )

    def page(self, count_all: bool) -> dict[str, Any]:
        """One SearchGoogleAdsResponse of 10,000 rows, with a token when more follow."""
        rows = run(self.query, self.snapshot)
        ends = self.offset + PAGE_ROWS
        token = {"nextPageToken": self._token(ends)} if ends < len(rows) else {}
        total = {"totalResultsCount": str(len(rows))} if count_all else {}
        mask = {"fieldMask": field_mask(self.query), "queryResourceConsumption": self.consumption}
        return _results(rows[self.offset : ends]) | token | total | mask

    def _token(self, offset: int) -> str:
        snapshot = self.snapshot
        mark: dict[str, Any] = {"query": _mark(self.text, snapshot.account), "offset": offset}
        mark |= {"at": time.time(), "known": snapshot.known_at.isoformat()}
        return base64.urlsafe_b64encode(json.dumps(mark).encode()).decode()


def search(world: World, account: Account, body: dict[str, Any]) -> Search:
    """The search that a request body asks for; raises AdsError or GaqlError."""
    if "pageSize" in body:
        raise AdsError(400, "requestError", "PAGE_SIZE_NOT_SUPPORTED", PAGE_SIZE)
    text = body.get("query", "")
    query = parse(text)
    check(query, account, world.now)
    if not body.get("pageToken"):
        return Search(query, Snapshot(world, account, world.now), text)
    mark = _read_token(body["pageToken"], _mark(text, account))
    return Search(query, Snapshot(world, account, datetime.fromisoformat(mark["known"])), text, mark["offset"])


def _results(rows: list[JsonRow]) -> dict[str, Any]:
    return {"results": rows} if rows else {}


def _mark(text: str, account: Account) -> int:
    """What ties a page token to its query and its account."""
    return zlib.crc32(f"{account.id} {text}".encode())


def _read_token(token: str, mark: int) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, binascii.Error) as error:
        raise AdsError(400, "requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.") from error
    if found["query"] != mark:
        raise AdsError(400, "requestError", "INVALID_PAGE_TOKEN", "Page token is invalid.")
    if time.time() - found["at"] > PAGE_TOKEN_LIFETIME_S:
        raise AdsError(400, "requestError", "EXPIRED_PAGE_TOKEN", "Page token has expired.")
    return dict(found)
