"""Our GraphQL documents, as sent, judged by the vendor's schema of the version that we ask.

Not judged, as the schema does not tell it: the token request, and what a bulk query may nest.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_variable_values,
    parse,
    specified_rules,
    validate,
    visit,
)

from connectors.load import Load
from connectors.shopify import _NEEDED_SCOPES
from connectors.shopify_pages import Pager
from connectors.shopify_records import ORDER_LINES
from sandbox.server import Sandbox
from sandbox.shopify_shop import shop_of
from tests.contract.our_requests import Night, Sent, connector, recording, run, since
from tests.contract.shopify_schema import VERSION, vendor_file, vendor_schema

Asked = tuple[str, dict[str, Any]]
"""A document and its variables."""
_SHORT = replace(ORDER_LINES, child_rows=1)


@pytest.fixture(scope="module")
def vendor() -> GraphQLSchema:
    return vendor_schema()


@pytest.fixture(scope="module")
def sent(now_sandbox: Sandbox, night: Callable[[str], Night], tmp_path_factory: pytest.TempPathFactory) -> list[Sent]:
    """A night by client id and secret, one by a static token, and lines that do not fit the page of their order."""
    token = {"access_token": shop_of(now_sandbox.world).app.issue(), "client_id": None, "client_secret": None}
    with recording(now_sandbox) as by_token:
        source: Any = connector("shopify", now_sandbox, tmp_path_factory.mktemp("token"), **token)
        run(source)
        for _rows in Pager(source.api(source.accounts[0]), _SHORT, Load()).rows(f"{since(7).start}T00:00:00Z"):
            pass
    return [*night("shopify").api("shopify"), *by_token.api("shopify")]


@pytest.fixture(scope="module")
def asked(sent: list[Sent]) -> list[Asked]:
    """Every document that was sent, and those inside: queries to be run in bulk."""
    documents = [(it.json["query"], it.json["variables"]) for it in sent if it.path.endswith("/graphql.json")]
    in_bulk: list[Asked] = [
        (variables["query"], {}) for text, variables in documents if "bulkOperationRunQuery" in text
    ]
    return documents + in_bulk


def misfits(vendor: GraphQLSchema, text: str, variables: dict[str, Any]) -> list[str]:
    """What the vendor's schema holds against a document and its variables, the use of deprecated fields included."""
    document = parse(text)
    found = [error.message for error in validate(vendor, document, [*specified_rules, NoDeprecatedCustomRule])]
    [operation] = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    values = get_variable_values(vendor, operation.variable_definitions, variables)
    names = {it.variable.name.value for it in operation.variable_definitions}
    strange = [f"the variable {name} is not declared" for name in variables if name not in names]
    return found + strange + ([error.message for error in values] if isinstance(values, list) else [])


def opened(vendor: GraphQLSchema, text: str) -> set[str]:
    """Names of the types and `Type.field`s that a document reads."""
    info, names = TypeInfo(vendor), set[str]()

    class Reader(Visitor):
        def enter_field(self, node: FieldNode, *_rest: Any) -> None:
            owner, kind = info.get_parent_type(), get_named_type(info.get_type())
            assert owner is not None
            assert kind is not None
            names.add(f"{owner.name}.{node.name.value}")
            names.add(kind.name)

    visit(parse(text), TypeInfoVisitor(info, Reader()))
    return names


def scopes_to_open(names: set[str]) -> list[set[str]]:
    """For each of the names that needs a scope, the scopes of which one is needed."""
    items = vendor_file()["offline_scopes"]["items"]
    needed = {".".join(filter(None, (it["typeName"], it.get("fieldName")))): it["offlineScopes"] for it in items}
    return [set(needed[name]) for name in names if needed.get(name)]


def search_names(vendor: GraphQLSchema, root: str) -> set[str]:
    """What the `query` of a connection can filter on, by the table in its description."""
    assert vendor.query_type is not None
    told = vendor.query_type.fields[root].args["query"].description or ""
    return set(re.findall(r"^\| (\w+) \|", told, re.MULTILINE)) - {"name"}


def test_every_kind_of_document_is_sent(asked: list[Asked]) -> None:
    kinds = {re.sub(r"\W+", " ", text).strip().split(" ")[1] for text, _ in asked if not text.startswith("{")}
    assert kinds == {"Shop", "Scopes", "Page", "Children", "Run", "Poll"}
    assert len({re.sub("'.*?'", "", text) for text, _ in asked if text.startswith("{")}) == 4


def test_every_document_is_valid_by_the_vendors_schema(vendor: GraphQLSchema, asked: list[Asked]) -> None:
    assert [misfits(vendor, text, variables) for text, variables in asked] == [[]] * len(asked)


def test_the_version_asked_is_that_of_the_schema(sent: list[Sent]) -> None:
    paths = {it.path for it in sent if it.path.endswith("/graphql.json")}
    assert paths == {f"/admin/api/{VERSION}/graphql.json"}


def test_the_scopes_that_we_ask_for_open_everything_that_we_read(vendor: GraphQLSchema, asked: list[Asked]) -> None:
    names = set[str]().union(*(opened(vendor, text) for text, _ in asked))
    needed = scopes_to_open(names)
    assert needed
    assert [scopes for scopes in needed if not scopes & set(_NEEDED_SCOPES)] == []
    assert set(_NEEDED_SCOPES) <= set[str]().union(*needed)


def test_searches_filter_on_what_the_vendor_lists(vendor: GraphQLSchema, asked: list[Asked]) -> None:
    terms = [(text, variables["query"]) for text, variables in asked if "($first" in text and "query" in variables]
    terms += [(text, text.split('"')[1]) for text, _ in asked if text.startswith("{")]
    assert len(terms) > 4
    for text, term in terms:
        root = "customers" if "customers(" in text else "orders"
        assert set(re.findall(r"(\w+):[<>=]", term)) <= search_names(vendor, root)


@pytest.mark.parametrize(
    ("text", "variables", "found"),
    [
        ("{ orders(first: 1) { nodes { totalPrise } } }", {}, "Cannot query field 'totalPrise' on type 'Order'"),
        ("{ orders(first: 1) { nodes { totalPrice } } }", {}, "The field Order.totalPrice is deprecated"),
        ("query A($n: Int!) { orders(first: $n) { nodes { id } } }", {}, "'$n' of required type 'Int!'"),
        ("query A($n: Int!) { orders(first: $n) { nodes { id } } }", {"n": "5"}, "Int cannot represent"),
        ("{ shop { name } }", {"x": 1}, "the variable x is not declared"),
    ],
)
def test_the_judge_sees(vendor: GraphQLSchema, text: str, variables: dict[str, Any], found: str) -> None:
    assert any(found in error for error in misfits(vendor, text, variables))


def test_the_judge_sees_a_missing_scope(vendor: GraphQLSchema) -> None:
    asked = opened(vendor, "{ orders(first: 1) { nodes { fulfillmentOrders(first: 1) { nodes { id } } } } }")
    assert any(not scopes & set(_NEEDED_SCOPES) for scopes in scopes_to_open(asked))


def test_the_judge_sees_an_unknown_search(vendor: GraphQLSchema) -> None:
    assert "updated_at" in search_names(vendor, "orders")
    assert "changed_at" not in search_names(vendor, "orders")
