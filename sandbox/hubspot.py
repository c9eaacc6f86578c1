"""HubSpot's API of two accounts, in its dated versions and the older v3.

    POST /crm/objects/2026-09/{contacts|deals|feedback_submissions}/search    GET without /search: the list
    GET /marketing/emails/2026-09    GET /account-info/2026-09/details    POST /oauth/2026-09/token

Each service key and each access token opens one account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Answer, Faults
from sandbox.hubspot_access import CONTENT, HubspotState, hubspot_state_of
from sandbox.hubspot_emails import emails
from sandbox.hubspot_errors import HubspotError, invalid, nowhere, too_many
from sandbox.hubspot_objects import object_type, record, rows
from sandbox.hubspot_search import search

PLATFORM = "hubspot"
BURST = 190
TRANSIENT = (
    HubspotError(500, "", "internal error").answer(),
    too_many("TEN_SECONDLY_ROLLING").answer(),
    Answer(502, "<html><head><title>502 Bad Gateway</title></head></html>", {"content-type": "text/html"}),
)
LIST_LIMIT = 100


@dataclass(frozen=True)
class Call:
    """One request. `name` is what the path leaves open: the type of the object."""

    world: World
    state: HubspotState
    request: Request
    body: bytes
    name: str
    dated: bool

    def account(self, *scopes: str) -> str:
        """The account that the credential opens. Raises HubspotError."""
        return self.state.grant(self.request.headers.get("authorization", ""), *scopes).account_id


Endpoint = Callable[[Call], dict[str, Any]]


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    state = hubspot_state_of(world)

    async def answer(request: Request) -> Response:
        return await run_in_threadpool(_answer, world, state, request, await request.body())

    return [Route("/{path:path}", answer, methods=["GET", "POST"])]


def _answer(world: World, state: HubspotState, request: Request, body: bytes) -> Response:
    try:
        endpoint, name, dated = _endpoint(request)
        told = endpoint(Call(world, state, request, body, name, dated))
        return JSONResponse(told, headers={} if endpoint is _search else _limits())
    except HubspotError as error:
        return error.response()


def _endpoint(request: Request) -> tuple[Endpoint, str, bool]:
    """What answers a path, what it names, and whether its version is a date."""
    path = "/" + request.path_params["path"].rstrip("/")
    for older, dated in _OLDER.items():
        path = path.replace(older, dated, 1) if path.startswith(older) else path
    for (method, pattern), endpoint in _ENDPOINTS.items():
        found = re.fullmatch(pattern.format(_VERSION), path)
        if found and method == request.method:
            return endpoint, found.groupdict().get("name", ""), found["version"] != "v3"
    raise nowhere(request.url.path)


def _limits() -> dict[str, str]:
    """Told of all calls but searches."""
    named = {"Daily": 650_000, "Daily-Remaining": 640_000, "Interval-Milliseconds": 10_000, "Max": BURST,
             "Remaining": BURST - 10}  # fmt: skip
    return {f"X-HubSpot-RateLimit-{name}": str(value) for name, value in named.items()}


def _search(call: Call) -> dict[str, Any]:
    kind = object_type(call.name)
    account_id = call.account(*kind.scopes)
    call.state.count_search(account_id)
    try:
        asked = json.loads(call.body)
    except ValueError:
        raise invalid("Invalid input JSON") from None
    return search(call.world, kind, account_id, asked, dated=call.dated)


def _list(call: Call) -> dict[str, Any]:
    kind, asked = object_type(call.name), call.request.query_params
    limit, after = asked.get("limit", "10"), asked.get("after", "0")
    if not limit.isdigit() or not 0 < int(limit) <= LIST_LIMIT or not after.isdigit():
        raise invalid(f"limit must be between 1 and {LIST_LIMIT}")
    params = {"clock": call.world.clock, "account": call.account(*kind.scopes), "after": int(after)}
    gone = "NOT NULL" if asked.get("archived", "").lower() == "true" else "NULL"
    where = f"WHERE archived_at IS {gone} AND hs_object_id > $after ORDER BY hs_object_id LIMIT {int(limit) + 1}"
    found = rows(call.world, kind, where, params)
    names = [name for value in asked.getlist("properties") for name in value.split(",")]
    told = {"results": [record(kind, row, names) for row in found[: int(limit)]]}
    more = len(found) > int(limit)
    return told | ({"paging": {"next": {"after": told["results"][-1]["id"]}}} if more else {})


def _emails(call: Call) -> dict[str, Any]:
    return emails(call.world, call.account(CONTENT), call.request.query_params)


def _details(call: Call) -> dict[str, Any]:
    account_id = call.account()
    [(currency, zone)] = call.world.query(
        "SELECT currency, time_zone FROM crm_accounts WHERE account_id = ?", [account_id]
    )
    offset = call.world.now.astimezone(ZoneInfo(zone)).strftime("%z")
    return {
        "portalId": int(account_id), "accountType": "STANDARD", "timeZone": zone, "companyCurrency": currency,
        "additionalCurrencies": [], "utcOffset": f"{offset[:3]}:{offset[3:]}",
        "utcOffsetMilliseconds": int(offset[:3]) * 3_600_000, "uiDomain": "app-eu1.hubspot.com",
        "dataHostingLocation": "eu1",
    }  # fmt: skip


def _token(call: Call) -> dict[str, Any]:
    return call.state.token(dict(parse_qsl(call.body.decode())))


_VERSION = "(?P<version>2026-03|2026-09|v3)"
_OLDER = {
    "/crm/v3/objects": "/crm/objects/v3",
    "/marketing/v3/emails": "/marketing/emails/v3",
    "/oauth/v1": "/oauth/v3",
}
"""Before versions were dates, they stood elsewhere in the path."""
_ENDPOINTS: dict[tuple[str, str], Endpoint] = {
    ("POST", "/crm/objects/{}/(?P<name>[a-z_]+)/search"): _search,
    ("GET", "/crm/objects/{}/(?P<name>[a-z_]+)"): _list,
    ("GET", "/marketing/emails/{}"): _emails,
    ("GET", "/account-info/{}/details"): _details,
    ("POST", "/oauth/{}/token"): _token,
}
