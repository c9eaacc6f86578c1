"""Answers that come by the page: by a cursor, or by counting rows. Pagination that turns in circles is refused."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from hashlib import sha256
from typing import Any, TypeVar

from connectors.load import Pages

Page = TypeVar("Page")
Cursor = TypeVar("Cursor", bound=Hashable)


def by_cursor(ask: Callable[[Cursor | None], Page], next_cursor: Callable[[Page], Cursor | None]) -> Iterator[Page]:
    """Pages until one tells no next cursor (None or empty). Raises BadDataError when a cursor comes twice."""
    seen, cursor = Pages(), None
    while True:
        page = ask(cursor)
        yield page
        cursor = next_cursor(page)
        if not cursor:
            return
        seen.next(cursor)


def by_offset(
    ask: Callable[[int], Page], rows_of: Callable[[Page], Sequence[Any]], size: int, start: int = 0
) -> Iterator[Page]:
    """Pages until one has fewer than `size` rows. Raises BadDataError when a page repeats an earlier one's rows."""
    seen, offset = Pages(), start
    while True:
        page = ask(offset)
        rows = rows_of(page)
        if rows:
            seen.next(sha256(repr(rows).encode()).digest())  # not the rows: they may be many, over many pages
            yield page
        if len(rows) < size:
            return
        offset += len(rows)
