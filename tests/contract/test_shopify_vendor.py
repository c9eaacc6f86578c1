"""The vendor's own schema judges the local Shopify: Admin API 2026-10, as shipped in npm's @shopify/dev-mcp."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    parse,
    validate,
)

from sandbox.company import World
from sandbox.shopify_api import answer
from sandbox.shopify_app import SCOPE_OF_TYPE
from sandbox.shopify_cost import Bucket
from sandbox.shopify_document import schema
from sandbox.shopify_shop import Shop
from tests.contract.shopify_schema import vendor_file, vendor_schema

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def vendor() -> GraphQLSchema:
    return vendor_schema()


# --- The schema is a part of the vendor's -------------------------------------------------------------------------

OURS = sorted(name for name in schema().type_map if not name.startswith("__"))


@pytest.mark.parametrize("name", OURS)
def test_a_type_of_ours_is_a_part_of_the_vendors(vendor: GraphQLSchema, name: str) -> None:
    ours, theirs = schema().type_map[name], vendor.type_map.get(name)
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        assert ours.values.keys() <= theirs.values.keys()
    if isinstance(ours, GraphQLObjectType | GraphQLInterfaceType):
        assert _fields(ours).items() <= _fields(theirs).items()
        assert {each.name for each in ours.interfaces} <= {
            each.name for each in cast(GraphQLObjectType, theirs).interfaces
        }


def _fields(owner: Any) -> dict[str, Any]:
    """Field or field(argument) -> type, default, whether it is deprecated."""
    found: dict[str, Any] = {}
    for name, field in owner.fields.items():
        found[name] = (str(field.type), bool(field.deprecation_reason))
        for argument, value in field.args.items():
            default = None if value.default_value is Undefined else value.default_value
            found[f"{name}({argument})"] = (str(value.type), default)
    return found


def test_the_roots_are_the_vendors(vendor: GraphQLSchema) -> None:
    for ours, theirs in ((schema().query_type, vendor.query_type), (schema().mutation_type, vendor.mutation_type)):
        assert ours is not None
        assert theirs is not None
        assert ours.name == theirs.name


def test_the_scopes_are_the_vendors() -> None:
    items = vendor_file()["offline_scopes"]["items"]
    wanted = {item["typeName"]: item["offlineScopes"] for item in items if not item.get("fieldName")}
    for name, scope in SCOPE_OF_TYPE.items():
        assert scope in wanted[name]


# --- Answers have the vendor's shape ------------------------------------------------------------------------------

SCALARS = {
    "Boolean": lambda value: isinstance(value, bool),
    "DateTime": lambda value: re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value),
    "Decimal": lambda value: re.fullmatch(r"-?\d+\.\d{1,2}", value),
    "ID": lambda value: re.fullmatch(r"gid://shopify/\w+/\d+", value),
    "Int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "URL": lambda value: value.startswith("http"),
    "UnsignedInt64": lambda value: re.fullmatch(r"\d+", value),
}


def misfits(kind: Any, asked: SelectionSetNode | None, value: Any, place: str) -> Iterator[str]:
    """What is wrong with a value of a type: null where it must not be, a wrong scalar, a missing or a strange key."""
    if value is None:
        yield from [f"{place} is null"] if isinstance(kind, GraphQLNonNull) else []
        return
    bare = get_nullable_type(kind)
    if is_list_type(bare):
        for position, each in enumerate(value):
            yield from misfits(bare.of_type, asked, each, f"{place}[{position}]")
    elif isinstance(bare, GraphQLEnumType):
        yield from [] if value in bare.values else [f"{place} is {value!r}, no {bare.name}"]
    elif is_leaf_type(bare):
        fits = isinstance(value, str) or bare.name in ("Int", "Boolean")
        yield from [] if fits and SCALARS[bare.name](value) else [f"{place} is {value!r}, no {bare.name}"]
    else:
        yield from _object_misfits(bare, asked, value, place)


def _object_misfits(kind: Any, asked: SelectionSetNode | None, value: Any, place: str) -> Iterator[str]:
    assert asked is not None
    wanted = {each.alias.value if each.alias else each.name.value: each for each in asked.selections
              if isinstance(each, FieldNode)}  # fmt: skip
    if wanted.keys() != value.keys():
        yield f"{place} has {sorted(value)} for {sorted(wanted)}"
        return
    for key, field in wanted.items():
        yield from misfits(kind.fields[field.name.value].type, field.selection_set, value[key], f"{place}.{key}")


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        ("Customer", {"numberOfOrders": 3}, ["x.numberOfOrders is 3, no UnsignedInt64"]),
        ("Order", {"createdAt": "2026-11-20 09:12:00"}, ["x.createdAt is '2026-11-20 09:12:00', no DateTime"]),
        ("Order", {"name": None, "cancelledAt": None}, ["x.name is null"]),
        ("Order", {"currencyCode": "eur"}, ["x.currencyCode is 'eur', no CurrencyCode"]),
        ("Order", {"test": "true"}, ["x.test is 'true', no Boolean"]),
    ],
)  # fmt: skip
def test_the_judge_sees(vendor: GraphQLSchema, kind: str, value: dict[str, Any], found: list[str]) -> None:
    asked = _selection(f"{{ {' '.join(value)} }}")
    assert list(misfits(vendor.type_map[kind], asked, value, "x")) == found


@pytest.fixture(scope="module")
def shop() -> Shop:
    world = World(seed=3, scale=1.0, first_day=date(2026, 10, 1), now=NOW)
    return Shop(world, bucket=Bucket(maximum=1e9, rate=1e9, single_query=10**9))


def ask(shop: Shop, vendor: GraphQLSchema, query: str, /, **variables: Any) -> dict[str, Any]:
    """The data of an answer, after the vendor's schema has judged question and answer."""
    document = parse(query)
    assert validate(vendor, document) == []
    body = answer(shop, query, variables, None, "http://127.0.0.1/shopify")
    assert "errors" not in body, body["errors"]
    operation = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    root = vendor.mutation_type if operation.operation.value == "mutation" else vendor.query_type
    assert list(misfits(root, operation.selection_set, body["data"], "data")) == []
    return cast(dict[str, Any], body["data"])


def everything(name: str, left_out: tuple[str, ...] = ()) -> str:
    """A selection of all fields of one of our types and of the types below it, but for some names."""
    kind = schema().type_map[name]
    assert isinstance(kind, GraphQLObjectType)
    chosen = []
    for field_name, field in kind.fields.items():
        inner = get_named_type(field.type)
        if field_name not in left_out:
            arguments = "(first: 3)" if "first" in field.args else ""
            chosen.append(field_name + arguments + ("" if is_leaf_type(inner) else everything(inner.name, left_out)))
    return f"{{ {' '.join(chosen)} }}"


ORDER = everything("Order", left_out=("customer", "nodes"))
CUSTOMER = everything("Customer", left_out=("orders", "nodes"))


@pytest.mark.parametrize(
    "query",
    [
        f"{{ orders(first: 250, sortKey: UPDATED_AT, reverse: true) {{ nodes {ORDER} pageInfo {{ endCursor }} }} }}",
        f"{{ orders(last: 20) {{ edges {{ cursor node {{ id customer {CUSTOMER} }} }} pageInfo {{ startCursor }} }} }}",
        f"{{ customers(first: 250) {{ nodes {CUSTOMER} pageInfo {{ hasNextPage endCursor hasPreviousPage }} }} }}",
        "{ customers(first: 9) { nodes { orders(first: 2) { edges { cursor } pageInfo { endCursor } } } } }",
        f"{{ shop {everything('Shop')} publicApiVersions {everything('ApiVersion')} }}",
        f"{{ currentAppInstallation {everything('AppInstallation')} ordersCount {everything('Count')} }}",
    ],
    ids=["orders", "edges", "customers", "nested", "shop", "app"],
)  # fmt: skip
def test_every_field_is_answered_in_the_vendors_shape(shop: Shop, vendor: GraphQLSchema, query: str) -> None:
    ask(shop, vendor, query)


def test_orders_with_refunds_have_the_vendors_shape(shop: Shop, vendor: GraphQLSchema) -> None:
    refund = everything("Refund", left_out=("nodes",))
    query = f"""query Refunded($q: String) {{ orders(first: 250, query: $q) {{
        nodes {{ id refunds {refund} lineItems(first: 10) {{ nodes {everything("LineItem")} }} }} }} }}"""
    found = ask(shop, vendor, query, q="financial_status:partially_refunded OR financial_status:refunded")
    assert any(order["refunds"] for order in found["orders"]["nodes"])


RUN = """mutation Run($query: String!) { bulkOperationRunQuery(query: $query, groupObjects: false) {
    bulkOperation { id status type createdAt } userErrors { field message code } } }"""
POLL = f"query Poll($id: ID!) {{ bulkOperation(id: $id) {everything('BulkOperation')} }}"


def finished(shop: Shop, vendor: GraphQLSchema, query: str) -> dict[str, Any]:
    """The end of a bulk operation, every poll of it judged."""
    started = ask(shop, vendor, RUN, query=query)["bulkOperationRunQuery"]["bulkOperation"]
    while (seen := ask(shop, vendor, POLL, id=started["id"])["bulkOperation"])["status"] in ("CREATED", "RUNNING"):
        time.sleep(0.01)
    return cast(dict[str, Any], seen)


def test_bulk_lines_have_the_vendors_shape(shop: Shop, vendor: GraphQLSchema) -> None:
    line = everything("LineItem")
    order = everything("Order", left_out=("lineItems", "refundLineItems", "orders"))
    node = f"{order[:-1]} lineItems {{ edges {{ node {line} }} }} }}"
    query = f'{{ orders(query: "created_at:>=2026-11-17") {{ edges {{ node {node} }} }} }}'
    assert validate(vendor, parse(query)) == []
    assert finished(shop, vendor, query)["status"] == "COMPLETED"
    written = shop.operations.all[-1].file
    assert written is not None
    lines = [json.loads(text) for text in written.read_text().splitlines()]
    assert lines
    shapes = {"Order": _selection(order), "LineItem": _selection(line)}
    for row in lines:
        kind = row["id"].split("/")[-2]
        row.pop("__parentId", None)
        assert list(_object_misfits(vendor.type_map[kind], shapes[kind], row, kind)) == []


def _selection(text: str) -> SelectionSetNode:
    definition = parse(text).definitions[0]
    assert isinstance(definition, OperationDefinitionNode)
    return definition.selection_set


def test_refusals_have_the_vendors_shape(shop: Shop, vendor: GraphQLSchema) -> None:
    payload = ask(shop, vendor, RUN, query="{ orders { nodes { id } } }")["bulkOperationRunQuery"]
    assert payload["bulkOperation"] is None
    cancel = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id } userErrors { field message } } }"
    assert ask(shop, vendor, cancel, id="gid://shopify/BulkOperation/1")["bulkOperationCancel"]["userErrors"]


def test_failures_have_the_vendors_shape(shop: Shop, vendor: GraphQLSchema) -> None:
    shop.operations.chunk = 100
    shop.operations.fail_next("TIMEOUT", chunks=1)
    failed = finished(shop, vendor, "{ orders { edges { node { id } } } }")
    shop.operations.chunk = 20_000
    assert (failed["status"], failed["errorCode"]) == ("FAILED", "TIMEOUT")
    listed = f"{{ bulkOperations(first: 10) {{ nodes {everything('BulkOperation')} pageInfo {{ hasNextPage }} }} }}"
    assert ask(shop, vendor, listed)["bulkOperations"]["nodes"]
