"""Writing a bulk export: JSONL, chunk by chunk, so that memory holds one chunk whatever the shop's size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from graphql import FieldNode

from sandbox.shopify_compiler import Branch, Compiler, Place
from sandbox.shopify_customers import ENTITIES
from sandbox.shopify_document import Document, Selected
from sandbox.shopify_errors import ApiError
from sandbox.shopify_fields import gid
from sandbox.shopify_pages import SORTS
from sandbox.shopify_reader import WANTED, Reader
from sandbox.shopify_sql import Slice
from sandbox.shopify_terms import search
from sandbox.shopify_text import quoted, text

CHUNK = 20_000
"""Root rows resolved at once."""
ROOTS = {"orders": "Order", "customers": "Customer"}


class StoppedError(Exception):
    """The export was told to stop."""


@dataclass
class Progress:
    """How far an export is: objects of all levels, and those of the first."""

    objects: int = 0
    roots: int = 0


@dataclass(frozen=True)
class Level:
    """One connection of the query: its rows' place, their JSON with the parent's id, and who the parent is."""

    place: Place
    json: str
    part: Slice | None
    parent: Level | None


@dataclass(frozen=True)
class Export:
    """A bulk query ready to run. `grouped`: children right behind their parent."""

    reader: Reader
    keys: pa.Array
    levels: list[Level]
    grouped: bool
    chunk: int

    def write(self, path: Path, progress: Progress, go_on: Callable[[], bool]) -> None:
        """Write the file; raises StoppedError between two chunks when `go_on` says no."""
        with path.open("w", encoding="utf-8") as file:
            for start in range(0, len(self.keys), self.chunk):
                if not go_on():
                    raise StoppedError
                chunk = self.keys.slice(start, self.chunk).to_pylist()
                lines = list(self._grouped(chunk) if self.grouped else self._loose(chunk))
                file.write("\n".join(lines) + "\n")
                progress.objects += len(lines)
                progress.roots += len(chunk)

    def _loose(self, chunk: list[int]) -> Iterator[str]:
        """All levels one after the other, children first: Shopify promises no order, so none is kept."""
        for level in reversed(self.levels):
            yield from (line for _, _, line in self._lines(level, chunk))

    def _grouped(self, chunk: list[int]) -> Iterator[str]:
        children: dict[tuple[int, int], list[tuple[int, str]]] = {}
        for number, level in enumerate(self.levels):
            for parent, key, line in self._lines(level, chunk):
                children.setdefault((number, parent), []).append((key, line))
        yield from self._family(0, 0, children)

    def _family(
        self, number: int, parent: int, children: dict[tuple[int, int], list[tuple[int, str]]]
    ) -> Iterator[str]:
        for key, line in children.get((number, parent), ()):
            yield line
            for below, level in enumerate(self.levels):
                if level.parent is self.levels[number]:
                    yield from self._family(below, key, children)

    def _lines(self, level: Level, chunk: list[int]) -> list[tuple[int, int, str]]:
        """(parent's key, own key, line) of a level's rows under these roots; roots have parent 0."""
        entity = ENTITIES[level.place.entity]
        if level.part is None:
            return self.reader.lines(chunk, level.place, level.json, "0", f"{entity.key} IN ({WANTED})")
        part = level.part
        return self.reader.lines(chunk, level.place, level.json, part.child, f"{part.child} IN ({part.scope})")


def plan(reader: Reader, document: Document, grouped: bool, chunk: int = CHUNK) -> Export:
    """Compile a checked bulk query and find its root rows. Raises ApiError where access is denied."""
    root = next(iter(document.roots().values()))
    entity = ROOTS.get(root[0].name.value)
    if entity is None:
        raise ApiError(f"The sandbox does not simulate bulk queries of `{root[0].name.value}`.", "NOT_SIMULATED")
    gives = document.definition("QueryRoot", root[0]).type
    denied = reader.app.denial("QueryRoot", root[0], gives)
    if denied is not None:
        raise denied
    arguments = document.arguments("QueryRoot", root[0])
    condition = search(entity, arguments.get("query"), reader.now).condition
    sort, _ = SORTS[entity][arguments["sortKey"]]
    keys = reader.keys(entity, condition, sort, bool(arguments["reverse"]))
    return Export(reader, keys, list(_levels(reader, document, entity, root)), grouped, chunk)


def _levels(reader: Reader, document: Document, entity: str, root: Sequence[FieldNode]) -> Iterator[Level]:
    """The root's level and those below it, parents first."""
    compiler = Compiler(document, reader.app, bulk=True)
    place = compiler.start(entity, WANTED)
    first = Level(place, compiler.json(place, _rows_of(document, entity, root)), None, None)
    yield first
    yield from _below(reader, document, compiler.branches, first)


def _below(reader: Reader, document: Document, branches: Sequence[Branch], parent: Level) -> Iterator[Level]:
    for branch in branches:
        compiler = Compiler(document, reader.app, bulk=True)
        entity = ENTITIES[branch.many.entity]
        part = Slice(entity, branch.many.child, parent.place.scope, reader.app.window(branch.many.entity))
        place = compiler.start(branch.many.entity, part.keys)
        parent_id = ("__parentId", quoted(gid(branch.parent, branch.many.child)))
        level = Level(place, text(compiler.object(place, branch.asked, parent_id)), part, parent)
        yield level
        yield from _below(reader, document, compiler.branches, level)


def _rows_of(document: Document, entity: str, root: Sequence[FieldNode]) -> list[FieldNode]:
    """The `node` fields under a connection."""
    edges: Selected = document.below(f"{entity}Connection", root)
    inner = [each for nodes in edges.values() if nodes[0].name.value == "edges" for each in nodes]
    nodes = document.below(f"{entity}Edge", inner)
    return [each for group in nodes.values() if group[0].name.value == "node" for each in group]
