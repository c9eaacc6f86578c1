"""The Admin API itself: one GraphQL request in, one answer out, with its price."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sandbox.shopify_cost import actual_cost, requested_cost
from sandbox.shopify_document import read_document
from sandbox.shopify_errors import RATE_LIMITS_PAGE, ApiError, RefusedError
from sandbox.shopify_reader import Reader
from sandbox.shopify_run import Run
from sandbox.shopify_shop import Shop

Answer = dict[str, Any]


def answer(shop: Shop, text: str, variables: Mapping[str, Any] | None, name: str | None, base_url: str) -> Answer:
    """The body of a GraphQL answer; `base_url` is where the results of bulk operations are served."""
    try:
        document = read_document(text, variables, name)
    except RefusedError as refused:
        return {"errors": [fault.entry() for fault in refused.faults]}
    asked = requested_cost(document)
    if asked > shop.bucket.single_query:
        return {"errors": [_too_expensive(asked, shop.bucket.single_query)]}
    if not shop.bucket.take(asked):
        return {"errors": [_throttled()], "extensions": {"cost": _cost(shop, asked, None)}}
    run = Run(shop, document, Reader.of(shop.world, shop.app), base_url)
    data = run.data()
    spent = min(asked, actual_cost(document, data))
    shop.bucket.give_back(asked - spent)
    extensions = {"cost": _cost(shop, asked, spent)} | ({"search": run.search} if run.search else {})
    return ({"errors": run.errors} if run.errors else {}) | {"data": data, "extensions": extensions}


def _throttled() -> Answer:
    return ApiError("Throttled", "THROTTLED", documentation=RATE_LIMITS_PAGE).entry()


def _too_expensive(cost: int, most: int) -> Answer:
    message = (
        f"Query cost is {cost}, which exceeds the single query max cost limit ({most}).\n\n"
        "See https://shopify.dev/concepts/about-apis/rate-limits for more information on how the\n"
        "cost of a query is calculated.\n\n"
        "To query larger amounts of data with fewer limits, bulk operations should be used instead.\n"
        "See https://shopify.dev/api/usage/bulk-operations/queries for usage details.\n"
    )
    return ApiError(message, "MAX_COST_EXCEEDED", cost=cost, maxCost=most, documentation=RATE_LIMITS_PAGE).entry()


def _cost(shop: Shop, asked: int, spent: int | None) -> Answer:
    return {"requestedQueryCost": asked, "actualQueryCost": spent, "throttleStatus": shop.bucket.status()}
