"""Google Search Console's Search Analytics, over the company's searches.

    GET  /webmasters/v3/sites   /webmasters/v3/sites/{site}
    POST /webmasters/v3/sites/{site}/searchAnalytics/query

A site's name is one segment of the path, percent-encoded. Scope webmasters.readonly. Dimensions: date, query, page;
the world has no countries, devices, appearances or hours of searches, and no filters: 400. Days are taken as Pacific.
UNCONFIRMED: the words of a 400.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.searches import SITES
from sandbox.faults import Answer, Faults
from sandbox.google_tokens import WEBMASTERS, Tokens, tokens_of
from sandbox.search_console_errors import SearchError, check_token, forbidden
from sandbox.search_console_query import Query, answer

PLATFORM = "search_console"
TRANSIENT = (
    SearchError(500, "backendError", "Backend Error").answer(),
    SearchError(503, "backendError", "Backend Error").answer(),
    Answer(502, "<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>", {"content-type": "text/html"}),
)
UNVERIFIED = "https://www.andermans-site.example/"
LEVELS = {site.name: "siteFullUser" for site in SITES} | {UNVERIFIED: "siteUnverifiedUser"}
_NOT_FOUND = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>"
_PATH = re.compile(r"/webmasters/v3/sites(?:/(?P<site>[^/]+)(?P<query>/searchAnalytics/query)?)?")


def routes(world: World, _faults: Faults, tokens: Tokens | None = None) -> list[BaseRoute]:
    """The paths below the base URL; what Google does not know is a 404 page in HTML."""
    issuer = tokens or tokens_of(world)

    async def handle(request: Request) -> Response:
        body = await request.body()
        return await run_in_threadpool(_answer, world, issuer, request, body)

    return [Route("/{path:path}", handle, methods=["GET", "POST"])]


def _answer(world: World, tokens: Tokens, request: Request, body: bytes) -> Response:
    # A site's slashes are encoded: only the raw path tells them from those between segments.
    raw = request.scope["raw_path"].decode().partition(f"/{PLATFORM}")[2]
    path = _PATH.fullmatch(raw)
    if path is None or request.method != ("POST" if path["query"] else "GET"):
        return HTMLResponse(_NOT_FOUND, 404)
    try:
        check_token(tokens.state(request.headers.get("authorization", ""), WEBMASTERS))
        return JSONResponse(_endpoint(path)(world, unquote(path["site"] or ""), body))
    except SearchError as error:
        return error.response()


def _endpoint(path: re.Match[str]) -> Callable[[World, str, bytes], dict[str, Any]]:
    if path["query"]:
        return _query
    return _site if path["site"] else _sites


def _sites(_world: World, _name: str, _body: bytes) -> dict[str, Any]:
    return {"siteEntry": [_entry(name) for name in LEVELS]}


def _entry(name: str) -> dict[str, str]:
    return {"siteUrl": name, "permissionLevel": LEVELS[name]}


def _site(_world: World, name: str, _body: bytes) -> dict[str, Any]:
    if name not in LEVELS:
        raise SearchError(404, "notFound", f"'{name}' is not a verified Search Console site in this account.")
    return dict(_entry(name))


def _query(world: World, name: str, body: bytes) -> dict[str, Any]:
    if LEVELS.get(name, "siteUnverifiedUser") == "siteUnverifiedUser":
        raise forbidden(name)
    return answer(world, name, Query.of(body))
