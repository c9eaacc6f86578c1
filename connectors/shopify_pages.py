"""Shopify records by the page, in the order of their last change.

Source: https://shopify.dev/docs/api/usage/pagination-graphql
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from connectors.errors import BadDataError
from connectors.load import Load, Pages
from connectors.shopify_api import ShopApi
from connectors.shopify_errors import TooCostlyError
from connectors.shopify_records import Records, Row, search_term

_DEPTH_ROWS = 20_000
"""Shopify pages no deeper than 25,000 records: before that, the question is asked anew from the last change on."""
_MOST_ROWS = 250
"""Shopify sends no more nodes at a time."""
_CHILDREN_ROWS = 100
"""Children of one node at a time, where it has more than its page held."""


@dataclass(frozen=True)
class Size:
    """How much is asked for at a time: nodes, and children of each."""

    first: int
    children: int

    def smaller(self) -> Size | None:
        """Half of it; None when it cannot be less."""
        if self.first > 1:
            return Size(self.first // 2, self.children)
        return Size(1, self.children // 2) if self.children > 1 else None


class Pager:
    """Reads one kind of records. A query that costs too many points is asked again by smaller pages."""

    def __init__(self, api: ShopApi, records: Records, load: Load, depth_rows: int = _DEPTH_ROWS) -> None:
        self._api, self._records, self._load, self._depth_rows = api, records, load, depth_rows
        self._size = Size(min(records.page_rows, _MOST_ROWS), records.child_rows)

    def rows(self, changed_since: str) -> Iterator[list[Row]]:
        """Rows of all records changed at or after an instant, page by page; nobody's row twice, unless it changes."""
        known: set[tuple[str, str]] = set()
        since, deeper = changed_since, True
        while deeper:
            deeper, count, edge = False, 0, set[tuple[str, str]]()
            for nodes in self._pages(since):
                fresh = [node for node in nodes if _version(node) not in known]
                yield self._records.rows(self._complete(node) for node in fresh)
                edge = _edge(edge, nodes)
                count += len(nodes)
                newest = _version(nodes[-1])[1] if nodes else since
                if count >= self._depth_rows and newest != since:
                    since, known, deeper = newest, edge, True
                    break

    def _pages(self, changed_since: str) -> Iterator[list[Row]]:
        seen, after = Pages(), None
        while True:
            page = self._page(changed_since, after)
            yield page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]
            seen.next(after)

    def _page(self, changed_since: str, after: str | None) -> dict[str, Any]:
        variables = {"after": after, "query": search_term(changed_since)}
        names = ("first", "children") if self._records.children else ("first",)
        data = self._affordable(self._records.page_query, variables, names)
        page: dict[str, Any] = data[self._records.root]
        return page

    def _affordable(self, text: str, variables: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        """The answer to a query whose variables `names` say how much is asked for."""
        while True:
            sizes = {name: getattr(self._size, name) for name in names}
            try:
                return self._api.query(text, variables | sizes, self._load)
            except TooCostlyError:
                smaller = self._size.smaller()
                if smaller is None:
                    raise
                self._size = smaller

    def _complete(self, node: Row) -> Row:
        """The node with all of its children: the page held the first few."""
        if not self._records.children:
            return node
        connection = node[self._records.children]
        children, info, seen = list(connection["nodes"]), connection["pageInfo"], Pages()
        while info["hasNextPage"]:
            seen.next(info["endCursor"])
            variables = {"id": node["id"], "after": info["endCursor"], "first": _CHILDREN_ROWS}
            found = self._api.query(self._records.children_query, variables, self._load)["node"]
            if found is None:  # deleted since the page was read
                break
            more = found[self._records.children]
            children, info = children + more["nodes"], more["pageInfo"]
        return node | {self._records.children: {"nodes": children}}


def _edge(edge: set[tuple[str, str]], nodes: list[Row]) -> set[tuple[str, str]]:
    """The records that were changed at the newest instant so far: a next question will bring them once more."""
    for node in nodes:
        version = _version(node)
        if edge and next(iter(edge))[1] != version[1]:
            edge = set()
        edge.add(version)
    return edge


def _version(node: Row) -> tuple[str, str]:
    """A record, and when it was changed last. Raises BadDataError where Shopify does not tell."""
    try:
        return node["id"], node["updatedAt"]
    except KeyError as error:
        raise BadDataError(f"a record lacks the field {error}") from None
