"""Typeform's Create and Responses APIs, of an account with a form for each of two countries.

    GET /forms   /forms/{form_id}   /forms/{form_id}/responses      POST /oauth/token

A personal token, or an access token for a refresh token, which is replaced at every use. Two requests a second are
allowed; here it is two at a time. An answer shows up some minutes after it was given, and is not changed any more.
UNCONFIRMED: the status of AUTHENTICATION_FAILED (here 403), and the words of a bad parameter.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.questionnaires import Account
from sandbox.faults import Answer, Faults
from sandbox.invitations import accounts, invitations
from sandbox.typeform_errors import TypeformError
from sandbox.typeform_forms import form, response, summary
from sandbox.typeform_oauth import PERSONAL_TOKEN, Grants
from sandbox.typeform_query import Asked, whole

PLATFORM = "typeform"
MAX_CONCURRENT = 2
TOO_MANY = TypeformError(429, "TOO_MANY_REQUESTS", "Too many requests").answer({"retry-after": "1"})
TRANSIENT = (
    TOO_MANY,
    TypeformError(500, "INTERNAL_SERVER_ERROR", "Internal server error").answer(),
    Answer(503, "<html><body>503 Service Temporarily Unavailable</body></html>", {"content-type": "text/html"}),
)
FORMS_PER_PAGE = (10, 200)
"""Of /forms: the default, and the most."""

Body = dict[str, Any]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is 404."""
    grants = Grants()
    paths: dict[str, Callable[[World, Request], Body]] = {
        "/forms": _forms,
        "/forms/{form_id}": _form,
        "/forms/{form_id}/responses": _responses,
        "/{path:path}": _nowhere,
    }
    token = Route("/oauth/token", _exchange(grants), methods=["POST"])
    return [token, *(Route(path, _handler(world, grants, endpoint)) for path, endpoint in paths.items())]


def _exchange(grants: Grants) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def exchange(request: Request) -> Response:
        answer = grants.answer(dict(parse_qsl((await request.body()).decode())))
        return Response(answer.content(), answer.status, answer.all_headers())

    return exchange


def _handler(world: World, grants: Grants, endpoint: Callable[[World, Request], Body]) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        try:
            _check_token(grants, request.headers.get("authorization", ""))
            return JSONResponse(endpoint(world, request))
        except TypeformError as error:
            answer = error.answer()
            return Response(answer.content(), answer.status, answer.all_headers())

    return handle


def _check_token(grants: Grants, header: str) -> None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TypeformError(403, "AUTHENTICATION_FAILED", "Authentication credentials not found on the Request Headers")
    if token != PERSONAL_TOKEN and not grants.valid(token):
        raise TypeformError(401, "UNAUTHORIZED", "Unauthorized")


def _account(request: Request) -> Account:
    form_id = request.path_params["form_id"]
    found = accounts(PLATFORM).get(form_id)
    if found is None:
        raise TypeformError(404, "FORM_NOT_FOUND", f"Non existing form with uid {form_id}")
    return found


def _nowhere(_world: World, request: Request) -> Body:
    raise TypeformError(404, "NOT_FOUND", f"{request.method} /{request.path_params['path']} not found")


def _forms(_world: World, request: Request) -> Body:
    default, most = FORMS_PER_PAGE
    size, page = whole(request.query_params, "page_size", default, 1, most), whole(request.query_params, "page", 1, 1)
    everything = [summary(account) for account in accounts(PLATFORM).values()]
    shown = everything[(page - 1) * size : page * size]
    return {"total_items": len(everything), "page_count": -(-len(everything) // size), "items": shown}


def _form(_world: World, request: Request) -> Body:
    return form(_account(request))


def _responses(world: World, request: Request) -> Body:
    account, asked = _account(request), Asked.of(request.query_params)
    found = asked.chosen([response(account, one) for one in invitations(world, account)])
    shown = found[: asked.page_size]
    return {"total_items": len(found), "page_count": -(-len(found) // asked.page_size), "items": shown}
