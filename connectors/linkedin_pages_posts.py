"""Posts of a LinkedIn page: the list of them by last change, and what is counted of each.

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from connectors.linkedin_api import Record
from connectors.linkedin_pages_api import PagesApi
from connectors.load import Load

SHARE_STATISTICS = "/organizationalEntityShareStatistics"
PAGE_ROWS = 100
"""The most posts that LinkedIn gives at once."""
_POSTS_PER_CALL = 20
"""Posts are named in the address of a call, and an address may not be long."""
_LISTS = {"share": "shares", "ugcPost": "ugcPosts"}


def newest_first(api: PagesApi, page: str, start: datetime, load: Load) -> Iterator[list[Record]]:
    """Posts by last change, until they were last changed before `start`: those after them were placed before it too."""
    params = {"q": "author", "author": page, "sortBy": "LAST_MODIFIED"}
    for posts in api.counted("/posts", load, params, PAGE_ROWS):
        yield posts
        changes = [moment(post.get("lastModifiedAt")) for post in posts]
        if changes and all(isinstance(at, datetime) and at < start for at in changes):
            return


def with_statistics(api: PagesApi, page: str, posts: Sequence[Record], load: Load) -> list[Record]:
    """The posts, each with its figures under `statistics`: none where LinkedIn tells none, which is not 0."""
    found: dict[str, Any] = {}
    for kind_, parameter in _LISTS.items():
        urns = [urn for post in posts if (urn := str(post.get("id"))).startswith(f"urn:li:{kind_}:")]
        for start in range(0, len(urns), _POSTS_PER_CALL):
            named = {parameter: urns[start : start + _POSTS_PER_CALL]}
            params = {"q": "organizationalEntity", "organizationalEntity": page, **named}
            elements = api.elements(SHARE_STATISTICS, load, params)
            found |= {str(element.get(kind_)): element.get("totalShareStatistics") for element in elements}
    return [{**post, "statistics": found.get(str(post.get("id")))} for post in posts]


def moment(value: Any) -> Any:
    """The moment of epoch milliseconds. What is none stays as it is, as text, so that the row is refused with it."""
    if value is None:
        return None
    try:
        return datetime.fromtimestamp(int(value) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return str(value)


def kind(post: Record) -> str:
    """What a post holds.

    >>> kind({"content": {"media": {"id": "urn:li:video:C5600"}}}), kind({"content": {"poll": {}}}), kind({})
    ('video', 'poll', 'text')
    """
    if post.get("reshareContext"):
        return "reshare"
    name, held = next(iter((post.get("content") or {"text": {}}).items()))
    urn = str(held.get("id", "")) if name == "media" and isinstance(held, dict) else ""
    return urn.split(":")[2] if urn.startswith("urn:li:") else str(name)
