"""Microsoft Advertising's REST API v13: reports and accounts, on one host; at Microsoft they are on several.

    POST /common/oauth2/v2.0/token
    POST /Reporting/v13/GenerateReport/{Submit,Poll}          GET /reportstorage/{report}.zip?sig=…
    POST /CustomerManagement/v13/{Account/Query,Accounts/Search,User/Query}

Headers: Authorization, DeveloperToken, CustomerId, and of reports CustomerAccountId. The storage takes none of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.company.other_ads import MICROSOFT_NL, MICROSOFT_UK
from sandbox.faults import Answer, Faults
from sandbox.microsoft_errors import MicrosoftError
from sandbox.microsoft_reports import COLUMNS, Reports
from sandbox.microsoft_request import ZONES, ReportRequest
from sandbox.microsoft_state import CUSTOMER_ID, USER_ID, MicrosoftState, microsoft_state_of

__all__ = ["PLATFORM", "TRANSIENT", "MicrosoftState", "microsoft_state_of", "routes"]

PLATFORM = "microsoft_ads"
TRANSIENT = (MicrosoftError(0).answer(), Answer(503, "Service Unavailable"))
_ZONE_NAMES = {zone: name for name, zone in ZONES.items()}
ACCOUNTS: dict[str, dict[str, Any]] = {
    account.id: {
        "Id": account.id,
        "Name": name,
        "Number": number,
        "CurrencyCode": account.currency,
        "TimeZone": _ZONE_NAMES[account.time_zone],
        "ParentCustomerId": CUSTOMER_ID,
        "AccountLifeCycleStatus": "Active",
    }
    for account, name, number in (
        (MICROSOFT_NL, "Duurzame Mode", "F100AAAA"),
        (MICROSOFT_UK, "Duurzame Mode UK", "F100BBBB"),
    )
}
MOST_ROWS = 1000

Body = dict[str, Any]
Endpoint = Callable[["Service", Body, Mapping[str, str], str], Body]


class Service:
    """The API over one world."""

    def __init__(self, world: World) -> None:
        self.world, self.state = world, microsoft_state_of(world)
        self.reports = Reports(world, self.state, ACCOUNTS)


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The token endpoint, the API, and the storage of reports."""
    service = Service(world)

    async def token(request: Request) -> Response:
        status, body = service.state.grant(dict(parse_qsl((await request.body()).decode())))
        return JSONResponse(body, status)

    async def storage(request: Request) -> Response:
        name, signature = request.path_params["name"], request.query_params.get("sig", "")
        packed = await run_in_threadpool(service.reports.file, name, signature)
        if packed is None:
            return Response("<Error><Code>AuthenticationFailed</Code></Error>", 403, media_type="application/xml")
        return Response(packed, media_type="application/zip")

    paths: dict[str, Endpoint] = {
        "/Reporting/v13/GenerateReport/Submit": _submit,
        "/Reporting/v13/GenerateReport/Poll": _poll,
        "/CustomerManagement/v13/Account/Query": _account,
        "/CustomerManagement/v13/Accounts/Search": _search,
        "/CustomerManagement/v13/User/Query": _user,
    }
    return [
        Route("/common/oauth2/v2.0/token", token, methods=["POST"]),
        Route("/reportstorage/{name}", storage),
        *(Route(path, _handler(service, endpoint), methods=["POST"]) for path, endpoint in paths.items()),
    ]


def _handler(service: Service, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            service.state.check(request.headers)
            body = _body(await request.body())
            here = f"{request.url.scheme}://{request.url.netloc}{request.scope['root_path']}/"
            told = await run_in_threadpool(endpoint, service, body, request.headers, here)
            return JSONResponse(told)
        except MicrosoftError as error:
            answer = error.answer()
            return JSONResponse(answer.body, answer.status)

    return handle


def _body(content: bytes) -> Body:
    try:
        body = json.loads(content)
    except ValueError as error:
        raise MicrosoftError(100) from error
    if not isinstance(body, dict):
        raise MicrosoftError(100)
    return body


def _submit(service: Service, body: Body, headers: Mapping[str, str], _base_url: str) -> Body:
    service.state.check_account(headers.get("customeraccountid"), ACCOUNTS)
    request = ReportRequest.of(body.get("ReportRequest"), set(COLUMNS), service.world.today)
    for account in request.accounts:
        service.state.check_account(account, ACCOUNTS)
    return {"ReportRequestId": service.reports.submit(request)}


def _poll(service: Service, body: Body, _headers: Mapping[str, str], base_url: str) -> Body:
    return {"ReportRequestStatus": service.reports.poll(body.get("ReportRequestId"), base_url)}


def _account(service: Service, body: Body, _headers: Mapping[str, str], _base_url: str) -> Body:
    return {"Account": ACCOUNTS[service.state.check_account(body.get("AccountId"), ACCOUNTS)]}


def _search(service: Service, body: Body, _headers: Mapping[str, str], _base_url: str) -> Body:
    wanted = [{"Field": "UserId", "Operator": "Equals", "Value": USER_ID}]
    if body.get("Predicates") != wanted:
        raise MicrosoftError(100, "The sandbox searches by the id of its user only.")
    page = body.get("PageInfo") or {}
    index, size = page.get("Index", 0), page.get("Size", MOST_ROWS)
    if not (isinstance(index, int) and isinstance(size, int) and index >= 0 and 1 <= size <= MOST_ROWS):
        raise MicrosoftError(100, "PageInfo is invalid.")
    found = [account for id_, account in ACCOUNTS.items() if id_ not in service.state.refused]
    return {"Accounts": found[index * size : (index + 1) * size]}


def _user(_service: Service, body: Body, _headers: Mapping[str, str], _base_url: str) -> Body:
    """Without an id: the user whose token it is."""
    if body.get("UserId") not in (None, USER_ID):
        raise MicrosoftError(106)
    return {"User": {"Id": USER_ID, "UserName": "marketing@duurzamemode.example"}, "CustomerRoles": []}
