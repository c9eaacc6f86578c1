"""The local Shopify answers as the Admin API's documentation says, over a shop that was written by hand."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

import duckdb
import pyarrow as pa
import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from sandbox import shopify
from sandbox.company import World
from sandbox.company.tables import TABLES, VIEWS
from sandbox.faults import Faults
from sandbox.server import Sandbox
from sandbox.shopify_cost import Bucket
from sandbox.shopify_shop import Shop

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

# order, ordered, customer, index, country, visit, consent, test, cancelled, discount, shipping, tax, subtotal, total
ORDERS = """
1 '2026-11-10 09:00:00.5' 1    1    'nl' 11 true  false NULL                  12.00 4.95 17.35 95.05 100.00
2 '2026-11-11 10:00:00'   NULL NULL 'be' 12 true  false NULL                  0.00  4.95 9.54  50.05 55.00
3 '2026-11-12 11:00:00'   NULL NULL 'nl' 13 false true  NULL                  0.00  0.00 0.00  10.00 10.00
4 '2026-11-13 12:00:00'   2    1    'de' 12 false false '2026-11-14 08:00:00' 0.00  0.00 3.47  20.00 20.00
5 '2026-11-15 13:00:00'   2    2    'nl' 12 true  false '2026-11-30 08:00:00' 0.00  0.00 5.21  30.00 30.00
6 '2026-11-24 01:50:00'   1    2    'nl' 11 true  false NULL                  0.00  0.00 6.94  40.00 40.00
7 '2026-11-24 03:00:00'   1    3    'nl' 11 true  false NULL                  0.00  0.00 6.94  40.00 40.00
8 '2026-08-01 08:00:00'   3    1    'be' 12 true  false NULL                  0.00  0.00 1.74  10.00 10.00
"""
# line, order, product, quantity, price, price after discounts
LINES = """
101 1 900 2 40.00 36.00
102 1 901 1 26.05 23.05
201 2 900 1 50.05 50.05
301 3 901 1 10.00 10.00
401 4 901 1 20.00 20.00
501 5 901 1 30.00 30.00
601 6 901 1 40.00 40.00
701 7 901 1 40.00 40.00
801 8 901 1 10.00 10.00
"""
# refund, order, line, quantity, amount, refunded, known
REFUNDS = """
91 1 101 1 36.00 '2026-11-19 10:00:00' '2026-11-20 10:05:00'
91 1 102 1 23.05 '2026-11-19 10:00:00' '2026-11-20 10:05:00'
92 1 101 1 36.00 '2026-11-25 10:00:00' '2026-11-25 10:00:00'
94 4 401 1 20.00 '2026-11-14 08:00:00' '2026-11-14 08:00:00'
95 5 501 0 2.50  '2026-11-16 08:00:00' '2026-11-16 08:00:00'
"""
CUSTOMERS = """
1 '2026-11-10 08:59:00' 'nl' 'SUBSCRIBED'
2 '2026-11-13 11:59:00' 'de' NULL
3 '2026-08-01 07:59:00' 'be' 'UNSUBSCRIBED'
4 '2026-11-24 05:00:00' 'nl' 'SUBSCRIBED'
"""


class HandWorld:
    """What a server asks of a World, over the rows above."""

    def __init__(self) -> None:
        self.now = NOW
        self._database = duckdb.connect()
        for name, columns in TABLES.items():
            self._database.execute(f"CREATE TABLE {name} ({columns})")
        for name, query in VIEWS.items():
            self._database.execute(f"CREATE VIEW {name} AS {query}")
        for row in _rows(ORDERS):
            self._order(*row)
        for line, order, product, quantity, price, after in _rows(LINES):
            self._insert("order_lines", line, order, f"'SKU-{line}'", product, "'Trui \"Jan\"'", "'Truien'", quantity,
                         price, after)  # fmt: skip
        for refund in _rows(REFUNDS):
            self._insert("refunds", *refund)
        for number, created, country, consent in _rows(CUSTOMERS):
            email = f"'jan{number}@example.org'"
            self._insert("customers", number, created, "'Jan'", "'Jansen'", email, f"{country}", consent)
        self._visits()

    @property
    def clock(self) -> datetime:
        """`now` as the database knows it."""
        return self.now.replace(tzinfo=None)

    def query(self, sql: str, params: Any = None) -> list[tuple[Any, ...]]:
        """All rows."""
        return self._database.cursor().execute(sql, params).fetchall()

    def arrow(self, sql: str, params: Any = None) -> pa.Table:
        """An Arrow table."""
        return self._database.cursor().execute(sql, params).to_arrow_table()

    def _insert(self, table: str, *values: str) -> None:
        self._database.execute(f"INSERT INTO {table} VALUES ({', '.join(values)})")

    def _order(self, number: str, at: str, *more: str) -> None:
        customer, index, country, visit, consent, test, cancelled, discount, shipping, tax, subtotal, total = more
        came = ("'google'", "'cpc'", "'Merk NL'") if visit == "11" else ("'(direct)'", "'(none)'", "'(direct)'")
        head = (number, f"'#100{number}'", at, at, f"({at})::DATE", customer, index, country, "''", *came)
        tail = (visit, consent, at, test, cancelled, discount, shipping, tax, subtotal, total, "'EUR'")
        self._insert("orders", *head, *tail)

    def _visits(self) -> None:
        self._insert("country_names", "0", "'nl'")
        self._insert("device_names", "0", "'mobile'")
        self._insert("origins", "0", "'Paid Search'", "'google'", "'cpc'", "'Merk NL'")
        at = "'2026-11-10 08:50:00'"
        self._insert("visit_facts", "11", "1", "'2026-11-10'", at, at, "0", "0", "0", "true", "true", "false")


def _rows(text: str) -> list[list[str]]:
    """The words of each line; a quoted time is one word."""
    found = []
    for line in text.strip().splitlines():
        words = line.replace(" 0", "\0" + "0").replace(" 1", "\0" + "1").split()
        merged = " ".join(words).replace("\0", " ").split("'")
        found.append([word for n, part in enumerate(merged) for word in ([f"'{part}'"] if n % 2 else part.split())])
    return found


class Client:
    """Speaks to the shop's ASGI application without a network."""

    def __init__(self, world: HandWorld) -> None:
        self.world = world
        self.shop: Shop = shopify.shop_of(cast(World, world))
        self.app = Starlette(routes=[Mount("/shopify", routes=shopify.routes(cast(World, world), Faults.none()))])
        self.token = self.shop.app.issue()

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request."""
        return asyncio.run(_ask(self.app, method, path, body, {k.replace("_", "-"): v for k, v in headers.items()}))

    def post(self, query: str, /, version: str = "2026-10", **variables: Any) -> dict[str, Any]:
        """The whole body of a GraphQL answer."""
        status, _, body = self.send(
            "POST",
            f"/shopify/admin/api/{version}/graphql.json",
            json.dumps({"query": query, "variables": variables}).encode(),
            content_type="application/json",
            x_shopify_access_token=self.token,
        )
        assert status == 200
        return cast(dict[str, Any], json.loads(body))

    def data(self, query: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        answer = self.post(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def orders(self, search: str = "", fields: str = "name", **arguments: str) -> list[dict[str, Any]]:
        """The order nodes that a search finds."""
        more = "".join(f", {name}: {value}" for name, value in arguments.items())
        query = f"query($q: String) {{ orders(first: 50, query: $q{more}) {{ nodes {{ {fields} }} }} }}"
        return cast(list[dict[str, Any]], self.data(query, q=search)["orders"]["nodes"])

    def names(self, search: str = "", **arguments: str) -> list[str]:
        """The names of the orders that a search finds."""
        return [order["name"].removeprefix("#100") for order in self.orders(search, **arguments)]

    def order(self, number: int, fields: str) -> Any:
        """Fields of one order."""
        return self.data(f'{{ order(id: "gid://shopify/Order/{number}") {{ {fields} }} }}')["order"]

    def bulk(self, query: str, grouped: bool = False) -> dict[str, Any]:
        """The payload of bulkOperationRunQuery."""
        text = """mutation($query: String!, $grouped: Boolean!) {
            bulkOperationRunQuery(query: $query, groupObjects: $grouped) {
                bulkOperation { id status objectCount url } userErrors { field message code } } }"""
        return cast(dict[str, Any], self.data(text, query=query, grouped=grouped)["bulkOperationRunQuery"])

    def look(self, gid: str) -> dict[str, Any]:
        """One poll of a bulk operation."""
        fields = "id status errorCode objectCount rootObjectCount fileSize url partialDataUrl completedAt"
        return cast(dict[str, Any], self.data(f'{{ bulkOperation(id: "{gid}") {{ {fields} }} }}')["bulkOperation"])

    def finish(self, gid: str) -> dict[str, Any]:
        """Poll until the operation has ended."""
        while (seen := self.look(gid))["status"] in ("CREATED", "RUNNING", "CANCELING"):
            time.sleep(0.005)
        return seen

    def export(self, query: str, grouped: bool = False) -> list[dict[str, Any]]:
        """The lines of a finished bulk operation."""
        payload = self.bulk(query, grouped)
        assert payload["userErrors"] == []
        return self.lines(self.finish(payload["bulkOperation"]["id"])["url"])

    def lines(self, url: str) -> list[dict[str, Any]]:
        """The lines behind an address, fetched without a token."""
        parts = urlsplit(url)
        status, headers, body = self.send("GET", f"{parts.path}?{parts.query}")
        assert status == 200, body
        assert headers["content-type"] == "application/jsonl"
        return [json.loads(line) for line in body.decode().splitlines()]


async def _ask(
    app: Starlette, method: str, address: str, body: bytes, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    path, _, query = address.partition("?")
    sent: list[Message] = []
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "server": ("127.0.0.1", 1), "client": ("127.0.0.1", 2),
        "headers": [(k.encode(), v.encode()) for k, v in {"host": "shop.test", **headers}.items()],
    }  # fmt: skip

    unread: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return unread.pop() if unread else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, b"".join(message.get("body", b"") for message in sent[1:])


@pytest.fixture
def shop() -> Client:
    return Client(HandWorld())


# --- Tokens -------------------------------------------------------------------------------------------------------

GRANT = {
    "grant_type": "client_credentials",
    "client_id": "sandbox-shopify-client",
    "client_secret": "sandbox-shopify-secret",
}
FORM = "&".join(f"{name}={value}" for name, value in GRANT.items())


def _grant(shop: Client, body: str, kind: str) -> tuple[int, dict[str, Any]]:
    status, _, answer = shop.send("POST", "/shopify/admin/oauth/access_token", body.encode(), content_type=kind)
    return status, json.loads(answer)


@pytest.mark.parametrize(
    ("body", "kind"), [(FORM, "application/x-www-form-urlencoded"), (json.dumps(GRANT), "application/json")]
)
def test_a_token_is_granted_for_a_day(shop: Client, body: str, kind: str) -> None:
    status, grant = _grant(shop, body, kind)
    assert status == 200
    assert grant["expires_in"] == 86_399
    assert grant["scope"] == "read_all_orders,read_customers,read_orders,read_products"
    shop.token = grant["access_token"]
    assert shop.data("{ shop { name } }") == {"shop": {"name": "Duurzame Mode"}}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"client_secret": "guess"}, "invalid_client"),
        ({"client_id": "stranger"}, "application_cannot_be_found"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials_get_no_token(shop: Client, wrong: dict[str, str], code: str) -> None:
    status, answer = _grant(shop, json.dumps(GRANT | wrong), "application/json")
    assert (status, answer["error"]) == (400, code)


def test_an_app_without_scopes_gets_a_token_with_an_empty_scope(shop: Client) -> None:
    shop.shop.app.scopes.clear()
    assert _grant(shop, FORM, "application/x-www-form-urlencoded")[1]["scope"] == ""


GRAPHQL = "/shopify/admin/api/2026-10/graphql.json"
QUESTION = b'{"query": "{ shop { name } }"}'


def test_a_call_without_a_good_token_is_401(shop: Client) -> None:
    for headers in ({}, {"x_shopify_access_token": "shpat_guess"}):
        status, _, body = shop.send("POST", GRAPHQL, QUESTION, content_type="application/json", **headers)
        assert status == 401
        assert json.loads(body)["errors"].startswith("[API] Invalid API key or access token")


def test_a_token_dies_after_a_day(shop: Client) -> None:
    shop.shop.app.clock = lambda: time.time() + 86_401
    assert not shop.shop.app.knows(shop.token)


# --- Versions and bodies ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-10", "2026-10"), ("2026-01", "2026-01"), ("2025-01", "2026-01"), ("unstable", "unstable")],
)
def test_a_retired_version_falls_forward(shop: Client, asked: str, served: str) -> None:
    path = f"/shopify/admin/api/{asked}/graphql.json"
    status, headers, _ = shop.send("POST", path, QUESTION, x_shopify_access_token=shop.token)
    assert (status, headers["x-shopify-api-version"]) == (200, served)


@pytest.mark.parametrize("asked", ["2027-04", "2026-13", "v26.0"])
def test_a_version_that_never_was_is_not_found(shop: Client, asked: str) -> None:
    path = f"/shopify/admin/api/{asked}/graphql.json"
    assert shop.send("POST", path, QUESTION, x_shopify_access_token=shop.token)[0] == 404


def test_a_bare_query_is_understood(shop: Client) -> None:
    headers = {"content_type": "application/graphql", "x_shopify_access_token": shop.token}
    status, _, body = shop.send("POST", GRAPHQL, b"{ shop { currencyCode } }", **headers)
    assert (status, json.loads(body)["data"]["shop"]) == (200, {"currencyCode": "EUR"})


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"query": 1}'])
def test_a_body_without_a_query_is_a_bad_request(shop: Client, body: bytes) -> None:
    headers = {"content_type": "application/json", "x_shopify_access_token": shop.token}
    assert shop.send("POST", GRAPHQL, body, **headers)[0] == 400


# --- Orders as known now ------------------------------------------------------------------------------------------


def test_orders_of_the_future_are_not_there(shop: Client) -> None:
    assert shop.names() == ["8", "1", "2", "3", "4", "5", "6"]
    assert shop.order(7, "id") is None


def test_money_is_text_as_shopify_writes_it(shop: Client) -> None:
    fields = "totalPriceSet { shopMoney { amount currencyCode } } totalTaxSet { presentmentMoney { amount } }"
    assert shop.order(1, fields) == {
        "totalPriceSet": {"shopMoney": {"amount": "100.0", "currencyCode": "EUR"}},
        "totalTaxSet": {"presentmentMoney": {"amount": "17.35"}},
    }


def _amounts(shop: Client, number: int, *names: str) -> list[str]:
    order = shop.order(number, " ".join(f"{name} {{ shopMoney {{ amount }} }}" for name in names))
    return [order[name]["shopMoney"]["amount"] for name in names]


def test_each_amount_has_its_meaning(shop: Client) -> None:
    names = ("subtotalPriceSet", "totalDiscountsSet", "totalShippingPriceSet", "originalTotalPriceSet")
    assert _amounts(shop, 1, *names) == ["95.05", "12.0", "4.95", "100.0"]


def test_only_refunds_known_by_now_count(shop: Client) -> None:
    names = ("totalRefundedSet", "currentTotalPriceSet", "netPaymentSet", "totalPriceSet")
    assert _amounts(shop, 1, *names) == ["59.05", "40.95", "40.95", "100.0"]
    shop.world.now = NOW + timedelta(days=2)
    assert _amounts(shop, 1, *names) == ["95.05", "4.95", "4.95", "100.0"]


def test_a_refund_moves_updated_at(shop: Client) -> None:
    assert shop.order(1, "createdAt processedAt updatedAt") == {
        "createdAt": "2026-11-10T09:00:00Z",
        "processedAt": "2026-11-10T09:00:00Z",
        "updatedAt": "2026-11-20T10:05:00Z",
    }


def test_a_cancellation_moves_updated_at_and_shows_from_then_on(shop: Client) -> None:
    fields = "cancelledAt cancelReason updatedAt"
    assert shop.order(4, fields) == {
        "cancelledAt": "2026-11-14T08:00:00Z",
        "cancelReason": "CUSTOMER",
        "updatedAt": "2026-11-14T08:00:00Z",
    }
    assert shop.order(5, fields) == {
        "cancelledAt": None,
        "cancelReason": None,
        "updatedAt": "2026-11-16T08:00:00Z",
    }


@pytest.mark.parametrize(("number", "status"), [(1, "PARTIALLY_REFUNDED"), (2, "PAID"), (4, "REFUNDED")])
def test_the_financial_status_follows_the_refunds(shop: Client, number: int, status: str) -> None:
    assert shop.order(number, "displayFinancialStatus") == {"displayFinancialStatus": status}


def test_refunds_are_a_list_with_both_dates(shop: Client) -> None:
    fields = "refunds { id createdAt processedAt totalRefundedSet { shopMoney { amount } } }"
    assert shop.order(1, fields)["refunds"] == [
        {
            "id": "gid://shopify/Refund/91",
            "createdAt": "2026-11-20T10:05:00Z",
            "processedAt": "2026-11-19T10:00:00Z",
            "totalRefundedSet": {"shopMoney": {"amount": "59.05"}},
        }
    ]
    assert shop.order(2, "refunds { id }") == {"refunds": []}


def test_a_refunds_lines_name_the_order_line(shop: Client) -> None:
    fields = "refunds { refundLineItems(first: 5) { nodes { quantity lineItem { id currentQuantity } } } }"
    assert shop.order(1, fields)["refunds"][0]["refundLineItems"]["nodes"] == [
        {"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/101", "currentQuantity": 1}},
        {"quantity": 1, "lineItem": {"id": "gid://shopify/LineItem/102", "currentQuantity": 0}},
    ]


def test_goodwill_is_a_refund_without_lines(shop: Client) -> None:
    fields = "refunds { totalRefundedSet { shopMoney { amount } } refundLineItems(first: 5) { nodes { id } } }"
    (refund,) = shop.order(5, fields)["refunds"]
    assert refund == {"totalRefundedSet": {"shopMoney": {"amount": "2.5"}}, "refundLineItems": {"nodes": []}}


def test_lines_know_what_is_left(shop: Client) -> None:
    fields = """lineItems(first: 5) { nodes { id sku title quantity currentQuantity product { id productType }
        originalUnitPriceSet { shopMoney { amount } }
        discountedUnitPriceAfterAllDiscountsSet { shopMoney { amount } } } }"""
    first = shop.order(1, fields)["lineItems"]["nodes"][0]
    assert first == {
        "id": "gid://shopify/LineItem/101",
        "sku": "SKU-101",
        "title": 'Trui "Jan"',
        "quantity": 2,
        "currentQuantity": 1,
        "product": {"id": "gid://shopify/Product/900", "productType": "Truien"},
        "originalUnitPriceSet": {"shopMoney": {"amount": "40.0"}},
        "discountedUnitPriceAfterAllDiscountsSet": {"shopMoney": {"amount": "36.0"}},
    }


def test_a_guest_has_no_customer(shop: Client) -> None:
    assert shop.order(2, "customer { id }") == {"customer": None}


def test_test_orders_are_marked(shop: Client) -> None:
    assert [order["name"] for order in shop.orders(fields="name test") if order["test"]] == ["#1003"]


def test_the_country_is_that_of_the_shipping_address(shop: Client) -> None:
    assert shop.order(2, "shippingAddress { countryCodeV2 }") == {"shippingAddress": {"countryCodeV2": "BE"}}


JOURNEY = """customerJourneySummary { ready customerOrderIndex
    lastVisit { occurredAt utmParameters { source medium campaign } } }"""


def test_a_tagged_visit_has_utm_parameters(shop: Client) -> None:
    assert shop.order(1, JOURNEY)["customerJourneySummary"] == {
        "ready": True,
        "customerOrderIndex": 1,
        "lastVisit": {
            "occurredAt": "2026-11-10T08:50:00Z",
            "utmParameters": {"source": "google", "medium": "cpc", "campaign": "Merk NL"},
        },
    }


def test_a_direct_visit_has_none(shop: Client) -> None:
    assert shop.order(2, JOURNEY)["customerJourneySummary"]["lastVisit"]["utmParameters"] is None


def test_without_consent_no_visit_is_known(shop: Client) -> None:
    journey = shop.order(4, JOURNEY)["customerJourneySummary"]
    assert (journey["ready"], journey["customerOrderIndex"], journey["lastVisit"]) == (True, 1, None)


def test_the_journey_is_not_ready_right_after_the_order(shop: Client) -> None:
    journey = shop.order(6, JOURNEY)["customerJourneySummary"]
    assert (journey["ready"], journey["customerOrderIndex"], journey["lastVisit"]) == (False, 2, None)


# --- Customers ----------------------------------------------------------------------------------------------------

CUSTOMER = """id createdAt updatedAt numberOfOrders amountSpent { amount currencyCode }
    defaultEmailAddress { emailAddress marketingState }"""


def test_a_customer_counts_orders_and_money_as_of_now(shop: Client) -> None:
    assert shop.data(f"{{ customers(first: 5) {{ nodes {{ {CUSTOMER} }} }} }}")["customers"]["nodes"][0] == {
        "id": "gid://shopify/Customer/1",
        "createdAt": "2026-11-10T08:59:00Z",
        "updatedAt": "2026-11-24T01:50:00Z",
        "numberOfOrders": "2",
        "amountSpent": {"amount": "80.95", "currencyCode": "EUR"},
        "defaultEmailAddress": {"emailAddress": "jan1@example.org", "marketingState": "SUBSCRIBED"},
    }


def test_customers_are_found_by_the_time_of_their_last_change(shop: Client) -> None:
    query = "query($q: String) { customers(first: 5, query: $q, sortKey: UPDATED_AT) { nodes { id } } }"
    found = shop.data(query, q="updated_at:>='2026-11-15'")["customers"]["nodes"]
    assert [node["id"][-1] for node in found] == ["2", "1"]


def test_created_at_is_no_search_term_of_customers(shop: Client) -> None:
    answer = shop.post('{ customers(first: 5, query: "created_at:>2026-11-12") { nodes { id } } }')
    assert len(answer["data"]["customers"]["nodes"]) == 3
    assert answer["extensions"]["search"][0]["warnings"][0]["field"] == "created_at"
    found = shop.data('{ customers(first: 5, query: "customer_date:>2026-11-12") { nodes { id } } }')
    assert len(found["customers"]["nodes"]) == 1


def test_an_orders_customer_counts_the_same(shop: Client) -> None:
    assert shop.order(1, "customer { numberOfOrders orders(first: 5) { nodes { name } } }")["customer"] == {
        "numberOfOrders": "2",
        "orders": {"nodes": [{"name": "#1001"}, {"name": "#1006"}]},
    }


# --- Search -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("updated_at:>='2026-11-16T08:00:00Z'", "156"),
        ("updated_at:>'2026-11-16T08:00:00Z'", "156"),
        ("updated_at:<'2026-11-16T08:00:00Z'", "8234"),
        ("updated_at:<='2026-11-16T08:00:00Z'", "82345"),
        ("updated_at:>='2026-11-16T09:00:00+01:00'", "156"),
        ("updated_at:>'2026-11-16T08:00:01Z' AND updated_at:<='2026-11-23T00:00:00Z'", "1"),
        ("created_at:2026-11-11", "2"),
        ("created_at:>=2026-11-24", "6"),
        ("created_at:<2026-11-24 created_at:>=2026-11-13", "45"),
        ("processed_at:'2026-11-10T09:00:00Z'", "1"),
        ("test:true", "3"),
        ("test:false created_at:<2026-11-13", "812"),
        ("-test:true AND NOT status:cancelled", "81256"),
        ("name:#1002 OR name:1003", "2"),
        ("(name:#1002 OR test:true) -created_at:2026-11-12", "2"),
        ("financial_status:refunded", "4"),
        ("financial_status:paid,refunded customer_id:2", "4"),
        ("customer_id:'gid://shopify/Customer/2'", "45"),
        ("id:>=5", "856"),
        ("email:jan2@example.org", "45"),
        ("email:*", "81456"),
        ("1002", "2"),
    ],
)
def test_a_search_finds(shop: Client, search: str, found: str) -> None:
    assert sorted(shop.names(search)) == sorted(found)


def test_dates_are_days_of_the_shop(shop: Client) -> None:
    assert shop.names("created_at:2026-11-24") == ["6"]
    shop.world.now = NOW.replace(hour=23)
    assert shop.names("created_at:2026-11-24") == ["6", "7"]


def test_unknown_terms_are_ignored_with_a_warning(shop: Client) -> None:
    answer = shop.post('{ orders(first: 9, query: "colour:red AND test:true") { nodes { name } } }')
    assert [node["name"] for node in answer["data"]["orders"]["nodes"]] == ["#1003"]
    assert answer["extensions"]["search"] == [
        {
            "path": ["orders"],
            "query": "colour:red AND test:true",
            "parsed": {"and": [{"field": "colour", "match_all": "red"}, {"field": "test", "match_all": "true"}]},
            "warnings": [
                {"field": "colour", "message": "Invalid search field for this query.", "code": "invalid_field"}
            ],
        }
    ]


def test_an_unquoted_time_is_cut_at_its_colon(shop: Client) -> None:
    answer = shop.post('{ orders(first: 9, query: "updated_at:>=2026-11-20T10:30:00Z") { nodes { name } } }')
    assert [node["name"] for node in answer["data"]["orders"]["nodes"]] == ["#1001", "#1006"]
    assert answer["extensions"]["search"][0]["warnings"][0]["field"] == "30"


def test_a_time_that_is_none_is_an_error(shop: Client) -> None:
    (error,) = shop.post('{ orders(first: 9, query: "updated_at:>=yesterday") { nodes { name } } }')["errors"]
    assert error["message"] == "Invalid timestamp for query filter `updated_at`."


def test_terms_that_the_sandbox_lacks_are_not_ignored(shop: Client) -> None:
    (error,) = shop.post('{ orders(first: 9, query: "sales_channel:x") { nodes { name } } }')["errors"]
    assert error["extensions"]["code"] == "NOT_SIMULATED"


def test_orders_are_counted(shop: Client) -> None:
    query = (
        '{ all: ordersCount { count precision } some: ordersCount(limit: 2, query: "test:false") { count precision } }'
    )
    assert shop.data(query) == {
        "all": {"count": 7, "precision": "EXACT"},
        "some": {"count": 2, "precision": "AT_LEAST"},
    }


# --- Sorting and paging -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "order"),
    [("UPDATED_AT", "8234516"), ("ID", "1234568"), ("TOTAL_PRICE", "3845621"), ("PROCESSED_AT", "8123456")],
)
def test_orders_are_sorted(shop: Client, key: str, order: str) -> None:
    assert "".join(shop.names(sortKey=key)) == order
    assert "".join(shop.names(sortKey=key, reverse="true")) == order[::-1]


PAGE = """query($after: String, $before: String, $first: Int, $last: Int) {
    orders(first: $first, after: $after, last: $last, before: $before, sortKey: UPDATED_AT) {
        edges { cursor node { name } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


def test_pages_follow_each_other_without_gap(shop: Client) -> None:
    seen, after = "", None
    while True:
        page = shop.data(PAGE, first=2, after=after)["orders"]
        seen += "".join(edge["node"]["name"][-1] for edge in page["edges"])
        assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert seen == "8234516"


def test_pages_can_be_read_backwards(shop: Client) -> None:
    last = shop.data(PAGE, last=3)["orders"]
    assert [edge["node"]["name"][-1] for edge in last["edges"]] == ["5", "1", "6"]
    assert (last["pageInfo"]["hasPreviousPage"], last["pageInfo"]["hasNextPage"]) == (True, False)
    before = shop.data(PAGE, last=3, before=last["pageInfo"]["startCursor"])["orders"]
    assert [edge["node"]["name"][-1] for edge in before["edges"]] == ["2", "3", "4"]


def test_an_order_that_changes_between_two_pages_comes_again(shop: Client) -> None:
    first = shop.data(PAGE, first=5)["orders"]["pageInfo"]["endCursor"]
    shop.world.now = NOW + timedelta(days=7)
    rest = shop.data(PAGE, first=9, after=first)["orders"]["edges"]
    assert [edge["node"]["name"][-1] for edge in rest] == ["6", "7", "1", "5"]


def test_a_cursor_dies_with_its_sort(shop: Client) -> None:
    cursor = shop.data(PAGE, first=2)["orders"]["pageInfo"]["endCursor"]
    query = f'{{ orders(first: 2, after: "{cursor}", sortKey: ID) {{ nodes {{ id }} }} }}'
    answer = shop.post(query)
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == "Invalid cursor for current pagination sort."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "you must provide one of first or last"),
        ("(first: 1, last: 1)", "providing both first and last is not supported"),
        ("(first: 251)", "first cannot exceed 250"),
        ('(first: 1, after: "xyz")', "Invalid cursor for current pagination sort."),
    ],
)
def test_bad_paging_arguments_are_refused(shop: Client, arguments: str, message: str) -> None:
    answer = shop.post(f"{{ orders{arguments} {{ nodes {{ id }} }} }}")
    assert answer["data"] is None
    assert answer["errors"][0]["message"] == message
    assert answer["errors"][0]["path"] == ["orders"]


def test_nested_connections_page_too(shop: Client) -> None:
    fields = "lineItems(first: 1{}) {{ edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }}"
    first = shop.order(1, fields.format(""))["lineItems"]
    assert first["pageInfo"] == {"hasNextPage": True, "endCursor": first["edges"][0]["cursor"]}
    second = shop.order(1, fields.format(f', after: "{first["pageInfo"]["endCursor"]}"'))["lineItems"]
    assert second["edges"][0]["node"]["id"] == "gid://shopify/LineItem/102"
    assert second["pageInfo"]["hasNextPage"] is False


# --- GraphQL itself -----------------------------------------------------------------------------------------------


def test_aliases_fragments_and_directives_work(shop: Client) -> None:
    query = """query($no: Boolean!) { a: shop { ...Facts } orders(first: 1) {
        __typename nodes { __typename title: name ... on Node { id } note @include(if: $no) test @skip(if: true) } } }
        fragment Facts on Shop { zone: ianaTimezone __typename }"""
    assert shop.data(query, no=False) == {
        "a": {"zone": "Europe/Amsterdam", "__typename": "Shop"},
        "orders": {
            "__typename": "OrderConnection",
            "nodes": [{"__typename": "Order", "title": "#1008", "id": "gid://shopify/Order/8"}],
        },
    }


def test_nodes_are_found_by_global_id(shop: Client) -> None:
    query = """{ nodes(ids: ["gid://shopify/Order/1", "gid://shopify/Refund/91", "gid://shopify/LineItem/101",
        "gid://shopify/Order/7"]) { __typename id ... on Order { name } ... on LineItem { quantity } } }"""
    assert shop.data(query)["nodes"] == [
        {"__typename": "Order", "id": "gid://shopify/Order/1", "name": "#1001"},
        {"__typename": "Refund", "id": "gid://shopify/Refund/91"},
        {"__typename": "LineItem", "id": "gid://shopify/LineItem/101", "quantity": 2},
        None,
    ]


@pytest.mark.parametrize(
    ("gid", "message"),
    [("7", "Invalid global id '7'"), ("gid://shopify/Product/1", "Invalid id: gid://shopify/Product/1")],
)
def test_a_wrong_global_id_is_an_error(shop: Client, gid: str, message: str) -> None:
    answer = shop.post(f'{{ order(id: "{gid}") {{ id }} shop {{ name }} }}')
    assert answer["data"] == {"order": None, "shop": {"name": "Duurzame Mode"}}
    assert answer["errors"][0]["message"] == message


def test_the_schema_can_be_asked(shop: Client) -> None:
    answer = shop.data('{ __type(name: "MoneyV2") { fields { name } } }')
    assert answer["__type"]["fields"] == [{"name": "amount"}, {"name": "currencyCode"}]


def test_a_syntax_error_is_told(shop: Client) -> None:
    answer = shop.post("{ orders(")
    assert answer == {"errors": [{"message": "syntax error, unexpected end of file at [1, 10]"}]}


def test_an_undefined_field_is_told(shop: Client) -> None:
    assert shop.post("query Q { orders(first: 1) { nodes { colour } } }") == {
        "errors": [
            {
                "message": "Field 'colour' doesn't exist on type 'Order'",
                "locations": [{"line": 1, "column": 38}],
                "path": ["query Q", "orders", "nodes", "colour"],
                "extensions": {"code": "undefinedField", "typeName": "Order", "fieldName": "colour"},
            }
        ]
    }


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ orders(first: 1, colour: 2) { nodes { id } } }", "argumentNotAccepted"),
        ("{ orders(first: 1) { nodes } }", "selectionMismatch"),
        ("query($n: Int!) { orders(first: $n) { nodes { id } } }", "INVALID_VARIABLE"),
    ],
)
def test_other_mistakes_have_a_code(shop: Client, query: str, code: str) -> None:
    assert shop.post(query)["errors"][0]["extensions"]["code"] == code


# --- Access -------------------------------------------------------------------------------------------------------


def test_without_the_scope_a_list_is_denied(shop: Client) -> None:
    shop.shop.app.scopes.discard("read_customers")
    answer = shop.post("{ customers(first: 1) { nodes { id } } }")
    assert answer["data"] is None
    assert answer["errors"][0] == {
        "message": "Access denied for customers field. Required access: `read_customers` access scope.",
        "locations": [{"line": 1, "column": 3}],
        "path": ["customers"],
        "extensions": {
            "code": "ACCESS_DENIED",
            "documentation": "https://shopify.dev/api/usage/access-scopes",
            "requiredAccess": "`read_customers` access scope.",
        },
    }


def test_without_the_scope_a_nested_object_is_null_at_each_place(shop: Client) -> None:
    shop.shop.app.scopes.discard("read_customers")
    answer = shop.post("{ orders(first: 2) { nodes { name customer { id } } } }")
    assert [node["customer"] for node in answer["data"]["orders"]["nodes"]] == [None, None]
    assert [error["path"] for error in answer["errors"]] == [
        ["orders", "nodes", 0, "customer"],
        ["orders", "nodes", 1, "customer"],
    ]


def test_personal_data_needs_approval(shop: Client) -> None:
    shop.shop.app.personal_data.discard("email")
    answer = shop.post("{ customers(first: 1) { nodes { id defaultEmailAddress { emailAddress } } } }")
    assert answer["data"]["customers"]["nodes"] == [{"id": "gid://shopify/Customer/1", "defaultEmailAddress": None}]
    (error,) = answer["errors"]
    assert error["message"].startswith("This app is not approved to use the defaultEmailAddress field.")
    assert error["extensions"]["code"] == "ACCESS_DENIED"


def test_customers_themselves_need_approval(shop: Client) -> None:
    shop.shop.app.protected_data = False
    answer = shop.post("{ customers(first: 1) { nodes { id } } }")
    assert answer["data"] is None
    assert "not approved to access the Customer object" in answer["errors"][0]["message"]


def test_without_read_all_orders_only_sixty_days_show(shop: Client) -> None:
    shop.shop.app.scopes.discard("read_all_orders")
    assert shop.names() == ["1", "2", "3", "4", "5", "6"]
    assert shop.order(8, "id") is None
    nested = shop.data('{ customer(id: "gid://shopify/Customer/3") { orders(first: 5) { nodes { id } } } }')
    assert nested["customer"]["orders"]["nodes"] == []


def test_an_app_can_ask_what_it_was_granted(shop: Client) -> None:
    scopes = shop.data("{ currentAppInstallation { accessScopes { handle } } }")["currentAppInstallation"]
    assert {scope["handle"] for scope in scopes["accessScopes"]} == shop.shop.app.scopes


# --- Points -------------------------------------------------------------------------------------------------------

DAILY = """query($first: Int!) { orders(first: $first, sortKey: UPDATED_AT) {
  nodes { id name createdAt processedAt updatedAt cancelledAt test currencyCode displayFinancialStatus sourceName
   totalPriceSet{shopMoney{amount currencyCode}} currentTotalPriceSet{shopMoney{amount}}
   subtotalPriceSet{shopMoney{amount}} totalDiscountsSet{shopMoney{amount}} totalTaxSet{shopMoney{amount}}
   totalShippingPriceSet{shopMoney{amount}} totalRefundedSet{shopMoney{amount}} netPaymentSet{shopMoney{amount}}
   customer{id numberOfOrders}
   customerJourneySummary{ready customerOrderIndex lastVisit{utmParameters{source medium campaign}}}
   refunds{id createdAt processedAt updatedAt totalRefundedSet{shopMoney{amount}}} }
  pageInfo{hasNextPage endCursor} } }"""


def _cost(answer: dict[str, Any]) -> dict[str, Any]:
    return cast(dict[str, Any], answer["extensions"]["cost"])


def test_a_query_costs_what_it_asks_and_gets_back_what_it_did_not_need(shop: Client) -> None:
    shop.shop.bucket.clock = lambda: 0.0
    cost = _cost(shop.post(DAILY, first=100))
    assert cost["requestedQueryCost"] == 212
    assert cost["actualQueryCost"] < 100
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 2000 - cost["actualQueryCost"], "restoreRate": 100.0}
    assert cost["throttleStatus"] == status


def test_an_empty_bucket_throttles_with_http_200_until_it_has_refilled(shop: Client) -> None:
    now = 0.0
    shop.shop.bucket = Bucket(clock=lambda: now)
    shop.shop.bucket.empty()
    answer = shop.post(DAILY, first=100)
    documentation = "https://shopify.dev/api/usage/rate-limits"
    assert answer["errors"] == [
        {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": documentation}}
    ]
    assert _cost(answer) == {
        "requestedQueryCost": 212,
        "actualQueryCost": None,
        "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": 100.0},
    }
    now = 2.12
    assert "errors" not in shop.post(DAILY, first=100)


def test_a_query_of_more_than_a_thousand_points_is_refused(shop: Client) -> None:
    money = "{ shopMoney { amount } }"
    lines = f"lineItems(first: 250) {{ nodes {{ id product {{ id }} originalUnitPriceSet {money} }} }}"
    refunds = f"refunds {{ refundLineItems(first: 250) {{ nodes {{ lineItem {{ id }} subtotalSet {money} }} }} }}"
    customer = "customer { orders(first: 250) { nodes { id } } }"
    query = f"{{ orders(first: 250) {{ nodes {{ {lines} {refunds} {customer} }} }} }}"
    (error,) = shop.post(query)["errors"]
    assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert error["extensions"]["maxCost"] == 1000
    assert error["message"].startswith(f"Query cost is {error['extensions']['cost']}, which exceeds")


def test_a_mutation_costs_ten(shop: Client) -> None:
    answer = shop.post(
        'mutation { bulkOperationCancel(id: "gid://shopify/BulkOperation/1") { userErrors { message } } }'
    )
    assert _cost(answer)["requestedQueryCost"] == 10


# --- Bulk operations ----------------------------------------------------------------------------------------------

BULK = """{ orders(query: "updated_at:>=2026-11-01") { edges { node { id name refunds { id }
    customer { id } lineItems { edges { node { id quantity } } } } } } }"""


def test_a_bulk_operation_is_created_runs_and_completes(shop: Client) -> None:
    started = shop.bulk(BULK)["bulkOperation"]
    assert (started["status"], started["url"]) == ("CREATED", None)
    assert shop.look(started["id"])["status"] == "RUNNING"
    done = shop.finish(started["id"])
    assert done["status"] == "COMPLETED"
    assert (done["rootObjectCount"], done["objectCount"]) == ("6", "13")
    assert done["completedAt"] == "2026-11-24T02:00:00Z"
    assert len(shop.send("GET", done["url"].removeprefix("http://shop.test"))[2]) == int(done["fileSize"])


def test_children_name_their_parent(shop: Client) -> None:
    lines = shop.export(BULK)
    orders = {line["id"]: line for line in lines if "__parentId" not in line}
    items = [line for line in lines if "__parentId" in line]
    assert orders["gid://shopify/Order/1"] == {
        "id": "gid://shopify/Order/1",
        "name": "#1001",
        "refunds": [{"id": "gid://shopify/Refund/91"}],
        "customer": {"id": "gid://shopify/Customer/1"},
    }
    assert {"id": "gid://shopify/LineItem/101", "quantity": 2, "__parentId": "gid://shopify/Order/1"} in items
    assert {item["__parentId"] for item in items} == set(orders)


def test_no_order_is_kept_unless_asked_for(shop: Client) -> None:
    assert "__parentId" in shop.export(BULK)[0]
    grouped = shop.export(BULK, grouped=True)
    parent = None
    for line in grouped:
        parent = line["id"] if "__parentId" not in line else parent
        assert line.get("__parentId", parent) == parent
    assert len(grouped) == 13


def test_two_levels_of_nesting_are_exported(shop: Client) -> None:
    orders = "orders { edges { node { id lineItems { edges { node { id } } } } } }"
    query = f"{{ customers {{ edges {{ node {{ id {orders} }} }} }} }}"
    for grouped in (False, True):
        lines = shop.export(query, grouped)
        parents = {line["id"]: line.get("__parentId") for line in lines}
        assert parents["gid://shopify/LineItem/801"] == "gid://shopify/Order/8"
        assert parents["gid://shopify/Order/8"] == "gid://shopify/Customer/3"
        assert "gid://shopify/Order/7" not in parents
        assert len(lines) == 3 + 5 + 6


def test_chunks_make_no_difference(shop: Client) -> None:
    whole = shop.export(BULK)
    shop.shop.operations.chunk = 2
    assert sorted(map(json.dumps, shop.export(BULK))) == sorted(map(json.dumps, whole))


def test_an_export_shows_what_a_page_shows(shop: Client) -> None:
    fields = DAILY.partition("nodes {")[2].partition("}\n  pageInfo")[0]
    nodes = shop.data(DAILY, first=50)["orders"]["nodes"]
    lines = shop.export(f"{{ orders {{ edges {{ node {{ {fields} }} }} }} }}")
    assert sorted(lines, key=lambda line: str(line["id"])) == sorted(nodes, key=lambda node: str(node["id"]))


def test_an_export_is_a_view_of_its_start(shop: Client) -> None:
    shop.shop.operations.gate.clear()
    gid = shop.bulk(BULK)["bulkOperation"]["id"]
    shop.world.now = NOW + timedelta(hours=2)
    shop.shop.operations.gate.set()
    assert shop.finish(gid)["rootObjectCount"] == "6"


def test_an_export_of_nothing_has_no_address(shop: Client) -> None:
    gid = shop.bulk('{ orders(query: "name:none") { edges { node { id } } } }')["bulkOperation"]["id"]
    done = shop.finish(gid)
    assert (done["status"], done["objectCount"], done["url"]) == ("COMPLETED", "0", None)


def test_page_sizes_are_ignored_in_bulk(shop: Client) -> None:
    assert len(shop.export("{ orders(first: 1) { edges { node { id } } } }")) == 7


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "Invalid bulk query: syntax error, unexpected end of file"),
        ("mutation { bulkOperationCancel(id: 1) { userErrors { message } } }",
         "Invalid operation type. Only `query` operations are supported."),
        ("query($n: Int) { orders(first: $n) { edges { node { id } } } }", "Bulk queries cannot contain variables."),
        ("{ shop { name } }", "Bulk queries must contain at least one connection."),
        ("{ orders { nodes { id } } }", "All connection fields in a bulk query must select their contents"),
        ("{ orders { edges { node { name lineItems { edges { node { id } } } } } } }",
         "The parent 'node' field for a nested connection must select the 'id' field"),
        ("{ orders { edges { node { number: id id: name lineItems { edges { node { id } } } } } } }",
         "The parent 'node' field for a nested connection must select the 'id' field"),
        ("{ orders { edges { node { id refunds { id refundLineItems { edges { node { id } } } } } } } }",
         "Queries that contain a connection field within a list field are not currently supported."),
        ("{ customers { edges { node { id orders { edges { node { id customer { id orders { edges { node { id "
         "lineItems { edges { node { id } } } } } } } } } } } } } }",
         "Bulk queries cannot contain connections with a nesting depth greater than 2."),
        ("{ orders { edges { node { id " + "".join(f"l{n}: lineItems {{ edges {{ node {{ id }} }} }} " for n in "12345")
         + "} } } }", "Bulk queries cannot contain more than 5 connections."),
        ("{ orders { edges { node { id } } } customers { edges { node { id } } } }",
         "Bulk queries must contain a single top level field."),
        ("{ orders { edges { node { colour } } } }",
         "Invalid bulk query: Field 'colour' doesn't exist on type 'Order'"),
    ],
)  # fmt: skip
def test_a_bulk_query_is_refused(shop: Client, query: str, message: str) -> None:
    payload = shop.bulk(query)
    assert payload["bulkOperation"] is None
    error = payload["userErrors"][0]
    assert error["message"].startswith(message)
    assert (error["field"], error["code"]) == (["query"], "INVALID")


def test_five_operations_run_at_a_time(shop: Client) -> None:
    shop.shop.operations.gate.clear()
    running = [shop.bulk(BULK)["bulkOperation"]["id"] for _ in range(5)]
    (error,) = shop.bulk(BULK)["userErrors"]
    assert (error["field"], error["code"]) == (None, "OPERATION_IN_PROGRESS")
    assert error["message"].endswith(f"is already in progress: {', '.join(running)}.")
    shop.shop.operations.gate.set()
    assert [shop.finish(gid)["status"] for gid in running] == ["COMPLETED"] * 5
    assert shop.bulk(BULK)["userErrors"] == []


CANCEL = "mutation($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { status } userErrors { field message } } }"


def test_an_operation_can_be_cancelled(shop: Client) -> None:
    shop.shop.operations.gate.clear()
    gid = shop.bulk(BULK)["bulkOperation"]["id"]
    assert shop.data(CANCEL, id=gid)["bulkOperationCancel"]["bulkOperation"] == {"status": "CANCELING"}
    assert shop.look(gid)["status"] == "CANCELED"
    shop.shop.operations.gate.set()
    assert shop.look(gid)["url"] is None


def test_what_has_ended_cannot_be_cancelled(shop: Client) -> None:
    gid = shop.bulk(BULK)["bulkOperation"]["id"]
    shop.finish(gid)
    (error,) = shop.data(CANCEL, id=gid)["bulkOperationCancel"]["userErrors"]
    assert error["message"] == "A bulk operation cannot be canceled when it is completed"


def test_a_failed_operation_leaves_partial_data(shop: Client) -> None:
    shop.shop.operations.chunk = 2
    shop.shop.operations.fail_next("TIMEOUT", chunks=1)
    failed = shop.finish(shop.bulk(BULK)["bulkOperation"]["id"])
    assert (failed["status"], failed["errorCode"], failed["url"]) == ("FAILED", "TIMEOUT", None)
    assert failed["rootObjectCount"] == "2"
    assert len([line for line in shop.lines(failed["partialDataUrl"]) if "__parentId" not in line]) == 2


def test_an_operation_that_fails_at_once_has_no_data(shop: Client) -> None:
    shop.shop.operations.fail_next()
    failed = shop.finish(shop.bulk(BULK)["bulkOperation"]["id"])
    assert (failed["status"], failed["errorCode"]) == ("FAILED", "INTERNAL_SERVER_ERROR")
    assert failed["partialDataUrl"] is None


def test_an_operation_fails_where_access_is_denied(shop: Client) -> None:
    shop.shop.app.scopes.discard("read_customers")
    failed = shop.finish(shop.bulk("{ customers { edges { node { id } } } }")["bulkOperation"]["id"])
    assert (failed["status"], failed["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_results_lie_behind_a_signature_for_seven_days(shop: Client) -> None:
    url = shop.finish(shop.bulk(BULK)["bulkOperation"]["id"])["url"].removeprefix("http://shop.test")
    assert shop.send("GET", url)[0] == 200
    assert shop.send("GET", url[:-1] + ("0" if url[-1] != "0" else "1"))[0] == 403
    shop.world.now = NOW + timedelta(days=7, seconds=1)
    assert shop.send("GET", url)[0] == 403


def test_operations_are_listed_newest_first(shop: Client) -> None:
    first, second = (shop.bulk(BULK)["bulkOperation"]["id"] for _ in range(2))
    shop.finish(first)
    shop.finish(second)
    query = """{ currentBulkOperation { id } none: bulkOperations(first: 5, query: "status:running") { nodes { id } }
        bulkOperations(first: 1, query: "status:completed operation_type:query") {
            nodes { id } pageInfo { hasNextPage } } }"""
    assert shop.data(query) == {
        "currentBulkOperation": {"id": second},
        "none": {"nodes": []},
        "bulkOperations": {"nodes": [{"id": second}], "pageInfo": {"hasNextPage": True}},
    }


# --- Over a real world --------------------------------------------------------------------------------------------


Served = tuple[World, Callable[[str], dict[str, Any]]]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """A simulated company of some weeks behind the real server, and a way to ask it."""
    world = World(seed=3, scale=4.0, first_day=date(2026, 10, 12), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as sandbox, requests.Session() as session:
        base = sandbox.url("shopify")
        grant = session.post(f"{base}/admin/oauth/access_token", data=GRANT, timeout=10).json()
        session.headers["X-Shopify-Access-Token"] = grant["access_token"]

        def ask(query: str) -> dict[str, Any]:
            answer = session.post(f"{base}/admin/api/2026-10/graphql.json", json={"query": query}, timeout=30)
            return cast(dict[str, Any], answer.json()["data"])

        yield world, ask


def _exported(ask: Callable[[str], dict[str, Any]], inner: str) -> list[dict[str, Any]]:
    started = ask(f"mutation {{ bulkOperationRunQuery(query: {json.dumps(inner)}) {{ bulkOperation {{ id }} }} }}")
    gid = started["bulkOperationRunQuery"]["bulkOperation"]["id"]
    poll = f'{{ bulkOperation(id: "{gid}") {{ status url }} }}'
    while (seen := ask(poll)["bulkOperation"])["status"] in ("CREATED", "RUNNING"):
        time.sleep(0.02)
    assert seen["status"] == "COMPLETED"
    return [json.loads(line) for line in requests.get(seen["url"], timeout=30).text.splitlines()]


def test_an_export_adds_up_to_the_world(served: Served) -> None:
    world, ask = served
    money = "totalPriceSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }"
    lines = "lineItems { edges { node { id quantity currentQuantity } } }"
    rows = _exported(ask, f"{{ orders {{ edges {{ node {{ id {money} {lines} }} }} }} }}")
    orders = [row for row in rows if "__parentId" not in row]
    items = [row for row in rows if "__parentId" in row]
    cents = [sum(round(float(o[name]["shopMoney"]["amount"]) * 100) for o in orders) for name in
             ("totalPriceSet", "totalRefundedSet")]  # fmt: skip
    known = "SELECT {} FROM {} WHERE known_at <= ?"
    count, total = world.query(known.format("count(*), sum(total) * 100", "orders"), [world.clock])[0]
    refunded, back = world.query(known.format("sum(amount) * 100, sum(quantity)", "refunds"), [world.clock])[0]
    assert (len(orders), cents) == (count, [total, refunded])
    assert sum(item["quantity"] - item["currentQuantity"] for item in items) == back


def test_five_thousand_orders_are_exported_within_seconds(
    served: tuple[World, Callable[[str], dict[str, Any]]],
) -> None:
    _, ask = served
    fields = DAILY.partition("nodes {")[2].partition("}\n  pageInfo")[0]
    items = "lineItems { edges { node { id quantity currentQuantity sku title product { id productType } } } }"
    started = time.perf_counter()
    rows = _exported(ask, f"{{ orders {{ edges {{ node {{ {fields} {items} }} }} }} }}")
    assert time.perf_counter() - started < 5.0
    assert sum("__parentId" not in row for row in rows) > 5_000
