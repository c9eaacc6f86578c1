"""Facebook Pages in the Graph API: pages of a user, their posts, insights of posts and of days.

`sandbox-meta-token` lists the pages with a token each; all else asks for the page's own token. Metrics that Meta has
removed (`page_impressions`, `page_fans` …) are unknown, and one of them fails the whole call.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.facebook_page_fields import page_fields, post_fields
from sandbox.facebook_page_metrics import day_metrics, post_metrics
from sandbox.faults import Faults
from sandbox.meta_call import GraphCall
from sandbox.meta_errors import MetaError, no_such_object
from sandbox.meta_graph import TRANSIENT, graph_routes, use_headers
from sandbox.meta_organic import Edge, Organic, answered, asked_span, user_pages
from sandbox.meta_page_accounts import PAGES, Page
from sandbox.meta_pages import page as paged
from sandbox.meta_state import TOKEN, meta_state_of
from sandbox.social_data import Network, Post

__all__ = ["PLATFORM", "TRANSIENT", "routes"]

PLATFORM = "facebook_pages"
NOT_A_PAGE_TOKEN = "A page access token is required for this call for the new Pages experience."
THROTTLED = "(#80001) There have been too many calls to this Page account. Wait a bit and try again."
MOST_POSTS = 100


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    pages = Organic(Network(world, "Facebook"), meta_state_of(world))
    return graph_routes(partial(answered, _EDGES, _kind, pages), partial(_headers, pages))


def _headers(pages: Organic, call: GraphCall) -> dict[str, str]:
    """Calls of a page tell how busy it keeps Meta."""
    account = call.path[0].split("_")[0] if call.path else ""
    wait = pages.state.throttled_minutes
    return use_headers(account, "pages", 100 if wait else 1, wait or 0) if account.isdigit() else {}


def _kind(node: str) -> str:
    return "post" if "_" in node else "page" if node.isdigit() else node


def _page(pages: Organic, call: GraphCall) -> dict[str, Any]:
    page = _found(call)
    followers = pages.network.followers(page.key, pages.now.date())
    return page_fields(page, call.params.get("fields", "id,name"), followers)


def _found(call: GraphCall) -> Page:
    """The page of a call's node, or that its post stands on. Raises MetaError unless the token may see it."""
    wanted = call.path[0].split("_")[0]
    page = next((page for page in PAGES if page.id == wanted), None)
    if page is None or call.token not in (TOKEN, page.token):
        raise no_such_object(call.path[0], call.method)
    return page


def _own(pages: Organic, call: GraphCall) -> Page:
    """The page of a call that needs the page's own token. Raises MetaError, while the page is throttled too."""
    page = _found(call)
    if call.token != page.token:
        raise MetaError(190, NOT_A_PAGE_TOKEN, subcode=2069032)
    if pages.state.throttled_minutes:
        raise MetaError(80001, THROTTLED)
    return page


def _posts(pages: Organic, call: GraphCall) -> dict[str, Any]:
    page = _own(pages, call)
    since, until = asked_span(pages, call, datetime(2004, 2, 4, tzinfo=UTC))
    text = call.params.get("fields", "created_time,message,id")
    rows = [post_fields(page, post, text) for post in pages.network.posts(page.key, since, until)]
    return paged(rows, call.params, call.url, MOST_POSTS)


def _post_insights(pages: Organic, call: GraphCall) -> dict[str, Any]:
    page = _own(pages, call)
    return post_metrics(call, _post(pages, page, call))


def _post(pages: Organic, page: Page, call: GraphCall) -> Post:
    post = pages.network.post(call.path[0].split("_")[1])
    if post is None or post.page != page.key:
        raise no_such_object(call.path[0], call.method)
    return post


def _page_insights(pages: Organic, call: GraphCall) -> dict[str, Any]:
    return day_metrics(call, pages.network, _own(pages, call))


_EDGES: dict[tuple[str, str], Edge] = {
    ("me", "accounts"): user_pages,
    ("page", ""): _page,
    ("page", "published_posts"): _posts,
    ("page", "insights"): _page_insights,
    ("post", "insights"): _post_insights,
}
