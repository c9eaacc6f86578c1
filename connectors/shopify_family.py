"""Children and parents of a bulk file, brought together on disk.

Without grouping, which costs Shopify time, a child may stand anywhere in the file, before its parent or long after
it. A private SQLite file holds both, so that memory does not grow with the shop.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import msgspec

from connectors.errors import BadDataError
from connectors.http import decode_json
from connectors.shopify_records import Row

_TABLES = """
create table parents (id text primary key, body blob) without rowid;
create table children (parent_id text, body blob);
"""
_PAIRS = """
select children.parent_id, children.body, parents.body
from children left join parents on parents.id = children.parent_id
order by children.rowid
"""


class Family:
    """Objects of a bulk file, added in any order; then the children, each with its `parent`."""

    def __init__(self) -> None:
        # An empty name is a temporary file that SQLite removes by itself. Whichever thread drops us may close it.
        self._db = sqlite3.connect("", check_same_thread=False)
        self._db.executescript(_TABLES)

    def add(self, objects: list[Row]) -> None:
        """Keep a chunk."""
        encode = msgspec.json.encode
        children = [(found["__parentId"], encode(found)) for found in objects if "__parentId" in found]
        parents = [(found["id"], encode(found)) for found in objects if "__parentId" not in found]
        self._db.executemany("insert into children values (?, ?)", children)
        self._db.executemany("insert or replace into parents values (?, ?)", parents)

    def children(self, chunk: int) -> Iterator[list[Row]]:
        """All children, a chunk at a time. Raises BadDataError for one without a parent."""
        pairs = self._db.execute(_PAIRS)
        while found := pairs.fetchmany(chunk):
            yield [_child(*pair) for pair in found]

    def close(self) -> None:
        self._db.close()


def _child(parent_id: str, body: bytes, parent: bytes | None) -> Row:
    if parent is None:
        raise BadDataError(f"the bulk file has a child of {parent_id}, and not {parent_id} itself")
    child: Row = decode_json(body) | {"parent": decode_json(parent)}
    return child
