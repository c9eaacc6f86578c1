"""SurveyMonkey's API v3, of an app that sees the surveys of two countries.

    GET /v3/surveys   /v3/surveys/{id}/details   /v3/surveys/{id}/responses/bulk

The limits of an app (120 calls a minute, 500 a day) are told in headers and counted there; they are not enforced.
Beside what customers answered there are partial responses, and previews by the makers of the survey.
UNCONFIRMED: whether a bound of a time is itself in (here it is not: "after", "before"), and the default order.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.questionnaires import Account
from sandbox.faults import Answer, Faults
from sandbox.invitations import accounts, invitations
from sandbox.surveymonkey_errors import SurveyMonkeyError
from sandbox.surveymonkey_query import Asked, Page
from sandbox.surveymonkey_surveys import details, response, summary

PLATFORM = "surveymonkey"
TOKEN = "sandbox-surveymonkey-token"
PER_MINUTE, PER_DAY = 120, 500
TRANSIENT = (
    SurveyMonkeyError("1040").answer({"retry-after": "1"}),
    SurveyMonkeyError("1050").answer(),
    Answer(502, "<html><body>Bad Gateway</body></html>", {"content-type": "text/html"}),
)
SURVEYS_PER_PAGE, BULK_PER_PAGE = (50, 1000), (50, 100)
"""The default, and the most."""

Body = dict[str, Any]
Endpoint = Callable[[World, Request], Body]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is 404."""
    paths: dict[str, Endpoint] = {
        "/v3/surveys": _surveys,
        "/v3/surveys/{survey_id}/details": _details,
        "/v3/surveys/{survey_id}/responses/bulk": _bulk,
        "/{path:path}": _nowhere,
    }
    calls = count(1)
    return [Route(path, _handler(world, endpoint, calls)) for path, endpoint in paths.items()]


def _handler(world: World, endpoint: Endpoint, calls: count[int]) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        try:
            _check_token(request.headers.get("authorization", ""))
            return JSONResponse(endpoint(world, request), headers=_limits(next(calls)))
        except SurveyMonkeyError as error:
            answer = error.answer()
            return Response(answer.content(), answer.status, answer.all_headers())

    return handle


def _limits(calls: int) -> dict[str, str]:
    told = {"Day": (PER_DAY, 86_400), "Minute": (PER_MINUTE, 60)}
    parts = {
        span: {"Limit": limit, "Remaining": max(0, limit - calls), "Reset": reset}
        for span, (limit, reset) in told.items()
    }
    return {
        f"X-Ratelimit-App-Global-{span}-{name}": str(number)
        for span, numbers in parts.items()
        for name, number in numbers.items()
    }


def _check_token(header: str) -> None:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise SurveyMonkeyError("1010")
    if token != TOKEN:
        raise SurveyMonkeyError("1011")


def _account(request: Request) -> Account:
    found = accounts(PLATFORM).get(request.path_params["survey_id"])
    if found is None:
        raise SurveyMonkeyError("1020")
    return found


def _nowhere(_world: World, _request: Request) -> Body:
    raise SurveyMonkeyError("1020")


def _surveys(_world: World, request: Request) -> Body:
    return Page.of(request, *SURVEYS_PER_PAGE).body([summary(account) for account in accounts(PLATFORM).values()])


def _details(_world: World, request: Request) -> Body:
    return details(_account(request))


def _bulk(world: World, request: Request) -> Body:
    account, asked = _account(request), Asked.of(request.query_params)
    found = asked.chosen([response(account, one) for one in invitations(world, account)])
    return Page.of(request, *BULK_PER_PAGE).body(found)
