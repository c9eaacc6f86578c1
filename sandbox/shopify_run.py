"""Running a query: its top-level fields, one by one, with the errors that stand beside the data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from graphql import FieldNode, GraphQLObjectType, execute_sync, is_non_null_type

from sandbox.shopify_compiler import ANY, Compiler, Denial
from sandbox.shopify_customers import ENTITIES
from sandbox.shopify_document import TYPENAME, Document, schema
from sandbox.shopify_errors import ApiError, Path, bad_request, not_simulated
from sandbox.shopify_operations import Poll
from sandbox.shopify_pages import Listing
from sandbox.shopify_picked import picked
from sandbox.shopify_reader import WANTED, Reader
from sandbox.shopify_shop import Shop, versions
from sandbox.shopify_terms import search

Answer = dict[str, Any]
GID = re.compile(r"gid://shopify/(\w+)/(\d+)")
MOST_COUNTED = 25_000
MOST_IDS = 250


@dataclass
class Run:
    """The execution of one operation: `data()`, then `errors` and `search` tell what to say beside it."""

    shop: Shop
    document: Document
    reader: Reader
    base_url: str
    errors: list[Answer] = field(default_factory=list)
    search: list[Answer] = field(default_factory=list)

    @property
    def poll(self) -> Poll:
        """The bulk operations as this request sees them."""
        return Poll(self.shop.operations, self.document, self.base_url)

    def data(self) -> Answer | None:
        """The value of `data`: null where a field that cannot be null failed."""
        if any(nodes[0].name.value in ("__schema", "__type") for nodes in self.document.roots().values()):
            return self._introspected()
        data: Answer = {}
        for key, nodes in self.document.roots().items():
            try:
                data[key] = self._root(key, nodes)
            except ApiError as fault:
                self.errors.append(fault.entry(fault.path or (key,)))
                if is_non_null_type(self.document.definition(self.document.root_type, nodes[0]).type):
                    return None
                data[key] = None
        return data

    def _introspected(self) -> Answer | None:
        return execute_sync(schema(), self.document.syntax, variable_values=dict(self.document.variables)).data

    def _root(self, key: str, nodes: Sequence[FieldNode]) -> Any:
        name = nodes[0].name.value
        if name == TYPENAME:
            return self.document.root_type
        gives = self.document.definition(self.document.root_type, nodes[0]).type
        denied = self.shop.app.denial(self.document.root_type, nodes[0], gives)
        if denied is not None:
            raise denied
        arguments = self.document.arguments(self.document.root_type, nodes[0])
        return ROOTS[name](self, key, nodes, arguments)

    def page(self, entity: str, key: str, nodes: Sequence[FieldNode]) -> Any:
        """A connection of the shop's rows."""
        compiler = Compiler(self.document, self.shop.app)
        value, searched = Listing(self.reader, compiler, entity, (key,)).answer(nodes)
        self.search += [searched] if searched else []
        self._tell(compiler.denials, {key: value})
        return value

    def one(self, kind: str | None, key: str, nodes: Sequence[FieldNode], gid: str, place: Path = ()) -> Any:
        """The object with a global id, of the given type or of any; null where there is none."""
        found = GID.fullmatch(gid)
        if found is None:
            message = f"Invalid global id '{gid}'"
            raise ApiError(message, "argumentLiteralsIncompatible", (key,), nodes[0], typeName="CoercionError")
        actual, number = found.group(1), int(found.group(2))
        if kind not in (None, actual):
            raise ApiError(f"Invalid id: {gid}", "RESOURCE_NOT_FOUND", (key,), nodes[0])
        if actual == "BulkOperation":
            return self.poll.one(self.shop.operations.find(gid), nodes)
        if actual not in ENTITIES:
            raise not_simulated(f"nodes of type {actual}", nodes[0], (key,))
        return self._row(actual, number, (key, *place), nodes)

    def _row(self, entity: str, number: int, path: Path, nodes: Sequence[FieldNode]) -> Any:
        kind = schema().type_map[entity]
        assert isinstance(kind, GraphQLObjectType)
        denied = self.shop.app.denial("QueryRoot", nodes[0], kind)
        if denied is not None:
            raise denied
        compiler = Compiler(self.document, self.shop.app)
        start = compiler.start(entity, WANTED, path)
        rows = self.reader.read([number], start, [compiler.json(start, nodes)])
        value = msgspec.json.decode(rows[0][0]) if rows else None
        for denial in compiler.denials if rows else []:
            self.errors.append(denial.fault.entry(denial.path))
        return value

    def count(self, entity: str, key: str, nodes: Sequence[FieldNode], arguments: Mapping[str, Any]) -> Any:
        """A Count: exact up to the limit."""
        found = search(entity, arguments.get("query"), self.reader.now)
        self.search += [each for each in [found.extension(key)] if each]
        number = self.reader.count(entity, found.condition)
        most = arguments.get("limit") or MOST_COUNTED
        precision = "EXACT" if number <= most else "AT_LEAST"
        value = {"count": min(number, most), "precision": precision}
        return picked(self.document, "Count", value, nodes)

    def _tell(self, denials: Sequence[Denial], data: Any) -> None:
        for denial in denials:
            self.errors += [denial.fault.entry(path) for path in places(data, denial.path)]


def places(data: Any, path: Path) -> Iterator[Path]:
    """Every place that a path with ANY leads to in the data, except under what is null."""
    if not path:
        yield ()
        return
    step, rest = path[0], path[1:]
    if step == ANY:
        for position, each in enumerate(data or []):
            yield from ((position, *more) for more in places(each, rest))
    elif data is not None and step in data:
        yield from ((step, *more) for more in places(data[step], rest))


def _nodes(run: Run, key: str, nodes: Sequence[FieldNode], arguments: Mapping[str, Any]) -> Any:
    size = len(arguments["ids"])
    if size > MOST_IDS:
        message = f"The input array size of {size} is greater than the maximum allowed of {MOST_IDS}."
        raise bad_request(message, nodes[0], (key,))
    return [run.one(None, key, nodes, gid, (position,)) for position, gid in enumerate(arguments["ids"])]


def _fixed(kind: str, facts: Callable[[Shop], Any]) -> Root:
    """A root field whose value is at hand: an object or a list of objects."""

    def root(run: Run, _key: str, nodes: Sequence[FieldNode], _arguments: Mapping[str, Any]) -> Any:
        value = facts(run.shop)
        if isinstance(value, list):
            return [picked(run.document, kind, each, nodes) for each in value]
        return picked(run.document, kind, value, nodes)

    return root


Root = Callable[[Run, str, Sequence[FieldNode], Mapping[str, Any]], Any]
ROOTS: Mapping[str, Root] = {
    "bulkOperation": lambda run, key, nodes, args: run.one("BulkOperation", key, nodes, args["id"]),
    "bulkOperationCancel": lambda run, _, nodes, args: run.poll.cancel(nodes, args["id"]),
    "bulkOperationRunQuery": lambda run, _, nodes, args: run.poll.start(nodes, args["query"], args["groupObjects"]),
    "bulkOperations": lambda run, key, nodes, args: run.poll.all(nodes, args, (key,)),
    "currentAppInstallation": _fixed("AppInstallation", lambda shop: shop.installation()),
    "currentBulkOperation": lambda run, _, nodes, args: run.poll.current(nodes, args["type"]),
    "customer": lambda run, key, nodes, args: run.one("Customer", key, nodes, args["id"]),
    "customers": lambda run, key, nodes, _: run.page("Customer", key, nodes),
    "customersCount": lambda run, key, nodes, args: run.count("Customer", key, nodes, args),
    "node": lambda run, key, nodes, args: run.one(None, key, nodes, args["id"]),
    "nodes": _nodes,
    "order": lambda run, key, nodes, args: run.one("Order", key, nodes, args["id"]),
    "orders": lambda run, key, nodes, _: run.page("Order", key, nodes),
    "ordersCount": lambda run, key, nodes, args: run.count("Order", key, nodes, args),
    "publicApiVersions": _fixed("ApiVersion", lambda _: versions()),
    "refund": lambda run, key, nodes, args: run.one("Refund", key, nodes, args["id"]),
    "shop": _fixed("Shop", lambda shop: shop.facts()),
}
