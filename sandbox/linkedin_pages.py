"""LinkedIn's Community Management API: pages of a member, their posts, and statistics of posts and of days.

    POST /oauth/v2/accessToken
    GET /rest/organizationAcls?q=roleAssignee   /rest/organizations/{id}   /rest/networkSizes/{urn}
    GET /rest/posts?q=author
    GET /rest/organizationalEntityShareStatistics  /rest/organizationalEntityFollowerStatistics
    GET /rest/organizationPageStatistics

Days are those of UTC. The member's consent covers pages as well as ads. `LinkedInState.refused` names pages on which
the member has no role any more.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from sandbox.company import World
from sandbox.faults import Faults
from sandbox.linkedin_errors import bad_query, no_access
from sandbox.linkedin_frame import TRANSIENT, Body, check_finder, counted_page, linkedin_routes
from sandbox.linkedin_organizations import ORGANIZATIONS, PREFIX, Organization, post_body, post_urn
from sandbox.linkedin_state import linkedin_state_of
from sandbox.linkedin_statistics import follower_days, page_days, post_statistics, share_days, share_totals
from sandbox.social_data import Network

__all__ = ["PLATFORM", "TRANSIENT", "routes"]

PLATFORM = "linkedin_pages"
MOST_POSTS = 100
SORTS = ("LAST_MODIFIED", "CREATED")


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """Everything below the base URL."""
    return linkedin_routes(
        world,
        {
            "/rest/organizationAcls": _acls,
            "/rest/organizations/{id}": _organization,
            "/rest/networkSizes/{urn}": _network_size,
            "/rest/posts": _posts,
            "/rest/organizationalEntityShareStatistics": _shares,
            "/rest/organizationalEntityFollowerStatistics": _followers,
            "/rest/organizationPageStatistics": _views,
        },
    )


def _readable(world: World, urn: Any, resource: str) -> Organization:
    """The page of a URN. Raises LinkedInError unless the member is an administrator of it."""
    found = next((one for one in ORGANIZATIONS if one.urn == urn), None)
    if found is None or found.id in linkedin_state_of(world).refused:
        raise no_access("FINDER", resource)
    return found


def _network(world: World) -> Network:
    return Network(world, "LinkedIn")


def _acls(world: World, request: Request, asked: dict[str, Any]) -> Body:
    check_finder(asked, "roleAssignee")
    refused = linkedin_state_of(world).refused
    rows: list[Body] = [
        {
            "role": "ADMINISTRATOR",
            "state": "APPROVED",
            "organization": one.urn,
            "roleAssignee": "urn:li:person:kompas",
        }
        for one in ORGANIZATIONS
        if one.id not in refused
    ]
    return counted_page(request, asked, rows, MOST_POSTS)


def _organization(world: World, request: Request, _asked: dict[str, Any]) -> Body:
    found = _readable(world, f"{PREFIX}{request.path_params['id']}", "organizations")
    return {"id": int(found.id), "localizedName": found.name, "vanityName": found.name.lower().replace(" ", "-")}


def _network_size(world: World, request: Request, asked: dict[str, Any]) -> Body:
    found = _readable(world, request.path_params["urn"], "networkSizes")
    if asked.get("edgeType") != "COMPANY_FOLLOWED_BY_MEMBER":
        raise bad_query(f"edgeType {asked.get('edgeType')} is not supported")
    return {"firstDegreeSize": _network(world).followers(found.key, world.now.date())}


def _posts(world: World, request: Request, asked: dict[str, Any]) -> Body:
    """Posts of a page, by last change: the world's are never changed, so newest first either way."""
    check_finder(asked, "author")
    if asked.get("sortBy", SORTS[0]) not in SORTS:
        raise bad_query(f"sortBy {asked['sortBy']} is none of {', '.join(SORTS)}")
    found = _readable(world, asked.get("author"), "posts")
    tomorrow = (world.now + timedelta(days=1)).astimezone(UTC).replace(tzinfo=None)
    posts = _network(world).posts(found.key, datetime(2003, 5, 5), tomorrow)
    return counted_page(request, asked, [post_body(post, found) for post in posts], MOST_POSTS)


def _shares(world: World, _request: Request, asked: dict[str, Any]) -> Body:
    """By day, of posts that are named, or of all posts ever."""
    check_finder(asked, "organizationalEntity")
    found = _readable(world, asked.get("organizationalEntity"), "organizationalEntityShareStatistics")
    if "timeIntervals" in asked:
        return _whole(share_days(_network(world), found, asked["timeIntervals"]))
    named = [*asked.get("shares", []), *asked.get("ugcPosts", [])]
    posts = _network(world).posts(found.key, datetime(2003, 5, 5), datetime(2100, 1, 1))
    if named:
        return _whole([post_statistics(post, found) for post in posts if post_urn(post) in named])
    return _whole([share_totals(posts, found)])


def _followers(world: World, _request: Request, asked: dict[str, Any]) -> Body:
    check_finder(asked, "organizationalEntity")
    found = _readable(world, asked.get("organizationalEntity"), "organizationalEntityFollowerStatistics")
    return _whole(follower_days(_network(world), found, asked.get("timeIntervals")))


def _views(world: World, _request: Request, asked: dict[str, Any]) -> Body:
    check_finder(asked, "organization")
    found = _readable(world, asked.get("organization"), "organizationPageStatistics")
    return _whole(page_days(_network(world), found, asked.get("timeIntervals")))


def _whole(elements: list[Body]) -> Body:
    """An answer without pages."""
    return {"paging": {"start": 0, "count": 10, "links": []}, "elements": elements}
