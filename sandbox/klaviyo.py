"""Klaviyo's API of two accounts, revision 2026-07-15 (of 2026-10-15, which rebuilt campaigns, nothing is simulated).

    GET /api/accounts   /api/metrics   /api/campaigns   POST /api/campaign-values-reports   /api/flow-series-reports

Reports are counted: 225 a day for each account and kind. The limits of a minute (2) are not kept, as every night of the
demo would wait for them. UNCONFIRMED: what is answered without a revision (400), and how many rows a report's page has.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.company import World
from sandbox.faults import Faults
from sandbox.klaviyo_accounts import ACCOUNTS, Account
from sandbox.klaviyo_campaigns import campaigns
from sandbox.klaviyo_errors import JSON_API, KlaviyoError, throttled
from sandbox.klaviyo_pages import page, size_of, sparse
from sandbox.klaviyo_query import Query, query
from sandbox.klaviyo_reports import campaign_values, flow_series

PLATFORM = "klaviyo"
REVISIONS = ("2025-01-15", "2025-04-15", "2025-07-15", "2025-10-15", "2026-01-15", "2026-04-15", "2026-07-15")
"""Those alive. Any other falls forward to the oldest, unless the caller opted out of that."""
OPT_OUT = "x-klaviyo-revision-fall-forward-opt-out"
REPORTS_A_DAY = 225
REPORT_ROWS = 100
METRICS = 200
CAMPAIGNS = 100
TRANSIENT = (KlaviyoError("error").answer(), throttled(1).answer(), KlaviyoError("service_unavailable").answer())

Body = dict[str, Any]
Endpoint = Callable[["Klaviyo", Account, Request, bytes], Body]


class Klaviyo:
    """The accounts of one world, and how many reports each asked for on a day."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._reports: Counter[Any] = Counter()

    def query(self, account: Account, kind: str, body: bytes) -> Query:
        """The report that a body asks for, counted. Raises KlaviyoError, when there were too many as well."""
        today = self.world.now.astimezone(ZoneInfo(account.time_zone)).date()
        self._reports[account.id, kind, today] += 1
        if self._reports[account.id, kind, today] > REPORTS_A_DAY:
            raise throttled(6 * 3600)
        try:
            told = json.loads(body)
        except ValueError as error:
            raise KlaviyoError("invalid", "The payload is not valid JSON.") from error
        return query(told, kind, {metric for metric, *_ in account.metrics}, today)


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The API's paths; any other is 404 with an error document."""
    klaviyo = Klaviyo(world)
    paths: dict[str, tuple[str, Endpoint]] = {
        "/api/accounts": ("GET", _accounts),
        "/api/metrics": ("GET", _metrics),
        "/api/campaigns": ("GET", _campaigns),
        "/api/campaign-values-reports": ("POST", _campaign_values),
        "/api/flow-series-reports": ("POST", _flow_series),
    }
    known = [Route(path, _handler(klaviyo, *it), methods=["GET", "POST"]) for path, it in paths.items()]
    return [*known, Route("/{path:path}", lambda _: KlaviyoError("not_found").response(), methods=["GET", "POST"])]


def _handler(klaviyo: Klaviyo, method: str, endpoint: Endpoint) -> Callable[[Request], Any]:
    async def handle(request: Request) -> Response:
        try:
            account = _account(request)
            _check_revision(request)
            if request.method != method:
                raise KlaviyoError("method_not_allowed")
            told = await run_in_threadpool(endpoint, klaviyo, account, request, await request.body())
        except KlaviyoError as error:
            return error.response()
        return JSONResponse(told, media_type=JSON_API)

    return handle


def _account(request: Request) -> Account:
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if not key or scheme != "Klaviyo-API-Key":
        raise KlaviyoError("not_authenticated", "Missing or invalid authorization scheme.")
    for account in ACCOUNTS:
        if key == account.key:
            return account
    raise KlaviyoError("authentication_failed")


def _check_revision(request: Request) -> None:
    revision = request.headers.get("revision")
    if not revision:
        raise KlaviyoError("invalid", "The revision header is required.")
    if revision not in REVISIONS and request.headers.get(OPT_OUT):
        raise KlaviyoError("revision_retired", f"Revision {revision} is not available any more.")


def _address(request: Request) -> str:
    return f"{request.url.replace(query='')}/"


def _accounts(_klaviyo: Klaviyo, account: Account, request: Request, _body: bytes) -> Body:
    return {"data": sparse([account.resource(_address(request))], request), "links": {"self": str(request.url)}}


def _metrics(_klaviyo: Klaviyo, account: Account, request: Request, _body: bytes) -> Body:
    rows, links = page(account.metric_resources(_address(request)), request, METRICS)
    return {"data": sparse(rows, request), "links": links}


def _campaigns(klaviyo: Klaviyo, account: Account, request: Request, _body: bytes) -> Body:
    asked = request.query_params
    found = campaigns(klaviyo.world, account, asked.get("filter", ""), asked.get("sort", "-updated_at"))
    rows, links = page(found, request, size_of(request, CAMPAIGNS, CAMPAIGNS))
    return {"data": sparse(rows, request), "links": links}


def _campaign_values(klaviyo: Klaviyo, account: Account, request: Request, body: bytes) -> Body:
    asked = klaviyo.query(account, "campaign-values-report", body)
    rows, links = page(campaign_values(klaviyo.world, account, asked), request, REPORT_ROWS, "page_cursor")
    return {"data": {"type": "campaign-values-report", "attributes": {"results": rows}}, "links": links}


def _flow_series(klaviyo: Klaviyo, account: Account, request: Request, body: bytes) -> Body:
    asked = klaviyo.query(account, "flow-series-report", body)
    results, times = flow_series(klaviyo.world, account, asked)
    rows, links = page(results, request, REPORT_ROWS, "page_cursor")
    told = {"type": "flow-series-report", "attributes": {"results": rows, "date_times": times}}
    return {"data": told, "links": links}
