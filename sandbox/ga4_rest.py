"""The REST transport of the Analytics Data API: `/v1beta/properties/{id}:runReport` and its sisters."""

from __future__ import annotations

import json
import re
from typing import Any

from google.protobuf import json_format
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.ga4_errors import HTTP_CODES, Ga4Error, bad_request
from sandbox.ga4_service import RPCS, Ga4Api

VERBS = {
    "runReport": "RunReport",
    "batchRunReports": "BatchRunReports",
    "checkCompatibility": "CheckCompatibility",
}
_NOT_FOUND = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>"
_REALM = 'Bearer realm="https://accounts.google.com/"'


def rest_routes(api: Ga4Api) -> list[BaseRoute]:
    """The paths below `/v1beta`; what Google does not know is a 404 page in HTML, whatever the method."""

    async def post(request: Request) -> Response:
        name, _, verb = request.path_params["path"].rpartition(":")
        if request.method != "POST" or verb not in VERBS:
            return HTMLResponse(_NOT_FOUND, 404)
        return await run_in_threadpool(_call, api, VERBS[verb], name, await request.body(), request)

    async def get_metadata(request: Request) -> Response:
        name = f"properties/{request.path_params['property_id']}/metadata"
        return await run_in_threadpool(_call, api, "GetMetadata", name, b"", request)

    return [
        Route("/v1beta/properties/{property_id}/metadata", get_metadata, methods=["GET"]),
        Route("/v1beta/{path:path}", post, methods=["GET", "POST"]),
    ]


def _call(api: Ga4Api, rpc: str, name: str, body: bytes, request: Request) -> Response:
    try:
        message = _message(rpc, name, body)
        answer = api.call(rpc, message, request.headers.get("authorization", ""))
        return JSONResponse(_json(answer))
    except Ga4Error as error:
        headers = {"www-authenticate": _REALM} if error.status == "UNAUTHENTICATED" else None
        return JSONResponse(error.body(), HTTP_CODES[error.status], headers)


def _message(rpc: str, name: str, body: bytes) -> Any:
    """The request message of a JSON body; the path names the property."""
    message = RPCS[rpc].raw_request()
    try:
        json_format.ParseDict(json.loads(body or b"{}"), message)
    except (json_format.ParseError, ValueError, AttributeError, TypeError) as error:
        raise bad_request(f"Invalid JSON payload received. {_reason(error)}") from error
    setattr(message, RPCS[rpc].property_field, name)
    return message


def _reason(error: Exception) -> str:
    unknown = re.search(r'no field named "([^"]+)"', str(error))
    return f'Unknown name "{unknown[1]}": Cannot find field.' if unknown else str(error)


def _json(message: Any) -> dict[str, Any]:
    """Canonical JSON (zeros left out), but a quota status always shows both of its numbers."""
    body = json_format.MessageToDict(message)
    for quota in (found["propertyQuota"] for found in [body, *body.get("reports", [])] if "propertyQuota" in found):
        for status in quota.values():
            status.setdefault("consumed", 0)
            status.setdefault("remaining", 0)
    return body
