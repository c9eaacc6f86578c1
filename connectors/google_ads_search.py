"""The searchStream call of Google Ads: rows of a GAQL query, batch by batch as Google sends them.

The answer is one JSON array of batches (`{"results": [...], "fieldMask": ..., "requestId": ...}`), which is read while
it arrives. An error may stand in it after the first batches, with HTTP 200 at the top.
Source: https://developers.google.com/google-ads/api/rest/common/search
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import ijson
import requests

from connectors.errors import BadDataError, TransientError
from connectors.google_ads_errors import failure
from connectors.http import HttpClient
from connectors.load import Load

VERSION = "v26"
_CHUNK_BYTES = 1 << 16
_BATCH_BYTES = 128 << 20
"""Google's batches hold some thousands of rows; one that is larger than this will not end."""
_BATCH_KEYS = {"results", "fieldMask", "requestId", "queryResourceConsumption", "summaryRow"}

Row = dict[str, Any]


class SearchApi:
    """Queries with one credential. Safe to use from several threads. Retries are left to the caller."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def search(self, customer_id: str, query: str, load: Load) -> Iterator[list[Row]]:
        """The rows of a query, a list for each batch. Raises ConnectorError, also in the middle of the rows."""
        path = f"/{VERSION}/customers/{customer_id}/googleAds:searchStream"
        with self._client.stream("POST", path, json={"query": query}, load=load) as response:
            for part in elements(_chunks(response)):
                yield _rows(part)

    def accessible(self, load: Load) -> list[str]:
        """Ids of the customers to which the credential's owner was invited."""
        answer = self._client.json("GET", f"/{VERSION}/customers:listAccessibleCustomers", load=load)
        return [str(name).removeprefix("customers/") for name in answer.get("resourceNames", [])]


def elements(chunks: Iterable[bytes]) -> Iterator[Any]:
    """The elements of a JSON array that arrives in pieces; a lone object counts as an array of one.

    >>> list(elements([b'[{"a": 1}, {"b"', b': 2}]']))
    [{'a': 1}, {'b': 2}]
    """
    found = ijson.sendable_list()
    parser, unfinished = None, 0
    for chunk in chunks:
        if parser is None:
            if not chunk.strip():
                continue
            parser = ijson.items_coro(found, "" if chunk.lstrip().startswith(b"{") else "item", use_float=True)
        unfinished += len(chunk)
        _send(parser, chunk)
        if found:
            unfinished = 0
            yield from found
            del found[:]
        if unfinished > _BATCH_BYTES:
            raise BadDataError(f"a batch of the answer is larger than {_BATCH_BYTES >> 20} MiB")
    _end(parser)
    yield from found


def _send(parser: Any, chunk: bytes) -> None:
    try:
        parser.send(chunk)
    except ijson.JSONError:
        raise BadDataError(f"the answer is no JSON; somewhere in {chunk[:80]!r}…") from None


def _end(parser: Any) -> None:
    try:
        if parser is None:
            raise ijson.IncompleteJSONError
        parser.close()
    except ijson.JSONError:
        raise TransientError("the answer broke off before its end") from None


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(_CHUNK_BYTES)
    except requests.exceptions.RequestException as error:
        raise TransientError(f"the answer broke off: {type(error).__name__}") from None


def _rows(part: Any) -> list[Row]:
    """The rows of a batch. Raises the error that stands in its place."""
    if not isinstance(part, dict):
        raise BadDataError(f"a batch of the answer is no object: {str(part)[:80]}")
    if isinstance(part.get("error"), dict):
        raise failure(part["error"])
    if part and not part.keys() & _BATCH_KEYS:
        raise BadDataError(f"a batch of the answer holds no results, but {', '.join(sorted(part))}"[:200])
    rows = part.get("results") or []
    if not isinstance(rows, list):
        raise BadDataError("the results of a batch are no list")
    return rows
