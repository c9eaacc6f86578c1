"""Google Ads API over REST: GAQL search, searchStream and listAccessibleCustomers, v23 to v26.

Accounts and access: google_ads_accounts. Fields: google_ads_fields. `conversions` counts purchases by click day,
`all_conversions` leads too; view-through conversions are in neither. Zero, false and empty values are left out of
the rows, as the proto3 JSON mapping allows. searchStream wraps its error object in an array. v22 answers
UNSUPPORTED_VERSION, what is older or not yet there a 404 page in HTML.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults
from sandbox.gaql import GaqlError
from sandbox.google_ads_accounts import accessible, account_for
from sandbox.google_ads_errors import MESSAGES, AdsError, quota_body, status_body
from sandbox.google_ads_search import search
from sandbox.google_tokens import ADWORDS, Tokens, TokenState, tokens_of

__all__ = ["PLATFORM", "TRANSIENT", "quota_body", "routes"]

PLATFORM = "google_ads"
LIVE_VERSIONS = ("v23", "v24", "v25", "v26")
BLOCKED_VERSIONS = ("v22",)
TRANSIENT = (
    Answer(500, AdsError(500, "internalError", "TRANSIENT_ERROR", "Internal error.").body("v26", "SandboxRare")),
    Answer(503, status_body(503, MESSAGES[503])),
    Answer(429, quota_body("RESOURCE_TEMPORARILY_EXHAUSTED", retry_delay_s=1)),
)
KNOWN_KEYS = {"query", "pageToken", "pageSize", "validateOnly", "searchSettings"}
_NOT_FOUND = "<!DOCTYPE html><html lang=en><title>Error 404 (Not Found)!!1</title>"
_EXPECTED = MESSAGES[401].partition(". ")[2]

_TOKEN_CODES: dict[TokenState, tuple[str, str]] = {
    TokenState.UNKNOWN: ("OAUTH_TOKEN_INVALID", "OAuth access token in the header is not valid."),
    TokenState.EXPIRED: ("OAUTH_TOKEN_EXPIRED", "OAuth access token in the header has expired."),
    TokenState.REVOKED: ("OAUTH_TOKEN_REVOKED", "OAuth access token in the header has been revoked."),
}


class _RefusedError(Exception):
    """A complete answer that is not a GoogleAdsFailure."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def routes(world: World, _faults: Faults, tokens: Tokens | None = None) -> list[BaseRoute]:
    """The paths below the base URL."""
    issuer = tokens or tokens_of(world)

    async def stream(request: Request) -> Response:
        return await run_in_threadpool(_answer, issuer, request, lambda: _stream(world, request), wrapped=True)

    async def page(request: Request) -> Response:
        return await run_in_threadpool(_answer, issuer, request, lambda: _page(world, request))

    async def customers(request: Request) -> Response:
        return await run_in_threadpool(_answer, issuer, request, lambda: JSONResponse({"resourceNames": accessible()}))

    def with_body(endpoint: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def read_first(request: Request) -> Response:
            request.state.body = await request.body()
            return await endpoint(request)

        return read_first

    return [
        Route("/{version}/customers:listAccessibleCustomers", customers, methods=["GET"]),
        Route("/{version}/customers/{customer}/googleAds:searchStream", with_body(stream), methods=["POST"]),
        Route("/{version}/customers/{customer}/googleAds:search", with_body(page), methods=["POST"]),
        Route("/{path:path}", lambda _request: HTMLResponse(_NOT_FOUND, 404), methods=["GET", "POST"]),
    ]


def _answer(tokens: Tokens, request: Request, work: Callable[[], Response], wrapped: bool = False) -> Response:
    """Do the work for whoever may ask; an error becomes its body, in an array where the answer would be one."""
    version, request_id = request.path_params["version"], secrets.token_urlsafe(16)
    request.state.request_id = request_id
    try:
        _check_version(version)
        _check_token(tokens.state(request.headers.get("authorization", ""), ADWORDS))
        answer = work()
    except _RefusedError as refused:
        return refused.answer
    except (AdsError, GaqlError) as error:
        failure = error if isinstance(error, AdsError) else AdsError(400, "queryError", error.code, error.message)
        body = failure.body(version, request_id)
        answer = JSONResponse([body] if wrapped else body, failure.http_code)
    answer.headers["request-id"] = request_id
    return answer


def _check_version(version: str) -> None:
    if version in BLOCKED_VERSIONS:
        message = f"Version {version} is deprecated. Requests to this version will be blocked."
        raise AdsError(400, "requestError", "UNSUPPORTED_VERSION", message)
    if version not in LIVE_VERSIONS:
        raise _RefusedError(HTMLResponse(_NOT_FOUND, 404))


def _check_token(state: TokenState) -> None:
    if state is TokenState.MISSING:
        reason = _error_info("CREDENTIALS_MISSING")
        message = f"Request is missing required authentication credential. {_EXPECTED}"
        raise _RefusedError(JSONResponse(status_body(401, message, [reason]), 401))
    if state is TokenState.OUT_OF_SCOPE:
        reason = _error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT")
        body = status_body(403, "Request had insufficient authentication scopes.", [reason])
        raise _RefusedError(JSONResponse(body, 403))
    if state in _TOKEN_CODES:
        raise AdsError(401, "authenticationError", *_TOKEN_CODES[state])


def _error_info(reason: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}


def _stream(world: World, request: Request) -> Response:
    batches = search(world, _account(request), _body(request)).batches(request.state.request_id)
    first = next(batches)  # whatever is wrong shows before the first byte is sent

    def chunks() -> Iterator[str]:
        yield "[" + json.dumps(first)
        for batch in batches:
            yield "\n,\n" + json.dumps(batch)
        yield "]\n"

    return StreamingResponse(chunks(), media_type="application/json; charset=UTF-8")


def _page(world: World, request: Request) -> Response:
    body = _body(request)
    settings = body.get("searchSettings", {})
    found = search(world, _account(request), body)
    return JSONResponse({} if body.get("validateOnly") else found.page(bool(settings.get("returnTotalResultsCount"))))


def _account(request: Request) -> Any:
    return account_for(request.path_params["customer"], request.headers.get("login-customer-id"))


def _body(request: Request) -> dict[str, Any]:
    """The JSON body; what Google's transcoding does not know is refused before anything else."""
    try:
        body = json.loads(request.state.body or b"{}")
    except ValueError as error:
        raise _RefusedError(JSONResponse(status_body(400, "Invalid JSON payload received."), 400)) from error
    unknown = [key for key in body if _camel(key) not in KNOWN_KEYS]
    if unknown:
        message = f'Invalid JSON payload received. Unknown name "{unknown[0]}": Cannot find field.'
        raise _RefusedError(JSONResponse(status_body(400, message), 400))
    return {_camel(key): value for key, value in body.items()}


def _camel(key: str) -> str:
    """Google takes both `pageToken` and `page_token`."""
    return re.sub(r"_([a-z])", lambda found: found[1].upper(), key)
