"""Instagram: media with what is counted of them, and each account's days, from the Graph API v26.0.

instagram.py      settings, the connection test               instagram_streams.py  streams, columns
graph_api.py      calls, pages, throttle                      graph_insights.py     metrics, Pacific days
graph_pages.py    settings and pages, as facebook_pages has them

Only a professional account that is linked to a Facebook page is read: by a token of a system user that has the page.
Source: https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights
"""

from __future__ import annotations

from connectors.connector import Account, AccountFacts, Company, Connector, Found
from connectors.graph_api import CONCURRENT, GraphApi
from connectors.graph_errors import Hints
from connectors.graph_insights import ZONE, Insights
from connectors.graph_pages import Apis, GraphPagesSettings, pages_of
from connectors.http import RetryPolicy
from connectors.instagram_streams import ACCOUNT_DAY, DAY_PARAMS, POSTS
from connectors.load import Load

HINTS = Hints(
    "instagram",
    access="the token needs instagram_basic, instagram_manage_insights and pages_read_engagement, and its user a page",
    account="is the id that of the Instagram account, not of its page, and is the page assigned to the token's user?",
)


class InstagramSettings(GraphPagesSettings):
    """Instagram in kompas.yaml. An account is the number of a professional account, as `kompas check` lists it."""


class Instagram(Connector[InstagramSettings]):
    """Instagram. An account is a professional account that is linked to a Facebook page."""

    name = "instagram"
    title = "Instagram"
    streams = (POSTS, ACCOUNT_DAY)
    Settings = InstagramSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.facebook.com/docs/instagram-platform/api-reference"

    def __init__(self, settings: InstagramSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self._apis = Apis(settings, HINTS, policy)

    def api(self, account: Account) -> GraphApi:
        """The account's API. Raises ConfigurationError when the token is not set."""
        return self._apis.of(account.id)

    def check(self, account: Account) -> AccountFacts:
        """Asks the account for its name, and for insights, which a token may not read though it knows the name."""
        api = self.api(account)
        told = api.get(f"/{account.id}", {"fields": "username,followers_count"}, Load())
        Insights(api, Load()).of(account.id, ["reach"], DAY_PARAMS)
        return AccountFacts(told.get("username") or account.name, None, ZONE)

    def discover(self) -> tuple[Found, ...]:
        """The Instagram accounts that are linked to the pages of the token's user."""
        pages = pages_of(self._apis.user(), "instagram_business_account{id,username}")
        linked = [page["instagram_business_account"] for page in pages if page.get("instagram_business_account")]
        return tuple(Found(str(one.get("id")), str(one.get("username")), None, ZONE) for one in linked)
