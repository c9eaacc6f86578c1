"""Brevo's API v3 of two accounts.

    GET /v3/account   /v3/emailCampaigns[/{id}]   /v3/smtp/statistics/reports

The limit of 100 requests an hour is not kept, as the world's hour may stand still; a test scripts the refusal.
UNCONFIRMED: the words of messages; whether days without transactional e-mails are told (here they are not).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.brevo_accounts import ACCOUNTS, Account
from sandbox.brevo_campaigns import campaign, campaigns, reports
from sandbox.brevo_errors import KEY_NOT_FOUND, BrevoError, too_many
from sandbox.brevo_query import Campaigns, node, report_days
from sandbox.company import World
from sandbox.faults import Faults

PLATFORM = "brevo"
TRANSIENT = (
    BrevoError("internal_error", "Internal server error").answer(),
    too_many(1).answer(),
    BrevoError("service_unavailable", "Service unavailable").answer(),
)
METHODS = ["GET", "POST", "PUT", "DELETE"]

Body = dict[str, Any]
Endpoint = Callable[[World, Account, Request], Body]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is 404."""
    paths: dict[str, Endpoint] = {
        "/v3/account": _account,
        "/v3/emailCampaigns": _campaigns,
        "/v3/emailCampaigns/{campaign_id}": _campaign,
        "/v3/smtp/statistics/reports": _reports,
        "/{path:path}": _nowhere,
    }
    return [Route(path, _handler(world, endpoint), methods=METHODS) for path, endpoint in paths.items()]


def _handler(world: World, endpoint: Endpoint) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        try:
            account = _of_key(request.headers.get("api-key", ""))
            if request.method != "GET":
                raise BrevoError("method_not_allowed", "Method not allowed")
            return JSONResponse(endpoint(world, account, request))
        except BrevoError as error:
            return error.response()

    return handle


def _of_key(key: str) -> Account:
    for account in ACCOUNTS:
        if key == account.key:
            return account
    raise KEY_NOT_FOUND


def _account(_world: World, account: Account, _request: Request) -> Body:
    return account.told()


def _campaigns(world: World, account: Account, request: Request) -> Body:
    found, count = campaigns(world, account, Campaigns.of(request.query_params, world.clock))
    return {"count": count} | ({"campaigns": found} if count else {})


def _campaign(world: World, account: Account, request: Request) -> Body:
    found = campaign(world, account, request.path_params["campaign_id"], node(request.query_params))
    if found is None:
        raise BrevoError("document_not_found", "Campaign ID does not exist")
    return found


def _reports(world: World, account: Account, request: Request) -> Body:
    today = world.now.astimezone(account.zone).date()
    first, last, rows = report_days(request.query_params, today)
    found = reports(world, account, first, last, rows)
    return {"reports": found if request.query_params.get("sort") != "asc" else found[::-1]}


def _nowhere(_world: World, _account: Account, _request: Request) -> Body:
    raise BrevoError("document_not_found", "The requested resource does not exist")
