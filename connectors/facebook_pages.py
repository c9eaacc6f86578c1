"""Facebook Pages: posts with what is counted of them, and each page's days, from the Graph API v26.0.

facebook_pages.py        settings, page tokens, the connection test     facebook_pages_streams.py  streams, columns
graph_api.py             calls, pages, throttle; shared with meta_ads   graph_insights.py          metrics, Pacific days

The token is one of a system user, which does not expire. Meta gives a page token for each page that it may see, and
that token is what a page's insights are asked for with.
Source: https://developers.facebook.com/docs/graph-api/reference/page/insights
"""

from __future__ import annotations

from connectors.connector import Account, AccountFacts, Company, Connector, Found
from connectors.errors import ConfigurationError
from connectors.facebook_pages_streams import PAGE_DAY, POSTS
from connectors.graph_api import CONCURRENT, GraphApi
from connectors.graph_errors import Hints
from connectors.graph_insights import ZONE, Insights
from connectors.graph_pages import Apis, GraphPagesSettings, pages_of
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.shared import Shared

HINTS = Hints(
    "facebook_pages",
    access="the token needs read_insights, pages_read_engagement and pages_show_list, and its system user the page",
    account="is the page id right, and is the page assigned to the token's system user with the task of insights?",
)
_FEW_LIKES = "no insights came: Meta shows them from a hundred likes on, and of published pages only"


class FacebookPagesSettings(GraphPagesSettings):
    """Facebook Pages in kompas.yaml. An account is the number of a page."""


class FacebookPages(Connector[FacebookPagesSettings]):
    """Facebook Pages. An account is a page."""

    name = "facebook_pages"
    title = "Facebook Pages"
    streams = (POSTS, PAGE_DAY)
    Settings = FacebookPagesSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.facebook.com/docs/graph-api/reference/page/insights"

    def __init__(self, settings: FacebookPagesSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self._apis = Apis(settings, HINTS, policy)
        self._tokens: Shared[dict[str, str]] = Shared(self._page_tokens)

    def _page_tokens(self) -> dict[str, str]:
        pages = pages_of(self._apis.user(), "id,access_token")
        return {str(page.get("id")): str(page["access_token"]) for page in pages if page.get("access_token")}

    def api(self, account: Account) -> GraphApi:
        """The page's API, with the page's own token. Raises ConfigurationError when the user cannot see the page."""
        return self._apis.of(account.id, lambda: self._token(account))

    def _token(self, account: Account) -> str:
        token = self._tokens.get().get(account.id)
        if token is None:
            raise ConfigurationError(f"the token may not see the page {account.id}", hint=HINTS.account)
        return token

    def check(self, account: Account) -> AccountFacts:
        """Asks the page for its name and for a day of insights, which a token may not read though it knows the name."""
        api = self.api(account)
        told = api.get(f"/{account.id}", {"fields": "name,followers_count"}, Load())
        days = Insights(api, Load()).of(account.id, ["page_media_view"], {"period": "day"})
        return AccountFacts(told.get("name") or account.name, None, ZONE, () if days else (_FEW_LIKES,))

    def discover(self) -> tuple[Found, ...]:
        """The pages that the token's user has."""
        pages = pages_of(self._apis.user(), "id,name")
        return tuple(Found(str(page.get("id")), str(page.get("name")), None, ZONE) for page in pages)
