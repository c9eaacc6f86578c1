"""The frame of every Graph API here: the version in the path, the call's parameters, and errors as Meta writes them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.faults import Answer
from sandbox.meta_call import GraphCall, graph_call
from sandbox.meta_errors import RETIRED, MetaError

LIVE_VERSIONS = ("v25.0", "v26.0")
RETIRED_VERSIONS = ("v21.0", "v22.0", "v23.0", "v24.0")
TRANSIENT = (
    Answer(500, MetaError(2, "Service temporarily unavailable", transient=True).body()),
    Answer(500, MetaError(1, "An unknown error occurred").body()),
    Answer(500, MetaError(2, "An unexpected error has occurred.", subcode=1504043, transient=True).body()),
)

Handle = Callable[[GraphCall], dict[str, Any]]
Headers = Callable[[GraphCall], Mapping[str, str]]


def graph_routes(handle: Handle, headers: Headers) -> list[BaseRoute]:
    """Everything below the base URL. `handle` answers a call or raises MetaError; `headers` are told beside either."""

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, handle, headers, request, await request.body())

    return [Route("/{path:path}", answer, methods=["GET", "POST"])]


def _answer(handle: Handle, headers: Headers, request: Request, body: bytes) -> Response:
    version, *path = request.path_params["path"].strip("/").split("/")
    told: dict[str, str] = {"facebook-api-version": version}
    try:
        if version not in LIVE_VERSIONS and not version.startswith("v"):
            version, path = LIVE_VERSIONS[-1], [version, *path]  # unversioned: the app's version
        _check_version(version, request.url.path)
        call = graph_call(request, tuple(path), body)
        told |= headers(call)
        return JSONResponse(handle(call), headers=told)
    except MetaError as error:
        return JSONResponse(error.body(), error.http_code, told)


def _check_version(version: str, path: str) -> None:
    if version in RETIRED_VERSIONS:
        raise MetaError(2635, RETIRED)
    if version not in LIVE_VERSIONS:
        raise MetaError(2500, f"Unknown path components: {path}")


def use_headers(account: str, kind: str, percent: float, wait_minutes: int = 0) -> dict[str, str]:
    """The throttle headers of an organic call: the business use case's (`pages`, `instagram`), and the app's."""
    usage = {"call_count": int(percent), "total_cputime": int(percent / 2), "total_time": int(percent / 2)}
    told = {"type": kind, **usage, "estimated_time_to_regain_access": wait_minutes}
    return {"x-business-use-case-usage": json.dumps({account: [told]}), "x-app-usage": json.dumps(usage)}
