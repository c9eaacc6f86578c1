"""Shopify in the standard suite."""

from __future__ import annotations

import json
from typing import Any

from sandbox.company import World
from sandbox.shopify import shop_of
from tests.connectors.standard import Case, StreamCase
from tests.contract.our_requests import SECRETS, SHOP
from tests.faults.spoiled import Rows
from tests.http_server import Answer

_ONE_SHOP = "the sandbox has one shop only"
_POINTS = "Shopify throttles by points, in a 200 and without Retry-After: test_shopify.py tests it"
_BATCHED = "small pages are gathered into batches of 20,000 rows, so that a file has few row groups"


def _error(message: str, code: str, status: int = 200, **more: Any) -> Answer:
    body = {"errors": [{"message": message, "extensions": {"code": code, **more}}]}
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _stream(name: str, root: str, field: str, **more: Any) -> StreamCase:
    small = {"connectors.shopify_pages._MOST_ROWS": 3}
    return StreamCase(name, Rows(f"{{ {root}(", field), small_page=small, window_days=5, **more)


def _plenty_of_points(world: World) -> None:
    shop_of(world).bucket.rate = 1e6


NAMED = {"text": ("name", "order_name"), "required": "id"}
_AMOUNTS = "its numbers are amounts in objects of their own: test_shopify.py has odd ones"


CASE = Case(
    platform="shopify",
    streams=(
        _stream("orders", "orders", "displayFinancialStatus", optional=("sourceName", "source_name"), **NAMED),
        _stream(
            "order_lines",
            "orders",
            "sku",
            required="id",
            optional=("sku", "sku"),
            number=("quantity", "quantity"),
            text=("title", "title"),
        ),
        _stream("refunds", "orders", "totalRefundedSet", required="id"),
        _stream(
            "customers", "customers", "numberOfOrders", required="id", number=("numberOfOrders", "number_of_orders")
        ),
    ),
    accounts=lambda _: [SHOP],
    of_account=lambda request, account: False,
    quota=_error("Throttled", "THROTTLED"),
    expired=Answer(401, b'{"errors": "[API] Invalid API key or access token"}', {"Content-Type": "application/json"}),
    forbidden=_error("Access denied for orders field.", "ACCESS_DENIED"),
    secrets=(SECRETS["shopify"]["client_secret"], "shpat_"),
    prepare=_plenty_of_points,
    error_in_200=_error("Internal error. Looks like something went wrong on our end.", "INTERNAL_SERVER_ERROR"),
    excused={
        "test_accounts_are_told_apart": _ONE_SHOP,
        "test_one_account_without_permission_leaves_the_others": _ONE_SHOP,
        "test_the_accounts_are_found": "a token is one shop's, and cannot list others",
        "test_a_quota_that_ends_soon_is_waited_for": _POINTS,
        "test_a_quota_that_ends_late_is_left_for_later": _POINTS,
        "test_rows_are_handed_over_as_their_pages_arrive": _BATCHED,
        **{
            f"{test}[{stream}]": _AMOUNTS
            for stream in ("orders", "refunds")
            for test in (
                "test_a_null_is_never_zero",
                "test_odd_numbers_arrive_as_they_were_sent",
                "test_a_number_beyond_all_bounds_is_put_aside",
            )
        },
        "test_an_optional_field_that_is_missing_is_null[refunds]": "all of its fields are required",
        "test_an_optional_field_that_is_missing_is_null[customers]": "its optional field stands in another object",
        "test_text_arrives_as_it_was_sent[refunds]": "it has no text but ids",
        "test_text_arrives_as_it_was_sent[customers]": "it has no text: names are not asked for",
        "test_a_field_that_nobody_knows_is_noted": "GraphQL sends only the fields that it is asked for",
    },
)
