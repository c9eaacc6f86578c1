"""Mailchimp's Marketing API 3.0 of one account, in data centre us21.

    GET /3.0/ping   /3.0/reports[/{id}]   /3.0/campaigns[/{id}]   /3.0/lists[/{id}]   /3.0/lists/{id}/activity

Key by Basic (any user name) or Bearer. More than 10 requests at once: 429. Counters are cumulative, as known now.
UNCONFIRMED: the order of /reports (here newest first) and the words of a bad count or time (400).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults
from sandbox.mailchimp_errors import ProblemError
from sandbox.mailchimp_objects import ACTIVITY_DAYS, Account, Sends, campaign, report
from sandbox.mailchimp_query import Page, selected

PLATFORM = "mailchimp"
KEY = "0123456789abcdef0123456789abcdef-us21"
DATA_CENTRE = "us21"
MAX_CONCURRENT = 10
TOO_MANY = ProblemError("Too Many Requests").answer()
TRANSIENT = (
    ProblemError("Internal Server Error").answer(),
    TOO_MANY,
    Answer(503, "<html><head><title>503 Service Unavailable</title></head></html>", {"content-type": "text/html"}),
)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

Body = dict[str, Any]
Endpoint = Callable[[Account, Request], Body]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is 404 with a problem document."""
    account = Account(world)
    paths: dict[str, Endpoint] = {
        "/3.0/ping": _ping,
        "/3.0/reports": _reports,
        "/3.0/reports/{campaign_id}": _report,
        "/3.0/campaigns": _campaigns,
        "/3.0/campaigns/{campaign_id}": _campaign,
        "/3.0/lists": _lists,
        "/3.0/lists/{list_id}": _list,
        "/3.0/lists/{list_id}/activity": _activity,
        "/{path:path}": _nowhere,
    }
    return [Route(path, _handler(account, endpoint), methods=METHODS) for path, endpoint in paths.items()]


def _handler(account: Account, endpoint: Endpoint) -> Callable[[Request], Response]:
    def handle(request: Request) -> Response:
        try:
            _check_key(request.headers.get("authorization", ""))
            if request.method != "GET" and endpoint is not _nowhere:
                raise ProblemError("Method Not Allowed")
            body = endpoint(account, request)
            return JSONResponse(selected(body, request.query_params))
        except ProblemError as problem:
            return problem.response()

    return handle


def _check_key(header: str) -> None:
    scheme, _, secret = header.partition(" ")
    if not secret:
        raise ProblemError("API Key Missing")
    key = _basic(secret) if scheme.lower() == "basic" else secret
    if key == KEY:
        return
    same_account = key.rpartition("-")[0] == KEY.rpartition("-")[0]
    raise ProblemError("Wrong Datacenter" if same_account else "API Key Invalid")


def _basic(secret: str) -> str:
    """The password of a Basic header; "" when it is not one."""
    try:
        return base64.b64decode(secret, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _ping(_account: Account, _request: Request) -> Body:
    return {"health_status": "Everything's Chimpy!"}


def _nowhere(_account: Account, _request: Request) -> Body:
    raise ProblemError("Resource Not Found")


def _reports(account: Account, request: Request) -> Body:
    sends = Sends.of(request.query_params)
    rows = account.newsletters(sends, Page.of(request.query_params))
    series = account.timeseries([row["campaign_id"] for row in rows]) if _wants_timeseries(request) else {}
    reports = [report(row, series.get(row["campaign_id"], [])) for row in rows]
    return {"reports": reports, "total_items": account.count(sends), "_links": []}


def _wants_timeseries(request: Request) -> bool:
    """Only when the answer will show it: it is the slow part."""
    fields = request.query_params.get("fields")
    return not fields or any(field.strip() in ("reports", "reports.timeseries") for field in fields.split(","))


def _report(account: Account, request: Request) -> Body:
    campaign_id = request.path_params["campaign_id"]
    rows = account.newsletters(Sends(), Page(1, 0), campaign_id)
    if not rows:
        raise ProblemError("Resource Not Found")
    return report(rows[0], account.timeseries([campaign_id]).get(campaign_id, []))


def _campaigns(account: Account, request: Request) -> Body:
    asked = request.query_params
    sends, page = Sends.of(asked), Page.of(asked)
    if asked.get("status", "sent") != "sent":
        return {"campaigns": [], "total_items": 0, "_links": []}
    rows = account.newsletters(sends, page)
    return {"campaigns": [campaign(row) for row in rows], "total_items": account.count(sends), "_links": []}


def _campaign(account: Account, request: Request) -> Body:
    rows = account.newsletters(Sends(), Page(1, 0), request.path_params["campaign_id"])
    if not rows:
        raise ProblemError("Resource Not Found")
    return campaign(rows[0])


def _lists(account: Account, request: Request) -> Body:
    page = Page.of(request.query_params)
    everyone = [_with_contacts(entry, request) for entry in account.lists()]
    constraints = {"may_create": False, "max_instances": 5, "current_total_instances": len(everyone)}
    shown = everyone[page.offset : page.offset + page.count]
    return {"lists": shown, "total_items": len(everyone), "constraints": constraints, "_links": []}


def _with_contacts(entry: Body, request: Request) -> Body:
    """total_contacts is left out unless asked for."""
    if request.query_params.get("include_total_contacts", "").lower() != "true":
        entry["stats"].pop("total_contacts")
    return entry


def _list(account: Account, request: Request) -> Body:
    found = [entry for entry in account.lists() if entry["id"] == request.path_params["list_id"]]
    if not found:
        raise ProblemError("Resource Not Found")
    return _with_contacts(found[0], request)


def _activity(account: Account, request: Request) -> Body:
    list_id = request.path_params["list_id"]
    page = Page.of(request.query_params)
    if list_id not in {entry["id"] for entry in account.lists()}:
        raise ProblemError("Resource Not Found")
    days = account.activity(list_id)[:ACTIVITY_DAYS]
    shown = days[page.offset : page.offset + page.count]
    return {"activity": shown, "list_id": list_id, "total_items": len(days), "_links": []}
