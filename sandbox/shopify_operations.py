"""Bulk operations in a query: start, look at, list, cancel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import FieldNode

from sandbox.shopify_bulk import Operation, Operations
from sandbox.shopify_document import Document
from sandbox.shopify_errors import Path, not_simulated
from sandbox.shopify_picked import picked
from sandbox.shopify_search import Term, holds, parse_search
from sandbox.shopify_window import read_window

Answer = dict[str, Any]
Nodes = Sequence[FieldNode]


@dataclass(frozen=True)
class Poll:
    """The operations as one request sees them; `base_url` is where their results are served."""

    operations: Operations
    document: Document
    base_url: str

    def one(self, operation: Operation | None, nodes: Nodes) -> Answer | None:
        """A BulkOperation, looked at."""
        if operation is None:
            return None
        operation.look()
        return picked(self.document, "BulkOperation", self._values(operation), nodes)

    def current(self, nodes: Nodes, kind: str) -> Answer | None:
        """The newest operation."""
        return self.one(self.operations.all[-1], nodes) if self.operations.all and kind == "QUERY" else None

    def all(self, nodes: Nodes, arguments: Mapping[str, Any], path: Path) -> Answer:
        """The connection of operations, newest first unless reversed."""
        window = read_window(arguments, nodes[0], path)
        if window.backwards or window.cursor:
            raise not_simulated("`last`, `before` and `after` of bulkOperations", nodes[0], path)
        for each in self.operations.all:
            each.look()
        query = parse_search(arguments.get("query") or "")
        fits = [each for each in self.operations.all if holds(query, partial(_is, each))]
        shown = (fits if window.reverse else fits[::-1])[: window.size]
        return picked(self.document, "BulkOperationConnection", self._connection(shown, len(fits)), nodes)

    def start(self, nodes: Nodes, query: str, grouped: bool) -> Answer:
        """bulkOperationRunQuery."""
        return self._payload("BulkOperationRunQueryPayload", *self.operations.run(query, grouped), nodes)

    def cancel(self, nodes: Nodes, gid: str) -> Answer:
        """bulkOperationCancel."""
        operation = self.operations.find(gid)
        unknown = [{"field": ["id"], "message": "Bulk operation does not exist"}]
        errors = unknown if operation is None else self.operations.cancel(operation)
        return self._payload("BulkOperationCancelPayload", operation, errors, nodes)

    def _payload(self, kind: str, operation: Operation | None, errors: list[Answer], nodes: Nodes) -> Answer:
        shown = None if operation is None else self._values(operation)
        return picked(self.document, kind, {"bulkOperation": shown, "userErrors": errors}, nodes)

    def _connection(self, shown: Sequence[Operation], fits: int) -> Answer:
        values = [self._values(each) for each in shown]
        info = {
            "hasNextPage": fits > len(shown),
            "hasPreviousPage": False,
            "startCursor": shown[0].id if shown else None,
            "endCursor": shown[-1].id if shown else None,
        }
        return {"nodes": values, "edges": [{"cursor": each["id"], "node": each} for each in values], "pageInfo": info}

    def _values(self, operation: Operation) -> Answer:
        return operation.values(lambda each: f"{self.base_url}/{self.operations.path(each)}")


def _is(operation: Operation, term: Term) -> bool:
    """Whether a search term holds of an operation; unknown terms are ignored."""
    facts = {"status": operation.status.lower(), "operation_type": "query", "id": str(operation.number)}
    known = facts.get(term.field or "")
    return known is None or known == term.value.lower().rsplit("/", 1)[-1]
