"""What a query costs, and the bucket that pays for it.

Published: an object is 1 point, a scalar or enum 0, a mutation 10, a connection is "sized by first and last"; one
query may ask for 1,000 at most; the bucket must hold the requested cost and is given back what the answer did not
need. How the size counts is not published any more. The curve below fits two answers of the real API (a page of 100
orders with the fields of the sandbox's notes: 212; 250 variants with one object each: 25); it is UNCONFIRMED beyond.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import FieldNode, get_named_type, is_leaf_type

from sandbox.shopify_document import TYPENAME, Document

MUTATION = 10
CONNECTION = 2
CURVE = 1.9
FREE = ("PageInfo",)


def sized(count: int) -> float:
    """How many times its node's cost a connection of `count` rows costs."""
    return 0.0 if count < 1 else max(1.0, CURVE * math.log(count))


def requested_cost(document: Document) -> int:
    """The points that a query could need, before it runs."""
    return _Price(document, planned=True).total({})


def actual_cost(document: Document, data: Mapping[str, Any] | None) -> int:
    """The points that its answer did need."""
    return _Price(document, planned=False).total(data or {})


@dataclass(frozen=True)
class _Price:
    """Adds up a query's points: of all that it may give (`planned`), or of the values that it gave."""

    document: Document
    planned: bool

    def total(self, data: Mapping[str, Any]) -> int:
        """The points of the operation."""
        roots = self.document.roots()
        if self.document.is_mutation:
            return MUTATION * len(roots)
        shown = {key: nodes for key, nodes in roots.items() if not nodes[0].name.value.startswith("__")}
        return math.ceil(sum(self._field("QueryRoot", nodes, data.get(key)) for key, nodes in shown.items()))

    def _field(self, owner: str, nodes: Sequence[FieldNode], value: Any) -> float:
        if nodes[0].name.value == TYPENAME or (value is None and not self.planned):
            return 0.0
        kind = get_named_type(self.document.definition(owner, nodes[0]).type)
        if is_leaf_type(kind) or kind.name in FREE:
            return 0.0
        if kind.name.endswith("Connection"):
            return CONNECTION + self._connection(owner, kind.name, nodes, value)
        return sum(self._object(kind.name, nodes, each) for each in (value if isinstance(value, list) else [value]))

    def _object(self, kind: str, nodes: Sequence[FieldNode], value: Any) -> float:
        """1 and what is in it; of an interface only the 1 is counted."""
        if kind == "Node" or (value is None and not self.planned):
            return 1.0
        fields = self.document.below(kind, nodes).items()
        return 1.0 + sum(self._field(kind, each, (value or {}).get(key)) for key, each in fields)

    def _connection(self, owner: str, kind: str, nodes: Sequence[FieldNode], value: Any) -> float:
        """Size times the points of a row; rows that `nodes` and `edges` both show are made twice, and cost twice."""
        entity, points = kind.removesuffix("Connection"), 0.0
        for key, each in self.document.below(kind, nodes).items():
            if each[0].name.value in ("nodes", "edges"):
                rows = [None] if self.planned else (value or {}).get(key) or []
                size = self._asked(owner, nodes[0]) if self.planned else len(rows)
                points += sized(size) * sum(self._row(entity, each, row) for row in rows) / max(1, len(rows))
        return points

    def _row(self, entity: str, nodes: Sequence[FieldNode], row: Any) -> float:
        if nodes[0].name.value == "nodes":
            return self._object(entity, nodes, row)
        edge = self.document.below(f"{entity}Edge", nodes).items()
        inner = [(key, each) for key, each in edge if each[0].name.value == "node"]
        return sum(self._object(entity, each, (row or {}).get(key)) for key, each in inner)

    def _asked(self, owner: str, asked: FieldNode) -> int:
        arguments = self.document.arguments(owner, asked)
        return int(arguments.get("first") or arguments.get("last") or 0)


@dataclass
class Bucket:
    """Points of one app at one shop: `maximum`, refilled by `rate` a second. Thread-safe; `clock` gives seconds."""

    maximum: float = 2_000.0
    rate: float = 100.0
    single_query: int = 1_000
    clock: Callable[[], float] = time.monotonic
    _held: float | None = None
    _at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, points: float) -> bool:
        """Pay, if the bucket holds enough."""
        with self._lock:
            held = self._refilled()
            if points > held:
                return False
            self._held = held - points
            return True

    def give_back(self, points: float) -> None:
        """Return what a query did not need."""
        with self._lock:
            self._held = min(self.maximum, self._refilled() + points)

    def empty(self) -> None:
        """Spend everything: the next query is throttled."""
        with self._lock:
            self._refilled()
            self._held = 0.0

    def status(self) -> dict[str, float]:
        """`throttleStatus` as sent."""
        with self._lock:
            held = int(self._refilled())
        return {"maximumAvailable": self.maximum, "currentlyAvailable": held, "restoreRate": self.rate}

    def _refilled(self) -> float:
        now = self.clock()
        held = self.maximum if self._held is None else self._held + (now - self._at) * self.rate
        self._held, self._at = min(self.maximum, held), now
        return self._held
