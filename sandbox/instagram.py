"""Instagram in the Graph API, by Facebook login: professional accounts, their media, insights of media and of days.

The token is `sandbox-meta-token`. Accounts are found by way of the Facebook pages that they are linked to. A media that
fewer than five people saw has no insights; of a day that Meta has not counted yet the data is empty, not 0.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.faults import Faults
from sandbox.instagram_fields import account_fields, media_fields, media_id, media_number
from sandbox.instagram_metrics import day_metrics, media_metrics
from sandbox.meta_call import GraphCall
from sandbox.meta_errors import MetaError, no_such_object
from sandbox.meta_graph import TRANSIENT, graph_routes, use_headers
from sandbox.meta_organic import Edge, Organic, answered, asked_span, user_pages
from sandbox.meta_page_accounts import PAGES, Page
from sandbox.meta_pages import page as paged
from sandbox.meta_state import meta_state_of
from sandbox.social_data import Network, Post

__all__ = ["PLATFORM", "TRANSIENT", "routes"]

PLATFORM = "instagram"
THROTTLED = "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again."
MOST_MEDIA = 100


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    instagram = Organic(Network(world, "Instagram"), meta_state_of(world))
    return graph_routes(partial(answered, _EDGES, _kind, instagram), partial(_headers, instagram))


def _headers(instagram: Organic, call: GraphCall) -> dict[str, str]:
    """Calls of an account tell how busy it keeps Meta."""
    node = call.path[0] if call.path else ""
    wait = instagram.state.throttled_minutes
    return use_headers(node, "instagram", 100 if wait else 1, wait or 0) if _kind(node) == "account" else {}


def _kind(node: str) -> str:
    if media_number(node):
        return "media"
    return "account" if node.isdigit() else node


def _found(instagram: Organic, call: GraphCall) -> Page:
    """The page whose Instagram account the call names. Raises MetaError, while the account is throttled too."""
    page = next((page for page in PAGES if page.instagram_id == call.path[0]), None)
    if page is None:
        raise no_such_object(call.path[0], call.method)
    _check_throttle(instagram)
    return page


def _check_throttle(instagram: Organic) -> None:
    if instagram.state.throttled_minutes:
        raise MetaError(80002, THROTTLED)


def _account(instagram: Organic, call: GraphCall) -> dict[str, Any]:
    page = _found(instagram, call)
    followers = instagram.network.followers(page.key, instagram.now.date())
    return account_fields(page, call.params.get("fields", "id"), followers)


def _media_list(instagram: Organic, call: GraphCall) -> dict[str, Any]:
    page = _found(instagram, call)
    since, until = asked_span(instagram, call, datetime(2010, 10, 6, tzinfo=UTC))
    text = call.params.get("fields", "id")
    rows = [media_fields(post, text) for post in instagram.network.posts(page.key, since, until)]
    return paged(rows, call.params, call.url, MOST_MEDIA)


def _media(instagram: Organic, call: GraphCall) -> Post:
    post = instagram.network.post(media_number(call.path[0]))
    if post is None or media_id(post) != call.path[0]:
        raise no_such_object(call.path[0], call.method)
    _check_throttle(instagram)
    return post


def _media_insights(instagram: Organic, call: GraphCall) -> dict[str, Any]:
    return media_metrics(call, _media(instagram, call))


def _account_insights(instagram: Organic, call: GraphCall) -> dict[str, Any]:
    return day_metrics(call, instagram.network, _found(instagram, call))


_EDGES: dict[tuple[str, str], Edge] = {
    ("me", "accounts"): user_pages,
    ("account", ""): _account,
    ("account", "media"): _media_list,
    ("account", "insights"): _account_insights,
    ("media", "insights"): _media_insights,
}
