"""The Shopify connector against a small shop (shopify_case.py), and its queries against Shopify's own schema."""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import tarfile
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLSchema,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    parse,
    validate,
    visit,
)

from connectors import shopify_api, shopify_bulk
from connectors.connector import Company
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.secret import pseudonym
from connectors.shopify import _NEEDED_SCOPES, Shopify, ShopifySettings
from connectors.shopify_api import Bucket
from connectors.shopify_errors import TooCostlyError, graphql_error
from connectors.shopify_pages import Pager
from connectors.shopify_records import CUSTOMERS, ORDER_LINES, ORDERS, REFUNDS
from connectors.stream import Window
from tests.connectors.shopify_case import (
    HISTORY,
    LAST_NIGHT,
    SHOP,
    TODAY,
    FakeShop,
    always,
    at,
    customer,
    error,
    errors,
    line,
    once,
    operation_of,
    order,
    pulled,
    refund,
    shopify,
)
from tests.http_server import Answer, Request, serving

ALL_RECORDS = (ORDERS, ORDER_LINES, REFUNDS, CUSTOMERS)
STREAM_NAMES = [records.name for records in ALL_RECORDS]


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_SECRET", "shpss_secret")
    monkeypatch.setenv("SHOPIFY_TOKEN", "shpat_static")
    monkeypatch.setenv("HASH_KEY", "key")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries at once."""
    monkeypatch.setattr(RetryPolicy, "wait", lambda *_: 0.0)


def failure(shop: FakeShop, name: str = "orders", window: Window = LAST_NIGHT) -> ConnectorError:
    with serving(shop) as server, pytest.raises(ConnectorError) as caught:
        pulled(server, name, window)
    return caught.value


class TestRows:
    def test_an_order_becomes_a_row(self) -> None:
        with serving(FakeShop(orders=[order(1)])) as server:
            [row] = pulled(server)
        assert row["account_id"] == SHOP
        assert row["order_id"] == "gid://shopify/Order/1"
        assert row["total_amount"] == Decimal("199.000000")
        assert (row["tax_amount"], row["refunded_amount"]) == (Decimal("34.540000"), Decimal("20.000000"))
        assert (row["country"], row["utm_source"], row["customer_order_index"]) == ("NL", "google", 3)
        assert row["updated_at"] == datetime.fromisoformat(at())
        assert row["order_date"] == TODAY - timedelta(days=1)

    def test_a_guest_without_a_journey_or_an_address_is_unknown_there(self) -> None:
        guest = order(1, customer=None, customerJourneySummary=None, shippingAddress=None)
        with serving(FakeShop(orders=[guest])) as server:
            [row] = pulled(server)
        unknown = ("customer_id", "customer_order_index", "utm_source", "utm_medium", "utm_campaign", "country")
        assert [row[name] for name in unknown] == [None] * 6

    def test_test_orders_and_cancelled_orders_are_kept_with_their_flags(self) -> None:
        with serving(FakeShop(orders=[order(1, test=True), order(2, cancelledAt=at())])) as server:
            rows = pulled(server)
        assert [row["test"] for row in rows] == [True, False]
        assert [row["cancelled_at"] is not None for row in rows] == [False, True]

    def test_the_day_of_an_order_is_the_shops_own(self) -> None:
        late = order(1, processedAt="2026-11-19T23:30:00Z")
        with serving(FakeShop(orders=[late])) as server:
            assert pulled(server)[0]["order_date"] == date(2026, 11, 20)
        with serving(FakeShop(orders=[late], time_zone="America/New_York")) as server:
            assert pulled(server)[0]["order_date"] == date(2026, 11, 19)

    def test_lines_know_their_order(self) -> None:
        with serving(FakeShop(orders=[order(1)])) as server:
            rows = pulled(server, "order_lines")
        assert [row["line_id"] for row in rows] == ["gid://shopify/LineItem/10", "gid://shopify/LineItem/11"]
        assert {row["order_id"] for row in rows} == {"gid://shopify/Order/1"}
        assert {(row["quantity"], row["current_quantity"], row["unit_price"]) for row in rows} == {
            (2, 1, Decimal("49.950000"))
        }

    def test_a_line_without_product_or_type_or_sku_is_unknown_there(self) -> None:
        typeless = line(2, sku="", product={"id": "gid://shopify/Product/5", "productType": ""})
        with serving(FakeShop(orders=[order(1, lineItems=[line(1, product=None, sku=None), typeless])])) as server:
            rows = pulled(server, "order_lines")
        assert [row["sku"] for row in rows] == [None, None]
        assert [row["product_type"] for row in rows] == [None, None]
        assert [row["product_id"] for row in rows] == [None, "gid://shopify/Product/5"]

    def test_a_refund_is_booked_when_the_money_went_back(self) -> None:
        late = refund(1, processedAt="2026-11-19T23:30:00Z")
        with serving(FakeShop(orders=[order(1, refunds=[late])])) as server:
            [row] = pulled(server, "refunds")
        assert row["refund_date"] == date(2026, 11, 20)
        assert (row["amount"], row["currency"]) == (Decimal("20.000000"), "EUR")
        assert row["order_id"] == "gid://shopify/Order/1"

    def test_a_customer_is_a_pseudonym(self) -> None:
        with serving(FakeShop()) as server:
            [row] = pulled(server, "customers")
        assert row["email_hash"] == pseudonym("anna@example.com", "key")
        assert "anna" not in str(row).lower()
        assert (row["number_of_orders"], row["marketing_state"]) == (3, "SUBSCRIBED")

    def test_a_customer_without_an_address_has_no_pseudonym(self) -> None:
        with serving(FakeShop(customers=[customer(1, defaultEmailAddress=None)])) as server:
            [row] = pulled(server, "customers")
        assert row["email_hash"] is row["marketing_state"] is None

    def test_without_a_hash_key_no_customer_is_read(self) -> None:
        with serving(FakeShop()) as server:
            keyless = shopify(server, Company())
            with pytest.raises(ConfigurationError, match="hash_key"):
                pulled(server, "customers", connector=keyless)

    def test_a_row_that_does_not_fit_is_put_aside(self) -> None:
        odd = order(2, totalPriceSet={"shopMoney": {"amount": "free"}})
        with serving(FakeShop(orders=[order(1), odd])) as server:
            load = Load()
            assert len(pulled(server, load=load)) == 1
        assert "total_amount" in load.rejected[0].reason

    def test_a_bad_customer_is_put_aside_without_the_address(self) -> None:
        with serving(FakeShop(customers=[customer(1, numberOfOrders="many")])) as server:
            load = Load()
            assert pulled(server, "customers", load=load) == []
        assert "example.com" not in load.rejected[0].row.lower()


class TestPages:
    def test_changes_are_asked_for_from_the_start_of_the_window_in_company_time(self) -> None:
        shop = FakeShop()
        with serving(shop) as server:
            pulled(server, connector=shopify(server, Company(time_zone="Asia/Tokyo")))
        eve = LAST_NIGHT.start - timedelta(days=1)
        page = next(asked for asked in shop.asked if "query Page" in asked["query"])
        assert page["variables"]["query"] == f"updated_at:>='{eve}T15:00:00Z'"
        assert "sortKey: UPDATED_AT" in page["query"]

    def test_what_changed_after_the_window_comes_too(self) -> None:
        with serving(FakeShop(orders=[order(1, updatedAt=at(0)), order(2, updatedAt=at(9))])) as server:
            assert [row["order_name"] for row in pulled(server)] == ["#1"]

    def test_pages_are_read_to_the_end(self) -> None:
        with serving(FakeShop(orders=[order(n) for n in range(250)])) as server:
            assert len({row["order_id"] for row in pulled(server)}) == 250

    def test_a_cursor_that_comes_again_is_noticed(self) -> None:
        page = {"orders": {"nodes": [order(1)], "pageInfo": {"hasNextPage": True, "endCursor": "same"}}}
        error = failure(FakeShop(instead=always(Answer(body={"data": page}))))
        assert "turns in circles" in error.message

    def test_an_order_with_many_lines_is_read_to_its_last(self) -> None:
        with serving(FakeShop(orders=[order(1, lineItems=[line(n) for n in range(333)])])) as server:
            assert len({row["line_id"] for row in pulled(server, "order_lines")}) == 333

    def test_a_page_that_costs_too_much_is_asked_again_smaller(self) -> None:
        def dear(request: Request) -> Answer | None:
            too_large = operation_of(request) == "page" and request.json["variables"]["first"] > 30
            return errors(error("MAX_COST_EXCEEDED", "Query cost is 1500, which exceeds 1000")) if too_large else None

        shop = FakeShop(orders=[order(n) for n in range(60)], instead=dear)
        with serving(shop) as server:
            assert len(pulled(server)) == 60
        sizes = [asked["variables"]["first"] for asked in shop.asked if "query Page" in asked["query"]]
        assert sizes == [100, 50, 25, 25, 25]

    def test_one_record_that_costs_too_much_is_an_error(self) -> None:
        found = failure(FakeShop(instead=always(errors(error("MAX_COST_EXCEEDED")))), "order_lines")
        assert isinstance(found, TooCostlyError)

    def test_deep_paging_starts_anew_from_the_last_change_and_loses_and_repeats_nothing(self) -> None:
        instants = [at(1, f"09:{n // 7:02}:00") for n in range(250)]  # seven orders share each instant
        shop = FakeShop(orders=[order(n, updatedAt=instant) for n, instant in enumerate(instants)])
        with serving(shop) as server:
            connector = shopify(server)
            pager = Pager(connector.api(connector.accounts[0]), ORDERS, Load(), depth_rows=50)
            ids = [row["id"] for rows in pager.rows(at(3)) for row in rows]
        assert sorted(ids) == sorted(found["id"] for found in shop.orders)
        assert len({asked["variables"].get("query") for asked in shop.asked}) > 1


class TestBulk:
    @pytest.mark.parametrize("name", STREAM_NAMES)
    def test_pages_and_bulk_give_the_same_rows(self, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
        many = [order(n, lineItems=[line(100 * n + k) for k in range(n)], updatedAt=at(n % 5)) for n in range(1, 30)]
        shop = FakeShop(orders=many, customers=[customer(n) for n in range(120)])
        with serving(shop) as server:
            window = Window(TODAY - timedelta(days=6), TODAY)
            paged = pulled(server, name, window)
            monkeypatch.setattr("connectors.shopify_streams._PAGED_DAYS", 0)
            bulk = pulled(server, name, window)
        assert {operation_of(request) for request in server.requests} >= {"page", "run", "poll"}
        assert len(paged) > 28
        assert sorted(paged, key=str) == sorted(bulk, key=str)

    def test_a_window_that_began_long_ago_is_read_in_bulk_however_short_it_is(self) -> None:
        day = TODAY - timedelta(days=50)
        shop = FakeShop()
        with serving(shop) as server:
            assert len(pulled(server, window=Window(day, day))) == 2
        assert "page" not in {operation_of(request) for request in server.requests}

    def test_a_child_may_stand_before_its_parent(self) -> None:
        shop = FakeShop(lines_as_sent=lambda lines: lines[::-1])
        with serving(shop) as server:
            rows = pulled(server, "order_lines", HISTORY)
        assert {(row["order_id"][-1], row["line_id"][-2:]) for row in rows} == {
            ("1", "10"), ("1", "11"), ("2", "20"), ("2", "21"),
        }  # fmt: skip

    def test_a_child_without_its_parent_is_bad_data(self) -> None:
        shop = FakeShop(lines_as_sent=lambda lines: [entry for entry in lines if b'Order/2", "name' not in entry])
        shop.operation = {"rootObjectCount": "1"}
        assert "not gid://shopify/Order/2 itself" in failure(shop, "order_lines", HISTORY).message

    def test_a_file_with_fewer_records_than_told_is_bad_data(self) -> None:
        shop = FakeShop(lines_as_sent=lambda lines: lines[:1])
        assert "1 of 2 orders" in failure(shop, "orders", HISTORY).message

    def test_a_line_that_is_cut_is_bad_data(self) -> None:
        shop = FakeShop(lines_as_sent=lambda lines: [*lines[:-1], lines[-1][:50]])
        assert isinstance(failure(shop, "orders", HISTORY), BadDataError)

    def test_nothing_changed_means_no_file_and_no_rows(self) -> None:
        with serving(FakeShop(orders=[])) as server:
            assert pulled(server, window=HISTORY) == []

    def test_a_running_operation_is_waited_for(self) -> None:
        with serving(FakeShop(polls_until_done=4)) as server:
            assert len(pulled(server, window=HISTORY)) == 2
        assert [operation_of(request) for request in server.requests].count("poll") == 5

    @pytest.mark.parametrize("code", ["OPERATION_IN_PROGRESS", "LIMIT_REACHED"])
    def test_a_free_place_is_waited_for(self, code: str) -> None:
        with serving(FakeShop(instead=once(refusal(code), "run"))) as server:
            assert len(pulled(server, window=HISTORY)) == 2

    def test_no_free_place_for_long_is_left_for_later(self) -> None:
        found = failure(FakeShop(instead=always(refusal("LIMIT_REACHED"), "run")), "orders", HISTORY)
        assert isinstance(found, QuotaError)

    def test_a_query_that_is_refused_is_bad_data(self) -> None:
        found = failure(FakeShop(instead=always(refusal("INVALID"), "run")), "orders", HISTORY)
        assert isinstance(found, BadDataError)
        assert "INVALID" in found.message

    @pytest.mark.parametrize(
        ("status", "code", "kind"),
        [
            ("FAILED", "ACCESS_DENIED", ConfigurationError),
            ("FAILED", "INTERNAL_SERVER_ERROR", TransientError),
            ("FAILED", "TIMEOUT", TransientError),
            ("CANCELED", None, TransientError),
            ("EXPIRED", None, TransientError),
        ],
    )
    def test_a_failed_operation_is_told_with_its_code(
        self, status: str, code: str | None, kind: type[ConnectorError], impatient: None
    ) -> None:
        shop = FakeShop(polls_until_done=0, operation={"status": status, "errorCode": code})
        found = failure(shop, "orders", HISTORY)
        assert isinstance(found, kind)
        assert status in found.message
        assert (code or "without a code") in found.message

    def test_partial_data_is_not_even_asked_for(self) -> None:
        assert "partialDataUrl" not in shopify_bulk._POLL

    def test_a_download_that_breaks_off_is_resumed(self) -> None:
        broken = [True]

        def cut(request: Request) -> Answer | None:
            if request.path != "/file.jsonl" or not broken:
                return None
            broken.pop()
            return Answer(body=b"\n".join(shop._file)[:-700], truncate=True)

        shop = FakeShop(orders=[order(n) for n in range(40)], instead=cut)
        with serving(shop) as server:
            rows = pulled(server, window=HISTORY)
        assert sorted(row["order_id"] for row in rows) == sorted(found["id"] for found in shop.orders)

    def test_the_token_is_not_sent_to_where_the_file_lies(self) -> None:
        with serving(FakeShop()) as server:
            pulled(server, window=HISTORY)
        [download] = [request for request in server.requests if request.path == "/file.jsonl"]
        assert not [name for name in download.headers if "token" in name.lower() or "authorization" in name.lower()]

    def test_a_file_larger_than_a_chunk_is_read_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(shopify_bulk, "_CHUNK_LINES", 7)
        with serving(FakeShop(orders=[order(n) for n in range(40)])) as server:
            assert len(pulled(server, "order_lines", HISTORY)) == 80


def refusal(code: str) -> Answer:
    found = [{"field": ["query"], "message": "not now", "code": code}]
    return Answer(body={"data": {"bulkOperationRunQuery": {"bulkOperation": None, "userErrors": found}}})


class TestAccess:
    def test_a_token_is_fetched_by_client_credentials_and_used_for_all(self) -> None:
        with serving(FakeShop(orders=[order(n) for n in range(250)])) as server:
            pulled(server)
        [first, *others] = server.requests
        assert first.path == "/admin/oauth/access_token"
        assert first.body == b"grant_type=client_credentials&client_id=id&client_secret=shpss_secret"
        assert len(others) > 2
        assert {request.headers["X-Shopify-Access-Token"] for request in others} == {"shpat_fresh"}

    def test_a_refused_token_is_renewed_once(self) -> None:
        refused = Answer(401, {"errors": "[API] Invalid API key or access token"})
        with serving(FakeShop(instead=once(refused))) as server:
            assert len(pulled(server)) == 2
        assert [request.path for request in server.requests].count("/admin/oauth/access_token") == 2

    def test_a_token_that_stays_refused_asks_to_connect_again(self) -> None:
        refused = Answer(401, {"errors": "[API] Invalid API key or access token"})
        assert isinstance(failure(FakeShop(instead=always(refused))), AuthorisationError)

    def test_a_static_token_needs_no_grant(self) -> None:
        with serving(FakeShop()) as server:
            pulled(server, connector=shopify(server, access_token="env:SHOPIFY_TOKEN"))
        assert {request.headers["X-Shopify-Access-Token"] for request in server.requests} == {"shpat_static"}

    def test_wrong_client_credentials_say_so_without_the_secret(self) -> None:
        answer = Answer(400, {"error": "invalid_client", "error_description": "Client authentication failed"})
        with serving(lambda _: answer) as server, pytest.raises(AuthorisationError, match="invalid_client") as caught:
            pulled(server)
        assert "shpss_secret" not in str(caught.value)

    def test_a_shop_that_does_not_exist_is_a_setting_to_mend(self) -> None:
        with serving(lambda _: Answer(404, b"Not Found")) as server, pytest.raises(ConfigurationError, match="domain"):
            pulled(server)

    @pytest.mark.parametrize(
        "given",
        [
            {},
            {"client_id": "id"},
            {"client_secret": "env:SHOPIFY_SECRET"},
            {"client_id": "id", "client_secret": "env:SHOPIFY_SECRET", "access_token": "env:SHOPIFY_TOKEN"},
            {"access_token": "env:SHOPIFY_TOKEN", "accounts": [{"id": SHOP}, {"id": f"two-{SHOP}"}]},
            {"access_token": "env:SHOPIFY_TOKEN", "accounts": [{"id": "www.duurzamemode.nl"}]},
        ],
    )
    def test_settings_that_cannot_work_are_refused(self, given: dict[str, Any]) -> None:
        with pytest.raises(ValueError):
            ShopifySettings.model_validate({"accounts": [{"id": SHOP}], **given})

    def test_the_address_is_the_shops_unless_it_is_set(self) -> None:
        given = {"accounts": [{"id": SHOP}], "access_token": "env:SHOPIFY_TOKEN"}
        connector = Shopify(ShopifySettings.model_validate(given), Company())
        assert connector.api(connector.accounts[0])._http.base_url == f"https://{SHOP}"

    def test_days_whose_orders_may_not_be_read_are_said(self) -> None:
        with serving(FakeShop(scope="read_orders,read_customers,read_products")) as server:
            load = Load()
            pulled(server, window=Window(TODAY - timedelta(days=90), TODAY), load=load)
        assert load.notes["since"] == TODAY - timedelta(days=60)
        assert "read_all_orders" in load.notes["since_reason"]

    def test_days_whose_orders_may_be_read_are_whole(self) -> None:
        with serving(FakeShop()) as server:
            load = Load()
            pulled(server, window=Window(TODAY - timedelta(days=90), TODAY), load=load)
        assert "since" not in load.notes


class TestErrors:
    def test_a_denied_field_beside_data_is_an_error_that_names_the_scope(self) -> None:
        denied = error(
            "ACCESS_DENIED", "Access denied", ["orders", "nodes", 0, "customer"],
            requiredAccess="`read_customers` access scope.",
        )  # fmt: skip
        page = {"nodes": [order(1)], "pageInfo": {"hasNextPage": False}}
        found = failure(FakeShop(instead=always(errors(denied, data={"orders": page}))))
        assert isinstance(found, ConfigurationError)
        assert "orders.nodes.customer" in str(found)
        assert "`read_customers` access scope" in str(found)

    def test_protected_customer_data_is_named(self) -> None:
        denied = error("ACCESS_DENIED", "This app is not approved to use the emailAddress field.", ["customers"])
        found = failure(FakeShop(instead=always(errors(denied))), "customers")
        assert isinstance(found, ConfigurationError)
        assert "protected customer data" in str(found)

    def test_another_version_than_asked_for_is_noticed(self) -> None:
        found = failure(FakeShop(version="2027-01"))
        assert isinstance(found, ConfigurationError)
        assert "2027-01" in found.message

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (402, ConfigurationError),
            (403, AuthorisationError),
            (404, ConfigurationError),
            (423, ConfigurationError),
            (429, QuotaError),
            (430, QuotaError),
            (502, TransientError),
        ],
    )
    def test_a_status_says_what_happens_next(self, status: int, kind: type[ConnectorError], impatient: None) -> None:
        assert isinstance(failure(FakeShop(instead=always(Answer(status, {"errors": "no"})))), kind)

    def test_an_unknown_error_is_bad_data(self) -> None:
        found = failure(FakeShop(instead=always(errors(error("undefinedField", "Field 'x' doesn't exist")))))
        assert isinstance(found, BadDataError)
        assert "Field 'x'" in found.message

    def test_an_internal_error_is_tried_again(self, impatient: None) -> None:
        with serving(FakeShop(instead=once(errors(error("INTERNAL_SERVER_ERROR"))))) as server:
            assert len(pulled(server)) == 2

    def test_throttling_as_http_200_is_waited_out(self) -> None:
        cost = {"requestedQueryCost": 102, "throttleStatus": status(available=100, rate=1000.0)}
        throttled = errors(error("THROTTLED", "Throttled"), extensions={"cost": cost})
        with serving(FakeShop(instead=once(throttled))) as server:
            assert len(pulled(server)) == 2

    def test_the_wait_is_what_the_missing_points_take_to_come_back(self) -> None:
        cost = {"requestedQueryCost": 752, "throttleStatus": status(available=666, rate=50.0)}
        found = graphql_error({"errors": [error("THROTTLED")], "extensions": {"cost": cost}})
        assert isinstance(found, QuotaError)
        assert found.retry_after == pytest.approx(1.72)

    def test_a_query_larger_than_the_bucket_is_too_costly(self) -> None:
        cost = {"requestedQueryCost": 752, "throttleStatus": status(available=40, rate=2.0, most=40.0)}
        found = graphql_error({"errors": [error("THROTTLED")], "extensions": {"cost": cost}})
        assert isinstance(found, TooCostlyError)

    def test_the_gravest_of_several_errors_counts(self) -> None:
        found = graphql_error({"errors": [error("THROTTLED"), error("ACCESS_DENIED")]})
        assert isinstance(found, ConfigurationError)

    def test_a_text_that_says_errors_is_no_error(self) -> None:
        odd = order(1, name="errors")
        with serving(FakeShop(orders=[odd])) as server:
            assert pulled(server)[0]["order_name"] == "errors"


def status(available: float, rate: float, most: float = 2000.0) -> dict[str, float]:
    return {"maximumAvailable": most, "currentlyAvailable": available, "restoreRate": rate}


class TestBucket:
    @pytest.fixture
    def slept(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        waits: list[float] = []
        monkeypatch.setattr(time, "sleep", waits.append)
        monkeypatch.setattr(time, "monotonic", lambda: 100.0)
        return waits

    def test_nothing_is_waited_for_before_shopify_told_anything(self, slept: list[float]) -> None:
        Bucket().take(500)
        assert slept == []

    def test_points_that_are_there_cost_no_time(self, slept: list[float]) -> None:
        bucket = Bucket()
        bucket.told(status(available=500, rate=100))
        bucket.take(500)
        assert slept == []

    def test_missing_points_are_waited_for(self, slept: list[float]) -> None:
        bucket = Bucket()
        bucket.told(status(available=100, rate=100))
        bucket.take(300)
        assert slept == [2.0]

    def test_points_taken_are_gone_for_the_next(self, slept: list[float]) -> None:
        bucket = Bucket()
        bucket.told(status(available=300, rate=100))
        bucket.take(300)
        bucket.take(50)
        assert slept == [0.5]


class TestCheck:
    def test_it_tells_the_shops_facts(self) -> None:
        with serving(FakeShop()) as server:
            connector = shopify(server)
            facts = connector.check(connector.accounts[0])
        assert (facts.name, facts.currency, facts.time_zone) == ("Duurzame Mode", "EUR", "Europe/Amsterdam")
        assert facts.notes == ()

    def test_it_tells_that_old_orders_cannot_be_read(self) -> None:
        with serving(FakeShop(scope="read_orders,read_customers,read_products")) as server:
            connector = shopify(server)
            [note] = connector.check(connector.accounts[0]).notes
        assert "read_all_orders" in note
        assert "60 days" in note

    def test_it_names_the_scopes_that_lack(self) -> None:
        with serving(FakeShop(scope="write_orders")) as server:
            connector = shopify(server)
            with pytest.raises(ConfigurationError, match="read_customers, read_products"):
                connector.check(connector.accounts[0])

    def test_it_asks_for_the_scopes_of_a_static_token(self) -> None:
        with serving(FakeShop(scope="read_orders")) as server:
            connector = shopify(server, access_token="env:SHOPIFY_TOKEN")
            with pytest.raises(ConfigurationError, match="read_customers"):
                connector.check(connector.accounts[0])

    def test_it_notices_a_field_that_may_not_be_read(self) -> None:
        denied = errors(error("ACCESS_DENIED", "This app is not approved to access the Customer object."))
        with serving(FakeShop(instead=always(denied))) as server:
            connector = shopify(server)
            with pytest.raises(ConfigurationError, match="not approved"):
                connector.check(connector.accounts[0])


VENDOR_PACKAGE = "@shopify/dev-mcp@1.16.0"
VENDOR_FILE = "admin_2026-10.json.gz"


@pytest.fixture(scope="module")
def vendor() -> dict[str, Any]:
    """Shopify's own schema with the scopes it needs, out of an npm package that stays out of the repository."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kompas" / "vendor"
    file = Path(os.environ.get("KOMPAS_VENDOR_CACHE") or default) / VENDOR_PACKAGE.rpartition("/")[2] / VENDOR_FILE
    if not file.exists():
        fetch_vendor_file(file)
    with gzip.open(file) as opened:
        schema: dict[str, Any] = json.load(opened)
    return schema


def fetch_vendor_file(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        command = ["npm", "pack", VENDOR_PACKAGE, "--silent", "--pack-destination", str(file.parent)]
        packed = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout.split()[-1]
    except (OSError, subprocess.SubprocessError) as error:
        pytest.skip(f"{VENDOR_PACKAGE} is not in the cache, and npm cannot fetch it: {type(error).__name__}")
    archive = file.parent / packed
    with tarfile.open(archive) as opened:
        member = opened.extractfile(f"package/dist/data/{VENDOR_FILE}")
        assert member is not None
        file.write_bytes(member.read())
    archive.unlink()


@pytest.fixture(scope="module")
def schema(vendor: dict[str, Any]) -> GraphQLSchema:
    return build_client_schema(vendor["data"], assume_valid=True)


QUERIES = [
    shopify_api._SHOP,
    shopify_api._SCOPES,
    shopify_bulk._RUN,
    shopify_bulk._POLL,
    ORDER_LINES.children_query,
    *(records.page_query for records in ALL_RECORDS),
    *(records.bulk_query("2026-11-20T00:00:00Z") for records in ALL_RECORDS),
]


class TestVendorSchema:
    @pytest.mark.parametrize("query", QUERIES)
    def test_every_query_is_valid(self, query: str, schema: GraphQLSchema) -> None:
        assert validate(schema, parse(query)) == []

    @pytest.mark.parametrize("query", QUERIES)
    def test_no_query_asks_for_a_deprecated_field(self, query: str, schema: GraphQLSchema) -> None:
        assert [name for name, field in fields_of(query, schema) if field.deprecation_reason] == []

    def test_the_scopes_that_are_checked_are_those_that_shopify_asks_for(
        self, schema: GraphQLSchema, vendor: dict[str, Any]
    ) -> None:
        by_type = {
            item["typeName"]: item["offlineScopes"]
            for item in vendor["offline_scopes"]["items"]
            if item["type"] == "type" and item["offlineScopes"]
        }
        needed = set()
        for query in QUERIES:
            for _, field in fields_of(query, schema):
                needed.update(by_type.get(get_named_type(field.type).name, [])[:1])
        assert needed == set(_NEEDED_SCOPES)


def fields_of(query: str, schema: GraphQLSchema) -> list[tuple[str, Any]]:
    """Name and definition of every field of a query."""
    info, found = TypeInfo(schema), []

    class Collect(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            found.append((node.name.value, info.get_field_def()))

    visit(parse(query), TypeInfoVisitor(info, Collect()))
    return found


class TestPersonalData:
    @pytest.mark.parametrize("query", QUERIES)
    def test_no_name_phone_or_address_is_ever_asked_for(self, query: str) -> None:
        words = set(re.findall(r"[A-Za-z0-9]+", query))
        assert not words & {"firstName", "lastName", "displayName", "phone", "email", "address1", "zip", "city", "note"}

    def test_of_an_address_only_the_country_is_asked_for(self) -> None:
        for query in QUERIES:
            for asked in re.findall(r"[a-zA-Z]*Address \{([^}]*)\}", query):
                assert asked.split() in (["countryCodeV2"], ["emailAddress", "marketingState"])
