"""Meta Graph / Marketing API v26.0 (and v25.0): ad accounts, insights at once or as a report run, tokens.

The token is `sandbox-meta-token`, in the header `Authorization: Bearer` or the parameter access_token. Rows:
meta_insights. Report runs: meta_jobs. A synchronous report of more than MetaState.sync_rows rows is answered with
"Please reduce the amount of data". Retired versions get error 2635. Insights answers carry the throttle headers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.faults import Faults
from sandbox.meta_call import GraphCall
from sandbox.meta_data import ACCOUNT_ID, ACCOUNT_NAME, CURRENCY, TIME_ZONE
from sandbox.meta_errors import THROTTLED, TOO_MUCH_DATA, MetaError, bad_param, no_such_object
from sandbox.meta_graph import TRANSIENT, graph_routes
from sandbox.meta_insights import insights_rows
from sandbox.meta_jobs import ReportRuns
from sandbox.meta_oauth import access_token, debug_token
from sandbox.meta_pages import page
from sandbox.meta_params import insights_query, texts
from sandbox.meta_state import MetaState, meta_state_of

__all__ = ["PLATFORM", "TRANSIENT", "MetaState", "meta_state_of", "routes"]

PLATFORM = "meta_ads"
ACCOUNT: Mapping[str, Any] = {
    "id": f"act_{ACCOUNT_ID}",
    "account_id": ACCOUNT_ID,
    "name": ACCOUNT_NAME,
    "currency": CURRENCY,
    "timezone_name": TIME_ZONE,
    "timezone_offset_hours_utc": 1,
    "account_status": 1,
}


@dataclass(frozen=True)
class Graph:
    """The API over one world."""

    world: World
    state: MetaState
    runs: ReportRuns

    @property
    def today(self) -> date:
        """The account's local day."""
        return self.world.now.astimezone(ZoneInfo(TIME_ZONE)).date()


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    state = meta_state_of(world)
    graph = Graph(world, state, ReportRuns(world, state))
    return graph_routes(partial(_route, graph), partial(_headers, graph))


def _headers(graph: Graph, call: GraphCall) -> Mapping[str, str]:
    """Insights tell how busy the account keeps Meta."""
    if call.path[-1:] != ("insights",):
        return {}
    return graph.state.headers(ACCOUNT_ID, graph.state.count_call())


def _route(graph: Graph, call: GraphCall) -> dict[str, Any]:
    if call.path == ("debug_token",):
        return debug_token(call.params, graph.state, call.token)
    if call.path == ("oauth", "access_token"):
        return access_token(call.params, graph.state)
    graph.state.check_token(call.token, call.params.get("appsecret_proof", ""))
    node, *edges = call.path or ("",)
    handler = _EDGES.get((call.method, "/".join([_kind(node), *edges])))
    if handler is None:
        raise no_such_object("/".join(call.path), call.method)
    return handler(graph, call)


def _kind(node: str) -> str:
    """What a node's name stands for: `me`, the account, or (any number) a report run."""
    if node.startswith("act_"):
        if node != ACCOUNT["id"]:
            raise no_such_object(node, "GET")
        return "account"
    return "run" if node.isdigit() else node


def _me(_graph: Graph, _call: GraphCall) -> dict[str, Any]:
    return {"id": "1020304050", "name": "Kompas sandbox"}


def _accounts(_graph: Graph, call: GraphCall) -> dict[str, Any]:
    return page([_account(_graph, call)], call.params, call.url)


def _account(_graph: Graph, call: GraphCall) -> dict[str, Any]:
    asked = texts(call.params, "fields") or ["account_id"]
    for name in asked:
        if name not in ACCOUNT:
            raise bad_param(f"Tried accessing nonexisting field ({name}) on node type (AdAccount)")
    return {name: ACCOUNT[name] for name in dict.fromkeys([*asked, "id"])}


def _check_throttle(graph: Graph) -> None:
    if graph.state.throttled_minutes:
        raise MetaError(80000, THROTTLED, subcode=2446079)


def _insights(graph: Graph, call: GraphCall) -> dict[str, Any]:
    _check_throttle(graph)
    rows = insights_rows(insights_query(call.params, graph.today), graph.world, graph.world.now)
    if len(rows) > graph.state.sync_rows:
        raise MetaError(1, TOO_MUCH_DATA, http_code=500)
    return page(rows, call.params, call.url)


def _start_run(graph: Graph, call: GraphCall) -> dict[str, Any]:
    _check_throttle(graph)
    return {"report_run_id": graph.runs.start(insights_query(call.params, graph.today))}


def _poll_run(graph: Graph, call: GraphCall) -> dict[str, Any]:
    return graph.runs.poll(call.path[0], texts(call.params, "fields"))


def _run_insights(graph: Graph, call: GraphCall) -> dict[str, Any]:
    return page(graph.runs.rows(call.path[0]), call.params, call.url)


_EDGES: dict[tuple[str, str], Callable[[Graph, GraphCall], dict[str, Any]]] = {
    ("GET", "me"): _me,
    ("GET", "me/adaccounts"): _accounts,
    ("GET", "account"): _account,
    ("GET", "account/insights"): _insights,
    ("POST", "account/insights"): _start_run,
    ("GET", "run"): _poll_run,
    ("GET", "run/insights"): _run_insights,
}
