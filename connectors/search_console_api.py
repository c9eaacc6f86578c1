"""Calls to the Search Analytics API: which properties there are, and questions by days and other dimensions.

Source: https://developers.google.com/webmaster-tools/v1/searchanalytics/query
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from connectors.errors import BadDataError
from connectors.http import HttpClient
from connectors.load import Load
from connectors.pages import by_offset
from connectors.stream import Window

PAGE_ROWS = 25_000
"""The most that one answer holds. Of a day, Google gives its 50,000 rows with the most clicks at most."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """Rows of web search for the days of a window, by dimensions that start with the date.

    `state`: `final` for what does not change any more, `all` for what Google still works on as well.
    """

    window: Window
    dimensions: tuple[str, ...] = ("date",)
    state: str = "final"

    def body(self, start_row: int, row_limit: int) -> dict[str, Any]:
        return {
            "startDate": str(self.window.start),
            "endDate": str(self.window.end),
            "dimensions": list(self.dimensions),
            "type": "web",
            "dataState": self.state,
            "rowLimit": row_limit,
            "startRow": start_row,
        }


class SearchConsoleApi:
    """Calls with one credential. Safe to use from several threads."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client

    def sites(self, load: Load) -> list[dict[str, Any]]:
        """The properties of the credential: siteUrl, permissionLevel. None is an answer without `siteEntry`."""
        return _list(self._client.json("GET", "/webmasters/v3/sites", load=load), "siteEntry")

    def query(
        self, site: str, question: Question, load: Load, start_row: int = 0, row_limit: int = PAGE_ROWS
    ) -> dict[str, Any]:
        """One answer: rows, which is absent where there are none, and metadata."""
        path = f"/webmasters/v3/sites/{quote(site, safe='')}/searchAnalytics/query"
        answer = self._client.json("POST", path, json=question.body(start_row, row_limit), load=load)
        rows_of(answer, question)
        return dict(answer)

    def pages(self, site: str, question: Question, load: Load) -> Iterator[list[Row]]:
        """The rows of a question, at most `PAGE_ROWS` at a time."""

        def ask(start_row: int) -> list[Row]:
            return rows_of(self.query(site, question, load, start_row, PAGE_ROWS), question)

        return by_offset(ask, lambda rows: rows, PAGE_ROWS)


def rows_of(answer: Any, question: Question) -> list[Row]:
    """The rows of an answer. Raises BadDataError unless each has a key for every dimension."""
    rows = _list(answer, "rows")
    if any(len(row.get("keys") or ()) != len(question.dimensions) for row in rows):
        raise BadDataError(f"a row has other keys than the dimensions {', '.join(question.dimensions)}")
    return rows


def _list(answer: Any, name: str) -> list[Any]:
    """The objects under a name, which Google leaves out where there are none, but not where there is an error."""
    if isinstance(answer, dict) and "error" in answer:
        raise BadDataError(f"an error with HTTP 200: {str(answer['error'])[:200]}")
    found = answer.get(name) or [] if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise BadDataError(f"the answer has another shape than documented at {name}")
    return found
