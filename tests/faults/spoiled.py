"""A proxy before a platform that spoils its answers on the way: real HTTP on both sides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.http_server import Answer, Request, Server, serving

Spoil = Callable[[Request, Answer], Answer]
"""Takes a request and the platform's own answer, and gives the one that is sent."""
_HOP_BY_HOP = {"connection", "content-length", "content-encoding", "transfer-encoding", "date", "server"}


@contextmanager
def spoiling(platform_url: str, spoil: Spoil) -> Iterator[Server]:
    """A platform whose every answer passes through `spoil`. Links to the platform in its answers lead to the proxy."""
    with requests.Session() as session:
        at: list[Server] = []

        def forward(request: Request) -> Answer:
            headers = {
                name: text for name, text in request.headers.items() if name.lower() not in ("host", "connection")
            }
            told = session.request(request.method, platform_url + request.target, data=request.body, headers=headers)
            kept = {name: text for name, text in told.headers.items() if name.lower() not in _HOP_BY_HOP}
            body = told.content.replace(platform_url.encode(), at[0].url.encode())
            return spoil(request, Answer(told.status_code, body, kept))

        with serving(forward) as server:
            at.append(server)
            yield server


@dataclass(frozen=True)
class Rows:
    """Where a platform's rows are: a word of the path or body of the requests for them, and a field of every row."""

    asked_by: str
    field: str

    def asked(self, request: Request) -> bool:
        return self.asked_by in request.path or self.asked_by.encode() in request.body

    def read(self, body: bytes) -> Any:
        """The rows and what is around them, as objects and lists."""
        return json.loads(body)

    def written(self, document: Any) -> bytes:
        """The body with what became of them."""
        return json.dumps(document).encode()


def in_rows(rows: Rows, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Change every JSON object that holds the rows' field."""

    def spoil(request: Request, answer: Answer) -> Answer:
        if not rows.asked(request):
            return answer
        document = rows.read(answer.body)
        for found in list(_objects(document, rows.field)):
            change(found)
        return Answer(answer.status, rows.written(document), answer.headers)

    return spoil


def _objects(value: Any, field: str) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if field in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _objects(part, field)


def always(rows: Rows, spoilt: Answer | Callable[[Answer], Answer]) -> Spoil:
    """Answer every request for rows by this."""

    def spoil(request: Request, answer: Answer) -> Answer:
        if not rows.asked(request):
            return answer
        return spoilt if isinstance(spoilt, Answer) else spoilt(answer)

    return spoil


def repeating(rows: Rows, unfinished: Callable[[dict[str, Any]], None]) -> Spoil:
    """Answer every request for rows by the first page, which says that there are more."""
    first: list[Answer] = []

    def spoil(request: Request, answer: Answer) -> Answer:
        if not rows.asked(request):
            return answer
        if not first:
            document = json.loads(answer.body)
            unfinished(document)
            first.append(Answer(answer.status, json.dumps(document).encode(), answer.headers))
        return first[0]

    return spoil


def in_one_row(rows: Rows, change: Callable[[dict[str, Any]], None]) -> Spoil:
    """Change the first row of every answer only."""

    def spoil(request: Request, answer: Answer) -> Answer:
        done: list[bool] = []

        def once(row: dict[str, Any]) -> None:
            if not done:
                change(row)
                done.append(True)

        return in_rows(rows, once)(request, answer)

    return spoil
