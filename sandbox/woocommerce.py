"""WooCommerce's REST API v3 of the outlet's two shops, as if behind HTTPS.

    GET /{shop}/wp-json                                  the index: public
    GET /{shop}/wp-json/wc/v3/orders[/{id}[/refunds]]    /refunds   /customers   /data/currencies/current

Keys by Basic, by query string, or by OAuth 1.0a as over plain HTTP. A partial refund does not touch the order's date of
change, as in older releases. WordPress leaves out what `_fields` does not name, and takes unknown parameters silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.outlet import OUTLETS, Outlet
from sandbox.faults import Answer, Faults
from sandbox.woocommerce_errors import ShopError
from sandbox.woocommerce_keys import check_key
from sandbox.woocommerce_objects import customers, orders, refunds
from sandbox.woocommerce_query import Asked, Found, selected

PLATFORM = "woocommerce"
TRANSIENT = (
    Answer(503, "<html><head><title>503 Service Temporarily Unavailable</title></head></html>"),
    Answer(502, "<html><head><title>502 Bad Gateway</title></head></html>", {"content-type": "text/html"}),
    Answer(500, {"code": "internal_server_error", "message": "There has been a critical error on this website."}),
)
_SHOPS = {outlet.name: outlet for outlet in OUTLETS}
_ORDER = re.compile(r"orders/(?P<id>\d+)(?P<refunds>/refunds)?")
Collection = Callable[[World, Outlet, Asked], Found]
_COLLECTIONS: dict[str, Collection] = {"orders": orders, "refunds": refunds, "customers": customers}


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The paths below the base URL."""

    async def handle(request: Request) -> Response:
        return await run_in_threadpool(_answer, world, request)

    return [Route("/{shop}/wp-json{path:path}", handle, methods=["GET", "POST", "PUT", "DELETE"])]


def _answer(world: World, request: Request) -> Response:
    shop, path = _SHOPS.get(request.path_params["shop"]), request.path_params["path"].strip("/")
    try:
        if shop is None or request.method != "GET":
            raise ShopError(404, "rest_no_route", "No route was found matching the URL and request method.")
        if not path:
            return JSONResponse(selected(_index(shop, request), request.query_params))
        check_key(request, shop.name)
        return _resource(world, shop, path.removeprefix("wc/v3/"), request)
    except ShopError as error:
        return error.response()


def _index(shop: Outlet, request: Request) -> dict[str, Any]:
    name = f"Duurzame Mode Outlet {shop.country}"
    return {
        "name": name,
        "description": "",
        "url": str(request.base_url) + shop.name,
        "gmt_offset": "1",
        "timezone_string": shop.time_zone,
        "namespaces": ["wp/v2", "wc/v1", "wc/v2", "wc/v3"],
    }


def _resource(world: World, shop: Outlet, path: str, request: Request) -> Response:
    if path == "data/currencies/current":
        return JSONResponse({"code": "EUR", "name": "Euro", "symbol": "&euro;"})
    one = _ORDER.fullmatch(path)
    if one:
        return JSONResponse(_of_order(world, shop, int(one["id"]), bool(one["refunds"])))
    if path not in _COLLECTIONS:
        raise ShopError(404, "rest_no_route", "No route was found matching the URL and request method.")
    asked = Asked.of(path, request.query_params)
    found = _COLLECTIONS[path](world, shop, asked)
    headers = {"X-WP-Total": str(found.total), "X-WP-TotalPages": str(-(-found.total // asked.per_page))}
    return JSONResponse([selected(one, request.query_params) for one in found.objects], headers=headers)


def _of_order(world: World, shop: Outlet, order: int, only_refunds: bool) -> Any:
    found = orders(world, shop, Asked(order=order)).objects
    if not found:
        raise ShopError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
    if not only_refunds:
        return found[0]
    # Below an order, a refund does not name it.
    told = refunds(world, shop, Asked(order=order)).objects
    return [{name: value for name, value in one.items() if name != "parent_id"} for one in told]
