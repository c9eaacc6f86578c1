"""Instagram in the Graph API, by Facebook login: professional accounts, their media, insights of media and of days.

The token is `sandbox-meta-token`. Accounts are found by way of the Facebook pages that they are linked to. A media that
fewer than five people saw has no insights; of a day that Meta has not counted yet the data is empty, not 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.facebook_page_fields import page_fields
from sandbox.faults import Faults
from sandbox.instagram_fields import account_fields, media_fields, media_id, media_number
from sandbox.instagram_metrics import day_metrics, media_metrics
from sandbox.meta_call import GraphCall
from sandbox.meta_errors import MetaError, no_such_object
from sandbox.meta_graph import TRANSIENT, graph_routes, use_headers
from sandbox.meta_metrics import moment
from sandbox.meta_page_accounts import PAGES, Page
from sandbox.meta_pages import page as paged
from sandbox.meta_state import TOKEN, MetaState, meta_state_of
from sandbox.social_data import Network, Post

__all__ = ["PLATFORM", "TRANSIENT", "routes"]

PLATFORM = "instagram"
THROTTLED = "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again."
MOST_MEDIA = 100


@dataclass(frozen=True)
class Instagram:
    """The API over one world."""

    network: Network
    state: MetaState

    @property
    def now(self) -> datetime:
        return self.network.world.now


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    instagram = Instagram(Network(world, "Instagram"), meta_state_of(world))
    return graph_routes(partial(_route, instagram), partial(_headers, instagram))


def _headers(instagram: Instagram, call: GraphCall) -> dict[str, str]:
    """Calls of an account tell how busy it keeps Meta."""
    node = call.path[0] if call.path else ""
    wait = instagram.state.throttled_minutes
    return use_headers(node, "instagram", 100 if wait else 1, wait or 0) if _kind(node) == "account" else {}


def _route(instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    node, *edges = call.path or ("",)
    handler = _EDGES.get((_kind(node), "/".join(edges)))
    if handler is None or call.method != "GET":
        raise no_such_object("/".join(call.path), call.method)
    instagram.state.check_token(call.token, call.params.get("appsecret_proof", ""))
    return handler(instagram, call)


def _kind(node: str) -> str:
    if media_number(node):
        return "media"
    return "account" if node.isdigit() else node


def _pages(_instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    if call.token != TOKEN:
        raise MetaError(100, "(#100) Tried accessing nonexisting field (accounts) on node type (Page)")
    text = call.params.get("fields", "id,name,access_token,tasks")
    return paged([page_fields(page, text) for page in PAGES], call.params, call.url)


def _found(instagram: Instagram, call: GraphCall) -> Page:
    """The page whose Instagram account the call names. Raises MetaError, while the account is throttled too."""
    page = next((page for page in PAGES if page.instagram_id == call.path[0]), None)
    if page is None:
        raise no_such_object(call.path[0], call.method)
    _check_throttle(instagram)
    return page


def _check_throttle(instagram: Instagram) -> None:
    if instagram.state.throttled_minutes:
        raise MetaError(80002, THROTTLED)


def _account(instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    page = _found(instagram, call)
    followers = instagram.network.followers(page.key, instagram.now.date())
    return account_fields(page, call.params.get("fields", "id"), followers)


def _media_list(instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    page = _found(instagram, call)
    since = moment(call.params, "since", datetime(2010, 10, 6, tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None)
    until = moment(call.params, "until", instagram.now + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
    text = call.params.get("fields", "id")
    rows = [media_fields(post, text) for post in instagram.network.posts(page.key, since, until)]
    return paged(rows, call.params, call.url, MOST_MEDIA)


def _media(instagram: Instagram, call: GraphCall) -> Post:
    post = instagram.network.post(media_number(call.path[0]))
    if post is None or media_id(post) != call.path[0]:
        raise no_such_object(call.path[0], call.method)
    _check_throttle(instagram)
    return post


def _media_insights(instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    return media_metrics(call, _media(instagram, call))


def _account_insights(instagram: Instagram, call: GraphCall) -> dict[str, Any]:
    return day_metrics(call, instagram.network, _found(instagram, call))


_EDGES: dict[tuple[str, str], Callable[[Instagram, GraphCall], dict[str, Any]]] = {
    ("me", "accounts"): _pages,
    ("account", ""): _account,
    ("account", "media"): _media_list,
    ("account", "insights"): _account_insights,
    ("media", "insights"): _media_insights,
}
