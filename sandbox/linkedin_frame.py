"""The frame of LinkedIn's versioned REST API: headers that every call needs, Rest.li parameters, and refusals."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer
from sandbox.linkedin_errors import LinkedInError, bad_query
from sandbox.linkedin_restli import parameters
from sandbox.linkedin_state import LinkedInState, linkedin_state_of

FIRST_VERSION, LAST_VERSION = 202601, 202608
NO_VERSION = "A version must be present. Please specify a version by adding the Linkedin-Version header."
TRANSIENT = (
    Answer(500, LinkedInError(500, "INTERNAL_SERVER_ERROR", "Internal Server Error").body()),
    Answer(503, "<html><body>Service Unavailable</body></html>", {"content-type": "text/html"}),
)

Body = dict[str, Any]
Endpoint = Callable[[World, Request, dict[str, Any]], Body]


def linkedin_routes(world: World, endpoints: dict[str, Endpoint]) -> list[BaseRoute]:
    """The token endpoint, and endpoints by their path; any other path is 404."""
    state = linkedin_state_of(world)

    async def token(request: Request) -> Response:
        status, body = state.grant(dict(parse_qsl((await request.body()).decode())))
        return JSONResponse(body, status)

    found: list[BaseRoute] = [Route("/oauth/v2/accessToken", token, methods=["POST"])]
    paths = endpoints | {"/{path:path}": _nowhere}
    return found + [Route(path, _handler(world, endpoint)) for path, endpoint in paths.items()]


def _handler(world: World, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            _check_headers(request, linkedin_state_of(world))
            asked = parameters(request.url.query)
            return JSONResponse(await run_in_threadpool(endpoint, world, request, asked))
        except LinkedInError as error:
            return error.response()

    return handle


def _check_headers(request: Request, state: LinkedInState) -> None:
    version = request.headers.get("linkedin-version", "")
    if not version:
        raise LinkedInError(400, "VERSION_MISSING", NO_VERSION)
    if not re.fullmatch(r"20\d{4}", version) or not FIRST_VERSION <= int(version) <= LAST_VERSION:
        raise LinkedInError(426, "NONEXISTENT_VERSION", f"Requested version {version} is not active")
    if request.headers.get("x-restli-protocol-version") != "2.0.0":
        raise bad_query("Rest.li protocol version 2.0.0 is required")
    state.check(request.headers.get("authorization", ""))


def _nowhere(_world: World, request: Request, _asked: dict[str, Any]) -> Body:
    raise LinkedInError(404, "RESOURCE_NOT_FOUND", f"No virtual resource found for {request.url.path}")


def check_finder(asked: dict[str, Any], finder: str) -> None:
    """Raises LinkedInError unless the call is of a finder."""
    if asked.get("q") != finder:
        raise bad_query(f"Finder {asked.get('q')} is not supported on this resource")


def counted_page(request: Request, asked: dict[str, Any], records: list[Body], most: int) -> Body:
    """A page of a list by `start` and `count`, with a link to the next one while there are more."""
    start, count = str(asked.get("start", "0")), str(asked.get("count", "10"))
    if not (start.isdigit() and count.isdigit() and 1 <= int(count) <= most):
        raise bad_query(f"Invalid page: start {start}, count {count}")
    first, after = int(start), int(start) + int(count)
    link = {"rel": "next", "type": "application/json", "href": f"{request.url.path}?start={after}&count={count}"}
    paging = {"start": first, "count": int(count), "links": [link] if after < len(records) else []}
    return {"paging": paging, "elements": records[first:after]}
