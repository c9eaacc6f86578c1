"""TikTok's Business API v1.3: advertisers and basic reports.

    GET /open_api/v1.3/oauth2/advertiser/get/   /open_api/v1.3/advertiser/info/   /open_api/v1.3/report/integrated/get/

Token in the header Access-Token. The slash at a path's end is part of it. Every answer is HTTP 200 with a `code`. Not
simulated: how a token is made, report tasks, other filters than that by status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.other_ads import TIKTOK_NL, TIKTOK_UK
from sandbox.faults import Answer, Faults
from sandbox.tiktok_errors import TikTokError, answer, bad_param
from sandbox.tiktok_query import ReportQuery, texts
from sandbox.tiktok_report import METRICS, report
from sandbox.tiktok_state import APP_ID, APP_SECRET, TikTokState, tiktok_state_of

__all__ = ["PLATFORM", "TRANSIENT", "TikTokState", "routes", "tiktok_state_of"]

PLATFORM = "tiktok_ads"
VERSION = "v1.3"
TOO_MANY_CALLS = TikTokError(40100, "Too many requests. Please retry in some time.")
TRANSIENT = (
    Answer(200, TOO_MANY_CALLS.body()),
    Answer(200, TikTokError(50000, "System error").body()),
    Answer(200, TikTokError(50002, "Service error: timeout").body()),
    Answer(502, "<html><title>502 Bad Gateway</title></html>", {"content-type": "text/html"}),
)
ADVERTISERS: dict[str, dict[str, Any]] = {
    account.id: {
        "advertiser_id": account.id,
        "name": name,
        "currency": account.currency,
        "timezone": account.time_zone,
        "status": "STATUS_ENABLE",
        "role": "ROLE_ADVERTISER",
        "country": country,
    }
    for account, name, country in ((TIKTOK_NL, "Duurzame Mode", "NL"), (TIKTOK_UK, "Duurzame Mode UK", "GB"))
}

Data = dict[str, Any]
Asked = Mapping[str, str]
Endpoint = Callable[[World, Asked], Data]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is an unknown route."""
    paths: dict[str, Endpoint] = {
        f"/open_api/{VERSION}/oauth2/advertiser/get/": _authorised,
        f"/open_api/{VERSION}/advertiser/info/": _info,
        f"/open_api/{VERSION}/report/integrated/get/": _report,
        "/{path:path}": _nowhere,
    }
    return [Route(path, _handler(world, endpoint)) for path, endpoint in paths.items()]


def _handler(world: World, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            if endpoint is not _nowhere:
                tiktok_state_of(world).check_token(request.headers.get("access-token", ""))
            data = await run_in_threadpool(endpoint, world, dict(request.query_params))
            return JSONResponse(answer(0, "OK", data))
        except TikTokError as error:
            return JSONResponse(error.body())

    return handle


def _nowhere(_world: World, _asked: Asked) -> Data:
    raise TikTokError(40400, "The requested route does not exist.")


def _authorised(world: World, asked: Asked) -> Data:
    if (asked.get("app_id"), asked.get("secret")) != (APP_ID, APP_SECRET):
        raise TikTokError(40001, "The app id or its secret is incorrect.")
    refused = tiktok_state_of(world).refused
    return {
        "list": [
            {"advertiser_id": id_, "advertiser_name": told["name"]}
            for id_, told in ADVERTISERS.items()
            if id_ not in refused
        ]
    }


def _info(world: World, asked: Asked) -> Data:
    ids = texts(asked, "advertiser_ids")
    for advertiser in ids:
        tiktok_state_of(world).check_advertiser(advertiser, set(ADVERTISERS))
    names = texts(asked, "fields") if "fields" in asked else list(ADVERTISERS[ids[0]]) if ids else []
    if wrong := [name for name in names if any(name not in ADVERTISERS[each] for each in ids)]:
        raise bad_param(f"fields: Invalid fields: {wrong}")
    return {"list": [{name: ADVERTISERS[each][name] for name in names} for each in ids]}


def _report(world: World, asked: Asked) -> Data:
    advertiser, state = asked.get("advertiser_id", ""), tiktok_state_of(world)
    state.check_advertiser(advertiser, set(ADVERTISERS))
    query = ReportQuery.of(asked, set(METRICS))
    if query.daily and (query.last - query.first).days >= state.most_days:
        raise TikTokError(40067, "The query is too large. Please narrow down the time range.")
    return report(world, advertiser, query)
