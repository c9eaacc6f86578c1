"""From a selection of fields to SQL that gives each row's JSON: the database resolves, not Python.

An object becomes a concatenation of text, a list of rows a join on an aggregated subquery. So a page and a bulk export
resolve by the same expressions, and a million rows cost no Python object each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from graphql import FieldNode, GraphQLOutputType, get_named_type, is_non_null_type

from sandbox.shopify_app import App
from sandbox.shopify_customers import ENTITIES
from sandbox.shopify_document import TYPENAME, Document
from sandbox.shopify_errors import ApiError, Path, not_simulated
from sandbox.shopify_fields import Field, Many, Part, Ref, Scope
from sandbox.shopify_sql import EMPTY, Slice, Tables, children
from sandbox.shopify_text import Literal, Pieces, json_object, optional, quoted, scalar, text
from sandbox.shopify_window import NestedWindow, nested_window

ANY = "*"
"""Stands in a path for every position of a list."""


@dataclass(frozen=True)
class Denial:
    """A field that was answered with null, at every place that `path` (with ANY) leads to."""

    path: Path
    fault: ApiError


@dataclass(frozen=True)
class Branch:
    """A nested connection that a bulk export writes as lines of its own: the rows and their `node` fields."""

    many: Many
    parent: str
    asked: Sequence[FieldNode]


@dataclass(frozen=True)
class Place:
    """Where in the answer an object is compiled: its type, its fields, the entity and tables of its row."""

    kind: str
    fields: Mapping[str, Field]
    entity: str
    scope: Scope
    tables: Tables
    path: Path


@dataclass
class Compiler:
    """Compiles the selections of one document for one app.

    Gathers `denials`; with `bulk` on, connections are left out of the rows and gathered as `branches`.
    Raises ApiError where access is denied to what cannot be null.
    """

    document: Document
    app: App
    bulk: bool = False
    denials: list[Denial] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    _aliases: int = 0

    def start(self, name: str, scope: Scope, path: Path = ()) -> Place:
        """The place of an entity's rows, whose keys `scope` yields."""
        entity = ENTITIES[name]
        return Place(name, entity.fields, name, scope, Tables.of(entity, scope), path)

    def json(self, place: Place, asked: Sequence[FieldNode]) -> str:
        """SQL of an object's JSON text: the fields selected under the nodes `asked`."""
        return text(self.object(place, asked))

    def object(self, place: Place, asked: Sequence[FieldNode], *more: tuple[str, Pieces]) -> Pieces:
        """The same in pieces, with pairs of our own behind."""
        selected = self.document.below(place.kind, asked).items()
        values = ((key, self._value(replace(place, path=(*place.path, key)), nodes)) for key, nodes in selected)
        return json_object([*((key, value) for key, value in values if value is not None), *more])

    def _value(self, place: Place, nodes: list[FieldNode]) -> Pieces | None:
        """JSON of one field, or None where a bulk export moves it to lines of its own."""
        if nodes[0].name.value == TYPENAME:
            return [Literal(f'"{place.kind}"')]
        gives = self.document.definition(place.kind, nodes[0]).type
        denied = self.app.denial(place.kind, nodes[0], gives)
        if denied is not None and is_non_null_type(gives):
            raise denied
        if denied is not None:
            self.denials.append(Denial(place.path, denied))
            return [Literal("null")]
        return self._known(place, gives, nodes)

    def _known(self, place: Place, gives: GraphQLOutputType, nodes: list[FieldNode]) -> Pieces | None:
        what = place.fields[nodes[0].name.value]
        if isinstance(what, Part):
            there = replace(place, kind=get_named_type(gives).name, fields=what.fields)
            return optional(what.present, self.object(there, nodes))
        if isinstance(what, Ref):
            return self._reference(what, place, nodes)
        if isinstance(what, Many):
            return self._connection(what, place, nodes) if what.paged else self._list(what, place, nodes)
        return scalar(what, gives)

    def _reference(self, ref: Ref, place: Place, nodes: list[FieldNode]) -> Pieces:
        other = ENTITIES[ref.entity]
        scope = None if place.scope is None else ref.scope(place.scope)
        place.tables.offer(other, scope)
        there = replace(place, kind=ref.entity, fields=other.fields, entity=ref.entity, scope=scope)
        return optional(ref.present, self.object(there, nodes))

    def _list(self, many: Many, place: Place, nodes: list[FieldNode]) -> Pieces:
        most = self.document.arguments(place.kind, nodes[0]).get("first")
        part = Slice(ENTITIES[many.entity], many.child, place.scope, self.app.window(many.entity), most=most)
        inner = self.start(many.entity, part.keys, (*place.path, ANY))
        alias = self._alias()
        self._join(alias, place, part, inner, [self.json(inner, nodes)])
        return [f"coalesce({alias}.c0, {EMPTY})"]

    def _connection(self, many: Many, place: Place, nodes: list[FieldNode]) -> Pieces | None:
        if self.bulk:
            self.branches.append(self._branch(many, place, nodes))
            return None
        window = nested_window(self.document.arguments(place.kind, nodes[0]), nodes[0], place.path)
        entity = ENTITIES[many.entity]
        where = f"{window.where(entity.key)} AND {self.app.window(many.entity)}"
        part = Slice(entity, many.child, place.scope, where, window.reverse, window.first)
        inner = self.start(many.entity, part.keys)
        alias = self._alias()
        columns: list[str] = []
        pieces = [
            (key, self._piece(each, replace(inner, path=(*place.path, key)), alias, columns, window))
            for key, each in self.document.below(f"{many.entity}Connection", nodes).items()
        ]
        self._join(alias, place, part, inner, columns)
        return json_object(pieces)

    def _piece(
        self, nodes: list[FieldNode], inner: Place, alias: str, columns: list[str], window: NestedWindow
    ) -> Pieces:
        """One field of a connection; lists become columns of the join `alias`."""
        name = nodes[0].name.value
        if name == TYPENAME:
            return [Literal(f'"{inner.entity}Connection"')]
        if name == "pageInfo":
            return self._page_info(nodes, alias, window)
        here = replace(inner, path=(*inner.path, ANY))
        columns.append(self.json(here, nodes) if name == "nodes" else self._edge(here, nodes))
        return [f"coalesce({alias}.c{len(columns) - 1}, {EMPTY})"]

    def _edge(self, place: Place, nodes: list[FieldNode]) -> str:
        kind = f"{place.entity}Edge"
        fixed: dict[str, Pieces] = {"cursor": quoted("place"), TYPENAME: [Literal(f'"{kind}"')]}
        pairs: list[tuple[str, Pieces]] = []
        for key, each in self.document.below(kind, nodes).items():
            value = fixed.get(each[0].name.value)
            pairs.append((key, value or self.object(replace(place, path=(*place.path, key)), each)))
        return text(json_object(pairs))

    def _page_info(self, nodes: list[FieldNode], alias: str, window: NestedWindow) -> Pieces:
        values: dict[str, Pieces] = {
            "hasNextPage": [f"coalesce({alias}.more, FALSE)::VARCHAR"],
            "hasPreviousPage": [Literal("false" if window.after is None else "true")],
            "startCursor": quoted(f"{alias}.first_cursor"),
            "endCursor": quoted(f"{alias}.last_cursor"),
            TYPENAME: [Literal('"PageInfo"')],
        }
        asked = self.document.below("PageInfo", nodes).items()
        return json_object((key, values[each[0].name.value]) for key, each in asked)

    def _branch(self, many: Many, place: Place, nodes: list[FieldNode]) -> Branch:
        if len(place.path) > 1:
            raise not_simulated("a bulk connection inside an object", nodes[0], place.path)
        groups = self.document.below(f"{many.entity}Connection", nodes).values()
        edges = [each for group in groups if group[0].name.value == "edges" for each in group]
        inner = self.document.below(f"{many.entity}Edge", edges).values()
        asked = [each for group in inner if group[0].name.value == "node" for each in group]
        return Branch(many, place.kind, asked)

    def _alias(self) -> str:
        self._aliases += 1
        return f"many_{self._aliases}"

    def _join(self, alias: str, place: Place, part: Slice, inner: Place, columns: list[str]) -> None:
        """Add the children to the place's tables, under the alias."""
        clause = inner.tables.clause(" ".join([*columns, part.where]))
        place.tables.lists.append(children(alias, ENTITIES[place.entity].key, part, clause, columns))
