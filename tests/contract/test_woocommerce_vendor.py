"""WooCommerce's own client as the judge of our shops: it signs, reads and pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.woocommerce_keys import KEYS

SHOP = "outlet.duurzamemode.example"
NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.1, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def client(sandbox: Sandbox, shop: str = SHOP, **changes: Any) -> Any:
    """The vendor's client. Over plain HTTP it signs by OAuth 1.0a."""
    vendor = pytest.importorskip("woocommerce", reason="WooCommerce's client is not installed")
    key, secret = KEYS[shop]
    given = {"consumer_key": key, "consumer_secret": secret, "version": "wc/v3", "timeout": 30} | changes
    return vendor.API(url=f"{sandbox.url('woocommerce')}/{shop}", **given)


@pytest.fixture(scope="module")
def shop(sandbox: Sandbox) -> Any:
    return client(sandbox)


def everything(shop: Any, path: str, **params: Any) -> list[dict[str, Any]]:
    """All pages, by the header that counts them."""
    found: list[dict[str, Any]] = []
    page, last = 1, 1
    while page <= last:
        answer = shop.get(path, params={**params, "page": page})
        found += answer.json()
        last, page = int(answer.headers["X-WP-TotalPages"]), page + 1
        total = int(answer.headers["X-WP-Total"])
    assert len(found) == total
    return found


def test_the_vendors_client_is_let_in_by_its_signature(sandbox: Sandbox, shop: Any) -> None:
    assert shop.get("orders").status_code == 200
    refused = client(sandbox, consumer_secret="cs_another").get("orders")
    assert (refused.status_code, refused.json()["code"]) == (401, "woocommerce_rest_authentication_error")


def test_a_key_of_another_shop_is_refused(sandbox: Sandbox) -> None:
    other, (key, secret) = "outlet-be.duurzamemode.example", KEYS[SHOP]
    answer = client(sandbox, other, consumer_key=key, consumer_secret=secret).get("orders")
    assert answer.json()["message"] == "Consumer key is invalid."


def test_pages_hold_every_order_once(shop: Any) -> None:
    orders = everything(shop, "orders", per_page=7, orderby="id", order="asc")
    assert len(orders) > 14
    assert [order["id"] for order in orders] == sorted({order["id"] for order in orders})


def test_an_order_is_the_sum_of_its_lines_shipping_and_tax(shop: Any) -> None:
    for order in everything(shop, "orders", per_page=100):
        lines = sum(Decimal(line["total"]) + Decimal(line["total_tax"]) for line in order["line_items"])
        shipping = Decimal(order["shipping_total"]) + Decimal(order["shipping_tax"])
        assert lines + shipping == Decimal(order["total"])
        assert Decimal(order["cart_tax"]) + Decimal(order["shipping_tax"]) == Decimal(order["total_tax"])


def test_times_are_of_the_shop_and_of_gmt(shop: Any) -> None:
    for order in shop.get("orders").json():
        local, gmt = (datetime.fromisoformat(order[name]) for name in ("date_created", "date_created_gmt"))
        assert (local - gmt).total_seconds() in (3600, 7200)


def test_only_what_changed_later_comes(shop: Any) -> None:
    moment = "2026-11-16T12:00:00"
    recent = everything(shop, "orders", per_page=100, modified_after=moment, dates_are_gmt="true")
    assert recent
    assert {order["id"] for order in recent} == {
        order["id"] for order in everything(shop, "orders", per_page=100) if order["date_modified_gmt"] > moment
    }


def test_what_was_thrown_away_comes_only_when_it_is_asked_for(sandbox: Sandbox) -> None:
    shops = [client(sandbox, name) for name in KEYS]
    for shop in shops:
        assert "trash" not in {order["status"] for order in everything(shop, "orders", per_page=100)}
        assert {order["status"] for order in everything(shop, "orders", status="trash")} <= {"trash"}
    assert any(everything(shop, "orders", status="trash") for shop in shops)


def test_a_refund_names_its_order_and_the_lines_that_came_back(shop: Any) -> None:
    refunds = everything(shop, "refunds", per_page=100)
    assert any(refund["line_items"] for refund in refunds)
    for refund in refunds:
        order = shop.get(f"orders/{refund['parent_id']}").json()
        lines = {str(line["id"]): line["quantity"] for line in order["line_items"]}
        told = [one for one in order["refunds"] if one["id"] == refund["id"]]
        assert [one["total"] for one in told] == [f"-{refund['amount']}"]
        for line in refund["line_items"]:
            [meta] = line["meta_data"]
            assert meta["key"] == "_refunded_item_id"
            assert -lines[meta["value"]] <= line["quantity"] < 0


def test_refunds_of_an_order_are_those_of_the_shop(shop: Any) -> None:
    first = shop.get("refunds").json()[0]
    below = shop.get(f"orders/{first['parent_id']}/refunds").json()
    assert below == [{name: value for name, value in first.items() if name != "parent_id"}]


def test_a_guest_is_no_customer(shop: Any) -> None:
    customers = {one["id"] for one in everything(shop, "customers", per_page=100)}
    orders = everything(shop, "orders", per_page=100)
    named = {order["customer_id"] for order in orders}
    assert 0 in named
    assert named - {0} <= customers


def test_fields_can_be_chosen(shop: Any) -> None:
    [order] = shop.get("orders", params={"per_page": 1, "_fields": "id,billing.country"}).json()
    assert order.keys() == {"id", "billing"}
    assert order["billing"].keys() == {"country"}


@pytest.mark.parametrize(
    ("path", "params", "code"),
    [
        ("orders", {"per_page": 101}, "rest_invalid_param"),
        ("orders", {"page": 0}, "rest_invalid_param"),
        ("orders", {"orderby": "total"}, "rest_invalid_param"),
        ("orders", {"status": "lost"}, "rest_invalid_param"),
        ("orders", {"after": "yesterday"}, "rest_invalid_param"),
        ("orders/1", {}, "woocommerce_rest_shop_order_invalid_id"),
        ("returns", {}, "rest_no_route"),
    ],
)
def test_a_wrong_question_is_refused_in_wordpress_words(
    shop: Any, path: str, params: dict[str, Any], code: str
) -> None:
    answer = shop.get(path, params=params)
    assert answer.json()["code"] == code
    assert answer.json()["data"]["status"] == answer.status_code
