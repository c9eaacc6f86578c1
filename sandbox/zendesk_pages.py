"""Zendesk's two kinds of pages: by a cursor where `page[size]` is given, else counted, which ends at 10,000 records."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from sandbox.zendesk_errors import ZendeskError

LARGEST = 100
COUNTED_RECORDS = 10_000


def _invalid(name: str) -> ZendeskError:
    return ZendeskError(400, {"error": "InvalidValue", "description": f"Invalid value for {name}"})


def epoch(asked: Mapping[str, str], name: str) -> int | None:
    """A time since 1970, in whatever unit the endpoint has."""
    text = asked.get(name)
    if text is not None and not text.isdigit():
        raise _invalid(name)
    return None if text is None else int(text)


@dataclass(frozen=True)
class Page:
    """`size` records after the first `start`. A cursor is the number of records before it, in base 64."""

    url: Any
    start: int
    size: int
    by_cursor: bool

    @classmethod
    def of(cls, request: Request) -> Page:
        """From the query. Raises ZendeskError for a size over 100, a broken cursor, or a page beyond the limit."""
        asked = request.query_params
        by_cursor = "page[size]" in asked
        size = epoch(asked, "page[size]" if by_cursor else "per_page") or LARGEST
        if size > LARGEST and by_cursor:
            raise _invalid("page[size]")
        size = min(size, LARGEST)
        start = _position(asked["page[after]"]) if "page[after]" in asked else ((epoch(asked, "page") or 1) - 1) * size
        if not by_cursor and start + size > COUNTED_RECORDS:
            raise _invalid("page")
        return cls(request.url, start, size, by_cursor)

    def body(self, name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """The page of the rows, and how it goes on."""
        shown, end = rows[self.start : self.start + self.size], self.start + self.size
        more = end < len(rows)
        if not self.by_cursor:
            following = str(self.url.include_query_params(page=end // self.size + 1)) if more else None
            return {name: shown, "count": len(rows), "next_page": following, "previous_page": None}
        cursor = _cursor(end) if more else None
        links = {"next": str(self.url.include_query_params(**{"page[after]": cursor})) if more else None, "prev": None}
        meta = {"has_more": more, "after_cursor": cursor, "before_cursor": _cursor(self.start)}
        return {name: shown, "meta": meta, "links": links}


def _cursor(position: int) -> str:
    return base64.urlsafe_b64encode(f"after {position}".encode()).decode()


def _position(cursor: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("after "))
    except ValueError:
        raise _invalid("page[after]") from None
