"""LinkedIn's Marketing API: ad accounts, campaigns and adAnalytics, of versions 202601 to 202608.

    POST /oauth/v2/accessToken
    GET /rest/adAccounts?q=search   /rest/adAccounts/{id}   /rest/adAccounts/{id}/adCampaigns?q=search
    GET /rest/adAnalytics?q=analytics&…

Every call of /rest needs the headers Authorization, LinkedIn-Version and X-Restli-Protocol-Version: 2.0.0. Lists come
by pageSize and pageToken. Days are those of UTC. Not simulated: query tunnelling, and searches by status or name.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute

from sandbox import ad_facts
from sandbox.company import World
from sandbox.company.other_ads import LINKEDIN_NL, LINKEDIN_UK
from sandbox.faults import Faults
from sandbox.linkedin_analytics import Analytics
from sandbox.linkedin_errors import bad_query, no_access
from sandbox.linkedin_frame import TRANSIENT, Body, check_finder, linkedin_routes
from sandbox.linkedin_state import LinkedInState, linkedin_state_of

__all__ = ["PLATFORM", "TRANSIENT", "LinkedInState", "linkedin_state_of", "routes"]

PLATFORM = "linkedin_ads"
NAMES = {LINKEDIN_NL: "Duurzame Mode", LINKEDIN_UK: "Duurzame Mode UK"}
ACCOUNTS: dict[str, dict[str, Any]] = {
    account.id: {
        "id": int(account.id),
        "name": name,
        "currency": account.currency,
        "status": "ACTIVE",
        "type": "BUSINESS",
        "test": False,
        "servingStatuses": ["RUNNABLE"],
    }
    for account, name in NAMES.items()
}
MOST_ROWS = 1000


def routes(world: World, _faults: Faults) -> list[BaseRoute]:
    """The token endpoint and the API; any other path is 404."""
    return linkedin_routes(
        world,
        {
            "/rest/adAccounts": _accounts,
            "/rest/adAccounts/{account}": _account,
            "/rest/adAccounts/{account}/adCampaigns": _campaigns,
            "/rest/adAnalytics": _analytics,
        },
    )


def _accounts(world: World, _request: Request, asked: dict[str, Any]) -> Body:
    state = linkedin_state_of(world)
    state.check_scope("r_ads", "adAccounts")
    return _page(asked, [account for id_, account in ACCOUNTS.items() if id_ not in state.refused])


def _account(world: World, request: Request, _asked: dict[str, Any]) -> Body:
    return ACCOUNTS[_readable(world, request)]


def _readable(world: World, request: Request) -> str:
    """The id of the account in the path; raises LinkedInError when the member may not see it."""
    state, account = linkedin_state_of(world), str(request.path_params["account"])
    if account not in ACCOUNTS or account in state.refused or "r_ads" not in state.scopes:
        raise no_access("GET", "adAccounts")
    return account


def _campaigns(world: World, request: Request, asked: dict[str, Any]) -> Body:
    account = _readable(world, request)
    found = ad_facts.campaigns(world, PLATFORM, account)
    return _page(asked, [_campaign(each, account) for each in found])


def _campaign(told: ad_facts.AdCampaign, account: str) -> Body:
    return {
        "id": int(told.id),
        "name": told.name,
        "status": told.status,
        "type": "SPONSORED_UPDATES",
        "objectiveType": told.kind,
        "account": f"urn:li:sponsoredAccount:{account}",
        "costType": "CPC",
    }


def _page(asked: dict[str, Any], records: list[Body]) -> Body:
    """A page of a search; the token of the next one is where it starts."""
    check_finder(asked, "search")
    size, start = str(asked.get("pageSize", "100")), str(asked.get("pageToken", "0"))
    if not (size.isdigit() and 1 <= int(size) <= MOST_ROWS and start.isdigit()):
        raise bad_query(f"Invalid page: pageSize {size}, pageToken {start}")
    first, after = int(start), int(start) + int(size)
    metadata = {"nextPageToken": str(after)} if after < len(records) else {}
    return {"elements": records[first:after], "metadata": metadata}


def _analytics(world: World, _request: Request, asked: dict[str, Any]) -> Body:
    state = linkedin_state_of(world)
    state.check_scope("r_ads_reporting", "adAnalytics")
    check_finder(asked, "analytics")
    query = Analytics.of(asked, world.now.date())
    seen = [id_ for id_ in ACCOUNTS if id_ not in state.refused and (not query.accounts or id_ in query.accounts)]
    rows = query.rows(world, seen)
    return {"paging": {"count": 10, "start": 0, "links": []}, "elements": rows}
