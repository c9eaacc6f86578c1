"""Paging arguments and cursors. A cursor is base64 of JSON, opaque to clients: last id, last sort value, sort key."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode

from sandbox.shopify_errors import Path, bad_request, not_simulated

MOST = 250
BAD_CURSOR = "Invalid cursor for current pagination sort."


@dataclass(frozen=True)
class Cursor:
    """A position in a sorted list; `depth` counts the rows before it."""

    last_id: int
    last_value: str
    sort: str | None = None
    depth: int = 0

    def text(self) -> str:
        """The cursor as clients hold it."""
        return base64.b64encode(json.dumps(self.__dict__).encode()).decode()


def read_cursor(text: str, field: FieldNode, path: Path) -> Cursor:
    """Raises ApiError for what is not a cursor of ours."""
    try:
        return Cursor(**json.loads(base64.b64decode(text, validate=True)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise bad_request(BAD_CURSOR, field, path) from error


@dataclass(frozen=True)
class Window:
    """`size` rows after (or, `backwards`, before) a cursor."""

    size: int
    backwards: bool
    reverse: bool
    cursor: str | None


def read_window(arguments: Mapping[str, Any], field: FieldNode, path: Path) -> Window:
    """The paging arguments of a connection, checked as Shopify checks them."""
    first, last = arguments.get("first"), arguments.get("last")
    if first is None and last is None:
        raise bad_request("you must provide one of first or last", field, path)
    if first is not None and last is not None:
        raise bad_request("providing both first and last is not supported", field, path)
    name = "first" if first is not None else "last"
    size = int(arguments[name])
    if size < 0:
        raise bad_request(f"{name} cannot be negative", field, path)
    if size > MOST:
        raise bad_request(f"{name} cannot exceed {MOST}", field, path)
    backwards = first is None
    cursor = arguments.get("before" if backwards else "after")
    return Window(size, backwards, bool(arguments.get("reverse")), cursor)


@dataclass(frozen=True)
class NestedWindow:
    """The first rows after a key, in the order of keys."""

    first: int
    after: int | None
    reverse: bool

    def where(self, key: str) -> str:
        """The condition on rows behind the cursor."""
        if self.after is None:
            return "TRUE"
        return f"{key} {'<' if self.reverse else '>'} {self.after}"


def nested_window(arguments: Mapping[str, Any], field: FieldNode, path: Path) -> NestedWindow:
    """The paging arguments of a connection inside another object: forwards only."""
    window = read_window(arguments, field, path)
    for name in ("last", "before", "query"):
        if arguments.get(name) is not None:
            raise not_simulated(f"`{name}` in a nested connection", field, path)
    after = None if window.cursor is None else read_cursor(window.cursor, field, path).last_id
    return NestedWindow(window.size, after, window.reverse)
