"""A small shop for tests: it answers the connector's questions from lists of records, by the page and in bulk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from connectors.connector import Company
from connectors.load import Load
from connectors.secret import Secret
from connectors.shopify import Shopify, ShopifySettings
from connectors.shopify_bulk import Patience
from connectors.stream import Window
from tests.http_server import Answer, Request, Server

SHOP = "duurzame-mode.myshopify.com"
ALL_SCOPES = "read_orders,read_all_orders,read_customers,read_products"
TODAY = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
LAST_NIGHT = Window(TODAY - timedelta(days=2), TODAY - timedelta(days=1))
HISTORY = Window(TODAY - timedelta(days=50), TODAY - timedelta(days=1))
Record = dict[str, Any]
Respond = Callable[[Request], Answer | None]


def at(days_ago: int = 1, clock: str = "09:00:00") -> str:
    return f"{TODAY - timedelta(days=days_ago)}T{clock}Z"


def money(amount: str, currency: str = "EUR") -> Record:
    return {"shopMoney": {"amount": amount, "currencyCode": currency}}


def line(number: int, **more: Any) -> Record:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": f"SKU-{number}",
        "title": "Trui",
        "quantity": 2,
        "currentQuantity": 1,
        "product": {"id": "gid://shopify/Product/5", "productType": "Knitwear"},
        "discountedUnitPriceSet": money("49.95"),
    } | more


def refund(number: int, **more: Any) -> Record:
    return {
        "id": f"gid://shopify/Refund/{number}",
        "processedAt": at(),
        "updatedAt": at(),
        "totalRefundedSet": money("20.0"),
    } | more


def order(number: int, **more: Any) -> Record:
    visit = {"utmParameters": {"source": "google", "medium": "cpc", "campaign": "brand"}}
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": at(),
        "processedAt": at(),
        "updatedAt": at(),
        "cancelledAt": None,
        "test": False,
        "currencyCode": "EUR",
        "displayFinancialStatus": "PAID",
        "sourceName": "web",
        "shippingAddress": {"countryCodeV2": "NL"},
        "totalPriceSet": money("199.00"),
        "subtotalPriceSet": money("194.05"),
        "totalDiscountsSet": money("5.00"),
        "totalTaxSet": money("34.54"),
        "totalShippingPriceSet": money("4.95"),
        "totalRefundedSet": money("20.0"),
        "customer": {"id": "gid://shopify/Customer/1"},
        "customerJourneySummary": {"customerOrderIndex": 3, "lastVisit": visit},
        "refunds": [refund(number * 10)],
        "lineItems": [line(number * 10), line(number * 10 + 1)],
    } | more


def customer(number: int, **more: Any) -> Record:
    return {
        "id": f"gid://shopify/Customer/{number}",
        "createdAt": at(),
        "updatedAt": at(),
        "numberOfOrders": "3",
        "amountSpent": {"amount": "597.0", "currencyCode": "EUR"},
        "defaultEmailAddress": {"emailAddress": " Anna@Example.com ", "marketingState": "SUBSCRIBED"},
    } | more


@dataclass
class FakeShop:
    """Call it as a handler. `instead` may answer first; what it does not answer (None), the shop does."""

    orders: list[Record] = field(default_factory=lambda: [order(1), order(2)])
    customers: list[Record] = field(default_factory=lambda: [customer(1)])
    instead: Respond = lambda _: None
    scope: str = ALL_SCOPES
    version: str = "2026-10"
    time_zone: str = "Europe/Amsterdam"
    cost: Record = field(default_factory=dict)
    polls_until_done: int = 1
    operation: Record = field(default_factory=dict)
    lines_as_sent: Callable[[list[bytes]], list[bytes]] = list
    asked: list[Record] = field(default_factory=list)
    _file: list[bytes] = field(default_factory=list)
    _roots: int = 0

    def __call__(self, request: Request) -> Answer:
        if request.path.endswith("/graphql.json"):
            self.asked.append(request.json)
        return self.instead(request) or self._answer(request)

    def _answer(self, request: Request) -> Answer:
        if request.path == "/admin/oauth/access_token":
            return Answer(body={"access_token": "shpat_fresh", "scope": self.scope, "expires_in": 86399})
        if request.path == "/file.jsonl":
            return Answer(body=b"\n".join(self._file) + b"\n")
        assert request.path == "/admin/api/2026-10/graphql.json"
        variables = request.json["variables"]
        data = getattr(self, f"_{operation_of(request)}")(request, variables)
        cost = {"requestedQueryCost": 10, "throttleStatus": {"currentlyAvailable": 1990, "restoreRate": 100.0}}
        body = {"data": data, "extensions": {"cost": cost | self.cost}}
        return Answer(body=body, headers={"X-Shopify-API-Version": self.version})

    def _shop(self, _request: Request, _variables: Record) -> Record:
        return {"shop": {"name": "Duurzame Mode", "currencyCode": "EUR", "ianaTimezone": self.time_zone}}

    def _scopes(self, _request: Request, _variables: Record) -> Record:
        handles = [{"handle": scope} for scope in self.scope.split(",")]
        return {"currentAppInstallation": {"accessScopes": handles}}

    def _changed(self, root: str, term: str | None) -> list[Record]:
        since = (term or "updated_at:>=''").split("'")[1]
        changed = [record for record in getattr(self, root) if record["updatedAt"] >= since]
        return sorted(changed, key=lambda record: record["updatedAt"])

    def _page(self, request: Request, variables: Record) -> Record:
        root = "customers" if "customers(" in request.json["query"] else "orders"
        found = self._changed(root, variables.get("query"))
        page = connection(found, variables["first"], variables.get("after"))
        children = variables.get("children")
        if children:
            page["nodes"] = [node | {"lineItems": connection(node["lineItems"], children)} for node in page["nodes"]]
        return {root: page}

    def _children(self, _request: Request, variables: Record) -> Record:
        [parent] = [record for record in self.orders if record["id"] == variables["id"]]
        return {"node": {"lineItems": connection(parent["lineItems"], variables["first"], variables["after"])}}

    def _run(self, request: Request, variables: Record) -> Record:
        query = variables["query"]
        root = "customers" if "customers(" in query else "orders"
        found = self._changed(root, query.split('"')[1])
        lines = [{name: value for name, value in record.items() if name != "lineItems"} for record in found]
        if "lineItems" in query:
            lines += [child | {"__parentId": record["id"]} for record in found for child in record["lineItems"]]
        self._file = self.lines_as_sent([json.dumps(entry).encode() for entry in lines])
        self._roots = len(found)
        self._polls = 0
        started = {"id": "gid://shopify/BulkOperation/7", "status": "CREATED"}
        return {"bulkOperationRunQuery": {"bulkOperation": started, "userErrors": []}}

    def _poll(self, request: Request, variables: Record) -> Record:
        self._polls += 1
        done = {
            "id": variables["id"],
            "status": "RUNNING" if self._polls <= self.polls_until_done else "COMPLETED",
            "errorCode": None,
            "objectCount": str(len(self._file)),
            "rootObjectCount": str(self._roots),
            "url": f"http://{request.headers['Host']}/file.jsonl" if self._file else None,
        }
        return {"bulkOperation": done | self.operation}


def operation_of(request: Request) -> str:
    """The name of a GraphQL request's operation, in lower case; empty for another request."""
    if not request.path.endswith("/graphql.json"):
        return ""
    return str(request.json["query"]).split("(")[0].split()[1].lower()


def connection(records: list[Record], first: int, after: str | None = None) -> Record:
    start = int(after) if after else 0
    end = start + first
    info = {"hasNextPage": end < len(records), "endCursor": str(end)}
    return {"nodes": records[start:end], "pageInfo": info}


def errors(*found: Record, status: int = 200, **more: Any) -> Answer:
    return Answer(status, {"errors": list(found), **more}, {"X-Shopify-API-Version": "2026-10"})


def error(code: str, message: str = "no", path: list[str | int] | None = None, **more: Any) -> Record:
    return {"message": message, "path": path or [], "extensions": {"code": code, **more}}


def once(answer: Answer, operation: str = "page") -> Respond:
    """Answers the first request of an operation so, and leaves all others to the shop."""
    waiting = [answer]
    return lambda request: waiting.pop() if waiting and operation_of(request) == operation else None


def always(answer: Answer, operation: str = "page") -> Respond:
    return lambda request: answer if operation_of(request) == operation else None


def shopify(server: Server, company: Company | None = None, **settings: Any) -> Shopify:
    way_in = {"client_id": "id", "client_secret": "env:SHOPIFY_SECRET"}
    given = {"base_url": server.url, "accounts": [{"id": SHOP}], **(settings or way_in)}
    connector = Shopify(ShopifySettings.model_validate(given), company or Company(hash_key=Secret("env:HASH_KEY")))
    connector.patience = Patience(poll_s=0.001, place_s=0.001, places=3)
    return connector


def pulled(
    server: Server,
    name: str = "orders",
    window: Window = LAST_NIGHT,
    load: Load | None = None,
    connector: Shopify | None = None,
) -> list[Record]:
    source = connector or shopify(server)
    stream = source.stream(name)
    batches: Iterator[pa.RecordBatch] = source.pull(stream, source.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())
