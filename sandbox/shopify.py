"""Shopify's Admin GraphQL API of one shop, `duurzame-mode.myshopify.com`.

    POST /admin/oauth/access_token               client-credentials grant (form or JSON)
    POST /admin/api/{version}/graphql.json       GraphQL, header X-Shopify-Access-Token
    GET  /bulk-operation-outputs/{file}          results of bulk operations, by signed address, without a token

`shop_of(world)` is the state behind it: tests take scopes away, empty the bucket, hold or fail bulk operations.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults
from sandbox.shopify_api import answer
from sandbox.shopify_bulk import RESULTS
from sandbox.shopify_shop import SUPPORTED_VERSIONS, Shop, served_version, shop_of

__all__ = ["PLATFORM", "TRANSIENT", "routes", "shop_of"]

PLATFORM = "shopify"
# Only what every address may answer: a throttled query is not drawn, it comes from the bucket.
BUSY = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
TRANSIENT = (
    Answer(429, {"errors": BUSY}, {"Retry-After": "2.0"}),
    Answer(500, {"errors": "Internal Server Error"}),
    Answer(502, "<html><head><title>502 Bad Gateway</title></head></html>", {"content-type": "text/html"}),
    Answer(503, {"errors": "Service Unavailable"}),
)
UNKNOWN_TOKEN = {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}
FORBIDDEN_FILE = (
    "<?xml version='1.0' encoding='UTF-8'?><Error><Code>AccessDenied</Code><Message>Access denied.</Message></Error>"
)


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The shop's addresses; the server frame applies the faults."""
    shop = shop_of(world)

    async def graphql(request: Request) -> Response:
        return await _graphql(shop, request)

    async def token(request: Request) -> Response:
        return _token(shop, _fields(request, await request.body()))

    async def results(request: Request) -> Response:
        path = shop.operations.results(request.path_params["name"], request.query_params)
        if path is None:
            return Response(FORBIDDEN_FILE, 403, media_type="application/xml")
        return FileResponse(path, media_type="application/jsonl")

    return [
        Route("/admin/oauth/access_token", token, methods=["POST"]),
        Route("/admin/api/graphql.json", graphql, methods=["POST"]),
        Route("/admin/api/{version}/graphql.json", graphql, methods=["POST"]),
        Route(f"/{RESULTS}/{{name}}", results, methods=["GET"]),
    ]


async def _graphql(shop: Shop, request: Request) -> Response:
    version = served_version(request.path_params.get("version", SUPPORTED_VERSIONS[0]))
    if version is None:
        return JSONResponse({"errors": "Not Found"}, 404)
    headers = {"X-Shopify-API-Version": version, "X-Request-Id": secrets.token_hex(16)}
    if not shop.app.knows(request.headers.get("X-Shopify-Access-Token", "")):
        return JSONResponse(UNKNOWN_TOKEN, 401, headers)
    fields = _fields(request, await request.body())
    if not isinstance(fields.get("query"), str):
        return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400, headers)
    base_url = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}"
    variables, name = fields.get("variables"), fields.get("operationName")
    body = await run_in_threadpool(answer, shop, fields["query"], variables, name, base_url)
    return JSONResponse(body, 200, headers)


def _fields(request: Request, body: bytes) -> Mapping[str, Any]:
    """The fields of a body in JSON, as a form, or as a bare query (`application/graphql`); {} for none of them."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        text = body.decode()
        if kind == "application/graphql":
            return {"query": text}
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text))
        fields = json.loads(text)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _token(shop: Shop, form: Mapping[str, Any]) -> Response:
    """The client-credentials grant; the words of a wrong secret are UNCONFIRMED."""
    app = shop.app
    if form.get("client_id") != app.client_id:
        what = f"Could not find Shopify API application with api_key {form.get('client_id', '')}"
        return _refused("application_cannot_be_found", what)
    if form.get("grant_type") != "client_credentials":
        return _refused("unsupported_grant_type", "The grant type is not supported.")
    if form.get("client_secret") != app.client_secret:
        return _refused("invalid_client", "The client secret is invalid.")
    scope = ",".join(sorted(app.scopes))
    return JSONResponse({"access_token": app.issue(), "scope": scope, "expires_in": 86_399})


def _refused(code: str, description: str) -> Response:
    return JSONResponse({"error": code, "error_description": description}, 400)
