"""Shopify records in bulk: Shopify runs the query by itself, and leaves the answer as a file of JSON lines.

Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import Any

from connectors.errors import BadDataError, ConfigurationError, ConnectorError, QuotaError, TransientError
from connectors.http import HttpClient, RetryPolicy, decode_json, retrying
from connectors.load import Load
from connectors.shopify_api import ShopApi
from connectors.shopify_family import Family
from connectors.shopify_records import Records, Row

_CHUNK_LINES = 500
"""Decoded at a time. More would be slower: Python's collector walks all the small objects that are alive."""
_DOWNLOADS = 3
_RUN = """
mutation Run($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status }
    userErrors { field message code }
  }
}
"""
_POLL = """
query Poll($id: ID!) {
  bulkOperation(id: $id) { id status errorCode objectCount rootObjectCount url }
}
"""
_BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
_FAILED = {"FAILED", "CANCELED", "EXPIRED"}


@dataclass(frozen=True)
class Patience:
    """Seconds between questions after an operation, which grow; and how long it, and a free place for it, may take."""

    poll_s: float = 0.25
    slowest_poll_s: float = 15.0
    place_s: float = 10.0
    places: int = 60
    longest_s: float = 7200.0


class Bulk:
    """Reads one kind of records, whole. Memory holds one chunk of lines."""

    def __init__(self, api: ShopApi, records: Records, load: Load, patience: Patience) -> None:
        self._api, self._records, self._load, self._patience = api, records, load, patience
        # The file lies elsewhere, under an address that is its own key: no token of the shop is sent there.
        self._files = HttpClient("shopify", "")

    def rows(self, changed_since: str) -> Iterator[list[Row]]:
        """Rows of all records changed at or after an instant, a chunk at a time."""
        operation = retrying(lambda: self._finished(changed_since), RetryPolicy(attempts=2))
        self._load.note(bulk_operation=operation["id"], bulk_objects=operation["objectCount"])
        chunks = self._chunks(operation)
        return self._joined(chunks) if self._records.children else map(self._records.rows, chunks)

    def _finished(self, changed_since: str) -> dict[str, Any]:
        """The completed operation. Raises by the error code of one that failed."""
        policy = RetryPolicy(attempts=self._patience.places, longest_wait_s=self._patience.place_s)
        started = retrying(lambda: self._start(self._records.bulk_query(changed_since)), policy)
        deadline, pause = time.monotonic() + self._patience.longest_s, self._patience.poll_s
        while True:
            operation = self._api.query(_POLL, {"id": started}, self._load)["bulkOperation"]
            if operation is None:
                raise BadDataError(f"Shopify does not know the bulk operation {started} that it started")
            if operation["status"] == "COMPLETED":
                done: dict[str, Any] = operation
                return done
            if operation["status"] in _FAILED:
                raise _failure(operation)
            if time.monotonic() > deadline:
                raise TransientError(f"the bulk operation {started} is still running", retry_after=3600)
            time.sleep(pause)
            pause = min(2 * pause, self._patience.slowest_poll_s)

    def _start(self, query: str) -> str:
        """The id of a new operation. Raises QuotaError while others take all places."""
        answer = self._api.query(_RUN, {"query": query}, self._load)["bulkOperationRunQuery"]
        errors = answer["userErrors"]
        said = "; ".join(f"{error.get('code')}: {error.get('message')}" for error in errors)
        if any(error.get("code") in _BUSY for error in errors):
            raise QuotaError(f"no place for a bulk operation: {said}", retry_after=self._patience.place_s)
        if errors:
            raise BadDataError(f"Shopify refused the bulk operation: {said}")
        return str(answer["bulkOperation"]["id"])

    def _chunks(self, operation: dict[str, Any]) -> Iterator[list[Row]]:
        """Objects of the file, a chunk at a time. Raises BadDataError unless all roots came."""
        lines, roots = self._lines(operation["url"]), 0
        while chunk := list(islice(lines, _CHUNK_LINES)):
            objects = decode_json(b"[" + b",".join(chunk) + b"]")
            roots += sum("__parentId" not in found for found in objects)
            yield objects
        if roots != int(operation["rootObjectCount"]):
            raise BadDataError(f"the bulk file has {roots} of {operation['rootObjectCount']} {self._records.root}")

    def _lines(self, url: str | None) -> Iterator[bytes]:
        """Lines of the file; one that breaks off is fetched anew, up to where it was. No address: no lines."""
        read = 0
        for last in (attempt == _DOWNLOADS for attempt in range(1, _DOWNLOADS + 1) if url):
            try:
                for line in islice(self._files.lines("GET", url or "", load=self._load), read, None):
                    read += 1
                    yield line
            except TransientError:
                if last:
                    raise
            else:
                return

    def _joined(self, chunks: Iterable[list[Row]]) -> Iterator[list[Row]]:
        with closing(Family()) as family:
            for chunk in chunks:
                family.add(chunk)
            yield from family.children(_CHUNK_LINES)


def _failure(operation: dict[str, Any]) -> ConnectorError:
    """What became of an operation. Its `partialDataUrl` is not read: a part of the orders is not the orders."""
    code = operation.get("errorCode")
    said = f"the bulk operation {operation['id']} ended as {operation['status']}, {code or 'without a code'}"
    if code == "ACCESS_DENIED":
        return ConfigurationError(said, hint="the app lacks a scope: `kompas check` names it")
    return TransientError(said)
