"""Pages of orders and customers: filtered, sorted, cut at a cursor, and resolved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from graphql import FieldNode

from sandbox.shopify_compiler import ANY, Compiler, Place
from sandbox.shopify_customers import ENTITIES
from sandbox.shopify_customers import UPDATED as CUSTOMER_UPDATED
from sandbox.shopify_document import TYPENAME, Selected
from sandbox.shopify_errors import Path, bad_request
from sandbox.shopify_orders import LEFT_OVER
from sandbox.shopify_orders import UPDATED as ORDER_UPDATED
from sandbox.shopify_reader import WANTED, Reader
from sandbox.shopify_terms import search
from sandbox.shopify_window import BAD_CURSOR, Cursor, Window, read_cursor, read_window

DEEPEST = 25_000
"""Shopify pages through this many objects of one list and no further."""

# entity -> sort key -> (SQL expression, its type)
SORTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Order": {
        "CREATED_AT": ("o.ordered_at", "TIMESTAMP"),
        "CURRENT_TOTAL_PRICE": (LEFT_OVER, "DECIMAL(18, 2)"),
        "ID": ("o.order_id", "BIGINT"),
        "ORDER_NUMBER": ("ltrim(o.name, '#')::BIGINT", "BIGINT"),
        "PROCESSED_AT": ("o.ordered_at", "TIMESTAMP"),
        "TOTAL_PRICE": ("o.total", "DECIMAL(18, 2)"),
        "UPDATED_AT": (ORDER_UPDATED, "TIMESTAMP"),
    },
    "Customer": {
        "CREATED_AT": ("buyer.created_at", "TIMESTAMP"),
        "ID": ("buyer.customer_id", "BIGINT"),
        "UPDATED_AT": (CUSTOMER_UPDATED, "TIMESTAMP"),
    },
}


@dataclass(frozen=True)
class Page:
    """The rows of one page: keys with their cursors, and whether there are more on either side."""

    keys: list[int]
    cursors: list[str]
    has_next: bool
    has_previous: bool

    def info(self, selected: Selected) -> dict[str, Any]:
        """`pageInfo` as selected."""
        values = {
            "hasNextPage": self.has_next,
            "hasPreviousPage": self.has_previous,
            "startCursor": self.cursors[0] if self.cursors else None,
            "endCursor": self.cursors[-1] if self.cursors else None,
            TYPENAME: "PageInfo",
        }
        return {key: values[nodes[0].name.value] for key, nodes in selected.items()}


@dataclass(frozen=True)
class Listing:
    """One connection at the root of a query, to be answered."""

    reader: Reader
    compiler: Compiler
    entity: str
    path: Path

    def answer(self, nodes: Sequence[FieldNode]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Its value as selected under `nodes`, and its entry of `extensions.search` if there is one."""
        arguments = self.compiler.document.arguments("QueryRoot", nodes[0])
        found = search(self.entity, arguments.get("query"), self.reader.now)
        page = self._page(found.condition, arguments, nodes[0])
        selected = self.compiler.document.below(f"{self.entity}Connection", nodes)
        return self._resolved(page, selected), found.extension(str(self.path[0]))

    def _page(self, condition: str, arguments: Mapping[str, Any], field: FieldNode) -> Page:
        window = read_window(arguments, field, self.path)
        sort = SORTS[self.entity][arguments["sortKey"]]
        descending = window.reverse != window.backwards
        cursor = self._cursor(window, arguments["sortKey"], field)
        beyond = "TRUE" if cursor is None else _behind(cursor, ENTITIES[self.entity].key, sort, descending)
        rows = self.reader.find(self.entity, f"{condition} AND {beyond}", sort[0], descending, window.size + 1)
        return _cut(rows, window, arguments["sortKey"], cursor.depth if cursor else 0)

    def _cursor(self, window: Window, sort_key: str, field: FieldNode) -> Cursor | None:
        cursor = None if window.cursor is None else read_cursor(window.cursor, field, self.path)
        if cursor is not None and cursor.sort != sort_key:
            raise bad_request(BAD_CURSOR, field, self.path)
        if cursor is not None and cursor.depth >= DEEPEST:
            raise bad_request(f"Pagination is limited to {DEEPEST} objects.", field, self.path)
        return cursor

    def _resolved(self, page: Page, selected: Selected) -> dict[str, Any]:
        """The connection's fields: each of `nodes` and `edges.node` is one JSON column of the same query."""
        place = self.compiler.start(self.entity, WANTED)
        columns: list[str] = []
        slots: dict[str, Any] = {}
        for key, nodes in selected.items():
            name = nodes[0].name.value
            here = replace(place, path=(*self.path, key, ANY))
            if name == "nodes":
                columns.append(self.compiler.json(here, nodes))
                slots[key] = len(columns) - 1
            elif name == "edges":
                slots[key] = self._edge_slots(here, nodes, columns)
            else:
                below = self.compiler.document.below("PageInfo", nodes)
                slots[key] = page.info(below) if name == "pageInfo" else None
        rows = self._rows(page, place, columns)
        return {key: _filled(slot, rows, page.cursors, f"{self.entity}Connection") for key, slot in slots.items()}

    def _rows(self, page: Page, place: Place, columns: list[str]) -> list[list[Any]]:
        """The decoded columns of each row of the page."""
        if not columns:
            return [[] for _ in page.keys]
        return [[msgspec.json.decode(text) for text in row] for row in self.reader.read(page.keys, place, columns)]

    def _edge_slots(self, place: Place, nodes: Sequence[FieldNode], columns: list[str]) -> list[tuple[str, int | str]]:
        """Per field of an edge: the number of its JSON column, or the name of a fixed value."""
        slots: list[tuple[str, int | str]] = []
        for key, each in self.compiler.document.below(f"{self.entity}Edge", nodes).items():
            if each[0].name.value == "node":
                columns.append(self.compiler.json(replace(place, path=(*place.path, key)), each))
                slots.append((key, len(columns) - 1))
            else:
                slots.append((key, each[0].name.value))
        return slots


def _behind(cursor: Cursor, key: str, sort: tuple[str, str], descending: bool) -> str:
    """The condition on rows after the cursor in the sort's direction."""
    expression, kind = sort
    beyond = "<" if descending else ">"
    value = f"CAST('{cursor.last_value.replace(chr(39), '')}' AS {kind})"
    ties = f"{expression} = {value} AND {key} {beyond} {int(cursor.last_id)}"
    return f"({expression} {beyond} {value} OR ({ties}))"


def _cut(rows: list[tuple[int, Any]], window: Window, sort_key: str, depth: int) -> Page:
    more, rows = len(rows) > window.size, rows[: window.size]
    marks = [
        Cursor(key, str(value), sort_key, depth + position).text() for position, (key, value) in enumerate(rows, 1)
    ]
    keys = [key for key, _ in rows]
    if window.backwards:
        return Page(keys[::-1], marks[::-1], window.cursor is not None, more)
    return Page(keys, marks, more, window.cursor is not None)


def _filled(slot: Any, rows: list[list[Any]], cursors: list[str], kind: str) -> Any:
    if slot is None:
        return kind
    if isinstance(slot, int):
        return [row[slot] for row in rows]
    if isinstance(slot, dict):
        return slot
    edge = {TYPENAME: kind.replace("Connection", "Edge")}
    return [
        {key: row[what] if isinstance(what, int) else ({"cursor": mark} | edge)[what] for key, what in slot}
        for row, mark in zip(rows, cursors, strict=True)
    ]
