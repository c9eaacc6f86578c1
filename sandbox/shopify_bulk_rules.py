"""What Shopify refuses of a bulk query, in its words.

The pagination arguments `first` and `last` are optional and ignored. `nodes { }` is refused: a bulk query selects
`edges { node { } }` (seen at the real API; Shopify's page does not say it).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from graphql import (
    FieldNode,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    parse,
)

from sandbox.shopify_document import TYPENAME, Document, Selected, read_document, syntax_message
from sandbox.shopify_errors import RefusedError
from sandbox.shopify_text import is_list

MOST_CONNECTIONS = 5
DEEPEST = 2
TOO_DEEP = f"Bulk queries cannot contain connections with a nesting depth greater than {DEEPEST}."


@dataclass
class _Walk:
    """What a walk over the query finds."""

    document: Document
    connections: int = 0
    deepest: int = 0
    by_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    in_list: bool = False

    def visit(self, owner: str, nodes: Sequence[FieldNode], depth: int, in_list: bool) -> None:
        """One field and what is below it; `depth` counts the connections above it, from -1."""
        gives = self.document.definition(owner, nodes[0]).type
        kind = get_named_type(gives).name
        if kind.endswith("Connection"):
            self.in_list |= in_list
            self._connection(kind, nodes, depth + 1)
        elif nodes[0].selection_set:
            self._fields(kind, self.document.below(kind, nodes), depth, in_list or is_list(gives))

    def _fields(self, kind: str, fields: Selected, depth: int, in_list: bool) -> None:
        for nodes in fields.values():
            if nodes[0].name.value != TYPENAME:
                self.visit(kind, nodes, depth, in_list)

    def _connection(self, kind: str, nodes: Sequence[FieldNode], depth: int) -> None:
        self.connections += 1
        self.deepest = max(self.deepest, depth)
        name, entity = nodes[0].name.value, kind.removesuffix("Connection")
        selected = self.document.below(kind, nodes)
        if any(each[0].name.value == "nodes" for each in selected.values()):
            self.by_nodes.append(name)
        for fields in self._node_fields(entity, selected):
            before = self.connections
            self._fields(entity, fields, depth, in_list=False)
            if self.connections > before and not _has_id(fields):
                self.without_id.append(name)

    def _node_fields(self, entity: str, selected: Selected) -> list[Selected]:
        """The fields of the connection's rows, by `edges { node }` and by `nodes`."""
        found = []
        for nodes in selected.values():
            if nodes[0].name.value == "nodes":
                found.append(self.document.below(entity, nodes))
            elif nodes[0].name.value == "edges":
                edge = self.document.below(f"{entity}Edge", nodes)
                found += [self.document.below(entity, each) for each in edge.values() if each[0].name.value == "node"]
        return found


def check_bulk_query(text: str) -> tuple[Document | None, list[str]]:
    """The query to run, or the messages of the `INVALID` user errors."""
    try:
        document = _read(text)
    except GraphQLSyntaxError as error:
        return None, [f"Invalid bulk query: {syntax_message(error)}"]
    except RefusedError as refused:
        return None, [f"Invalid bulk query: {fault.message}" for fault in refused.faults]
    except _UnfitError as unfit:
        return None, [str(unfit)]
    messages = _messages(document)
    return (None if messages else document), messages


class _UnfitError(Exception):
    pass


def _read(text: str) -> Document:
    syntax = parse(text)
    operations = [each for each in syntax.definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) != 1:
        raise _UnfitError("Bulk queries must contain a single operation.")
    if operations[0].operation != OperationType.QUERY:
        raise _UnfitError("Invalid operation type. Only `query` operations are supported.")
    if operations[0].variable_definitions:
        raise _UnfitError("Bulk queries cannot contain variables.")
    return read_document(text, {})


def _messages(document: Document) -> list[str]:
    roots = document.roots()
    walk = _Walk(document)
    for nodes in roots.values():
        if nodes[0].name.value != TYPENAME:
            walk.visit("QueryRoot", nodes, depth=-1, in_list=False)
    top_node = any(nodes[0].name.value in ("node", "nodes") for nodes in roots.values())
    found = [
        (bool(walk.by_nodes), _by_nodes(walk.by_nodes)),
        (top_node, "Bulk queries cannot contain a top level `node` field."),
        (len(roots) > 1, "Bulk queries must contain a single top level field."),
        (
            walk.deepest > DEEPEST,
            TOO_DEEP,
        ),
        (walk.connections > MOST_CONNECTIONS, f"Bulk queries cannot contain more than {MOST_CONNECTIONS} connections."),
        (bool(walk.without_id), _without_id(walk.without_id)),
        (walk.in_list, "Queries that contain a connection field within a list field are not currently supported."),
        (walk.connections == 0, "Bulk queries must contain at least one connection."),
    ]
    return [message for broken, message in found if broken]


def _by_nodes(names: Sequence[str]) -> str:
    example = f"{names[0]} {{ edges {{ node {{" if names else ""
    listed = ", ".join(f"'{name}'" for name in names)
    return (
        f"All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: '{example}'. "
        f"Selecting via 'nodes' is not supported. Invalid connection fields: {listed}."
    )


def _without_id(names: Sequence[str]) -> str:
    return (
        "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of "
        f"'ID' return type. Connection fields without 'id': {', '.join(names)}."
    )


def _has_id(fields: Selected) -> bool:
    return any(key == "id" and nodes[0].name.value == "id" for key, nodes in fields.items())
