"""LinkedIn's API as pages are read by it: lists by start and count.

Source: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/pagination
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from connectors.linkedin_api import LinkedInApi, Record, elements_of
from connectors.load import Load
from connectors.pages import by_cursor
from connectors.restli import Value


class PagesApi(LinkedInApi):
    """The API with one member's token. Safe to use from several threads."""

    def counted(self, path: str, load: Load, params: Mapping[str, Value], rows: int) -> Iterator[list[Record]]:
        """The elements of a list, a page of at most `rows` at a time."""

        def ask(start: int | None) -> Record:
            return self.get(path, load, {**params, "start": start or 0, "count": rows})

        for answer in by_cursor(ask, _next_start):
            yield elements_of(answer, path)


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
