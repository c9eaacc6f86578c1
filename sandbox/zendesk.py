"""Zendesk's CSAT of two accounts: one with ratings, good or bad, and one with surveys, 1 to 5.

Two test copies of them, with a number behind their name as Zendesk gives them, have both kinds: they have moved.

    POST /{subdomain}/oauth/tokens
    GET  /{subdomain}/api/v2/satisfaction_ratings[/count]   /{subdomain}/api/v2/guide/survey_responses[/{id}]

But for the copies an account has one kind of CSAT: the other is 403. A rating is there when it was offered, and becomes
good or bad later.
UNCONFIRMED: that survey responses without an answer are listed, and the words of a bad parameter.
Times of ratings are asked for in seconds, those of survey responses in milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.questionnaires import PERCENT_GOOD, Account
from sandbox.faults import Answer, Faults
from sandbox.invitations import accounts, invitations
from sandbox.zendesk_errors import FORBIDDEN, FORBIDDEN_GUIDE, NOT_FOUND, NOT_FOUND_GUIDE, ZendeskError
from sandbox.zendesk_oauth import Clients
from sandbox.zendesk_pages import Page, epoch
from sandbox.zendesk_records import SCORES, rating, survey_response, ulid

PLATFORM = "zendesk"
TRANSIENT = (
    Answer(429, {"error": "APIRateLimitExceeded", "description": "Number of allowed API requests per minute exceeded"},
           {"retry-after": "1", "x-rate-limit": "200", "x-rate-limit-remaining": "0"}),
    Answer(500, {"error": "InternalError", "description": "Internal server error"}),
    Answer(503, "<html><body>Service Unavailable</body></html>", {"retry-after": "1", "content-type": "text/html"}),
)  # fmt: skip
SECOND_MS = 1000
COPIES = ("duurzame-mode1700000001", "duurzame-mode1700000002")

Body = dict[str, Any]
Endpoint = Callable[[World, Request], Body]


def _subdomains() -> dict[str, tuple[Account, ...]]:
    """The accounts of the world behind each subdomain."""
    own = accounts(PLATFORM)
    return {name: (account,) for name, account in own.items()} | dict.fromkeys(COPIES, tuple(own.values()))


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths, as of today with or without .json; any other is 404."""
    clients = {subdomain: Clients(subdomain) for subdomain in _subdomains()}
    paths: dict[str, Endpoint] = {
        "/satisfaction_ratings": _ratings,
        "/satisfaction_ratings/count": _count,
        "/guide/survey_responses": _survey_responses,
        "/guide/survey_responses/{response_id}": _survey_response,
    }
    endpoints = [
        Route(f"/{{subdomain}}/api/v2{path}{ending}", _handler(world, clients, endpoint))
        for path, endpoint in paths.items()
        for ending in ("", ".json")
    ]
    token = Route("/{subdomain}/oauth/tokens", _exchange(clients), methods=["POST"])
    return [token, *endpoints, Route("/{path:path}", lambda _: _sent(NOT_FOUND.answer))]


def _sent(answer: Answer) -> Response:
    return Response(answer.content(), answer.status, answer.all_headers())


def _exchange(clients: dict[str, Clients]) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    async def exchange(request: Request) -> Response:
        asked = clients.get(request.path_params["subdomain"])
        return _sent(asked.answer(await request.body()) if asked else NOT_FOUND.answer)

    return exchange


def _handler(world: World, clients: dict[str, Clients], endpoint: Endpoint) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        subdomain = request.path_params["subdomain"]
        try:
            if subdomain not in clients:
                raise NOT_FOUND
            clients[subdomain].check(request.headers.get("authorization", ""))
            limits = {"x-rate-limit": "700", "x-rate-limit-remaining": "699"}
            return JSONResponse(endpoint(world, request), headers=limits)
        except ZendeskError as error:
            return _sent(error.answer)

    return handle


def _account(request: Request, *, ratings: bool) -> Account:
    """The one that has ratings, or surveys. Raises a refusal where the subdomain has none."""
    for account in _subdomains()[request.path_params["subdomain"]]:
        if (account.tool.scale == PERCENT_GOOD) is ratings:
            return account
    raise FORBIDDEN if ratings else FORBIDDEN_GUIDE


def _chosen_ratings(world: World, request: Request) -> list[Body]:
    account = _account(request, ratings=True)
    asked = request.query_params
    start, end = epoch(asked, "start_time"), epoch(asked, "end_time")
    scores = SCORES.get(asked.get("score", ""))
    if "score" in asked and scores is None:
        raise ZendeskError(400, {"error": "InvalidValue", "description": "Invalid score"})
    found = [one for one in invitations(world, account) if _within(one.asked_at.timestamp(), start, end)]
    rows = [rating(account, one) for one in found]
    chosen = [row for row in rows if scores is None or scores(row)]
    return chosen[::-1] if asked.get("sort_order") == "desc" else chosen


def _within(moment: float, start: int | None, end: int | None) -> bool:
    return (start is None or moment >= start) and (end is None or moment <= end)


def _ratings(world: World, request: Request) -> Body:
    return Page.of(request).body("satisfaction_ratings", _chosen_ratings(world, request))


def _count(world: World, request: Request) -> Body:
    found = _chosen_ratings(world, request)
    return {"count": {"value": len(found), "refreshed_at": f"{world.clock:%Y-%m-%dT%H:%M:%SZ}"}}


def _survey_responses(world: World, request: Request) -> Body:
    asked = request.query_params
    start, end = epoch(asked, "filter[created_at_start]"), epoch(asked, "filter[created_at_end]")
    everyone = invitations(world, _account(request, ratings=False))
    found = [survey_response(one) for one in everyone if _within(one.asked_at.timestamp() * SECOND_MS, start, end)]
    return Page.of(request).body("survey_responses", found[::-1] if asked.get("sort") == "-id" else found)


def _survey_response(world: World, request: Request) -> Body:
    wanted = request.path_params["response_id"]
    found = [one for one in invitations(world, _account(request, ratings=False)) if ulid(one) == wanted]
    if not found:
        raise NOT_FOUND_GUIDE
    return {"survey_response": survey_response(found[0])}
