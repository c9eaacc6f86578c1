"""The outlet's shops, where WooCommerce's client does not ask: keys, and what changes with time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.woocommerce_keys import KEYS

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NL, BE = KEYS


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.1, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, shop: str = NL, auth: Any = (), **params: Any) -> requests.Response:
    url = f"{sandbox.url('woocommerce')}/{shop}/wp-json{path}"
    return requests.get(url, params=params, auth=auth if auth != () else KEYS[shop], timeout=30)


def orders(sandbox: Sandbox, shop: str = NL, **params: Any) -> dict[int, dict[str, Any]]:
    found = [
        order
        for page in range(1, 9)
        for order in get(sandbox, "/wc/v3/orders", shop, per_page=100, page=page, **params).json()
    ]
    return {order["id"]: order for order in found}


def test_the_index_is_public_and_tells_the_time_zone(sandbox: Sandbox) -> None:
    assert get(sandbox, "", BE, auth=None).json()["timezone_string"] == "Europe/Brussels"


def test_without_a_key_nothing_can_be_listed(sandbox: Sandbox) -> None:
    answer = get(sandbox, "/wc/v3/orders", auth=None)
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")


def test_a_key_may_stand_in_the_query_where_a_host_takes_the_header_away(sandbox: Sandbox) -> None:
    key, secret = KEYS[NL]
    assert get(sandbox, "/wc/v3/orders", auth=None, consumer_key=key, consumer_secret=secret).status_code == 200
    assert get(sandbox, "/wc/v3/orders", auth=None, consumer_key=key, consumer_secret="cs_x").status_code == 401


def test_shops_count_from_one_each_so_that_ids_meet(sandbox: Sandbox) -> None:
    assert orders(sandbox, NL).keys() & orders(sandbox, BE).keys()


def test_a_later_day_only_adds_and_finishes(sandbox: Sandbox) -> None:
    before = orders(sandbox)
    sandbox.world.now = NOW + timedelta(days=3)
    after = orders(sandbox) | orders(sandbox, status="trash")
    assert before.keys() < after.keys()
    assert {order["total"] for order in before.values()} <= {order["total"] for order in after.values()}
    done = {order["status"] for number, order in after.items() if number in before}
    assert "completed" in done
    assert "on-hold" not in done


def test_a_refund_of_a_part_leaves_the_order_as_it_was(sandbox: Sandbox) -> None:
    refund = get(sandbox, "/wc/v3/refunds", per_page=1).json()[0]
    order = get(sandbox, f"/wc/v3/orders/{refund['parent_id']}").json()
    assert order["date_modified_gmt"] < refund["date_created_gmt"]
    assert order["refunds"]
