"""LinkedIn Ads: campaigns by day, from adAnalytics of the Marketing API.

linkedin_ads.py           settings, the connection test
linkedin_ads_streams.py   the stream, its columns and its report
linkedin_api.py           calls, pages           restli.py        how a query is written
linkedin_member.py        the way in             ads_halves.py    long reports in halves
linkedin_errors.py        what a refusal means   ads_history.py   two years and no more

Source: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found
from connectors.http import RetryPolicy
from connectors.linkedin_ads_streams import CAMPAIGN_DAY
from connectors.linkedin_api import CONCURRENT, LinkedInApi
from connectors.linkedin_member import Member, MemberSettings
from connectors.load import Load

_URN = "urn:li:sponsoredAccount:"
_ROLE = (
    "the member who gave the token needs a role on the ad account (viewer is enough), and the token the scopes r_ads"
    " and r_ads_reporting"
)
_STATUSES = {
    "CANCELED": "the account is cancelled: what it has recorded can still be read",
    "PENDING_DELETION": "the account is about to be deleted",
    "REMOVED": "the account was removed",
    "DRAFT": "the account is a draft, and has no figures yet",
}
"""What a `status` other than ACTIVE means for the user."""


def account_number(text: str) -> str:
    """`512345678`, also of `urn:li:sponsoredAccount:512345678`. Raises ValueError on anything else."""
    digits = text.strip().removeprefix(_URN)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"a LinkedIn ad account is a number; {text} is something else")
    return digits


class LinkedInAdsSettings(MemberSettings):
    """LinkedIn Ads in kompas.yaml: an app's refresh token, or an access token that lives for 60 days."""

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": account_number(account.id)}) for account in accounts]


class LinkedInAds(Connector[LinkedInAdsSettings]):
    """LinkedIn Ads. An account is an ad account."""

    name = "linkedin_ads"
    title = "LinkedIn Ads"
    streams = (CAMPAIGN_DAY,)
    Settings = LinkedInAdsSettings
    max_concurrent = CONCURRENT
    docs_url = "https://learn.microsoft.com/en-us/linkedin/marketing/"

    def __init__(self, settings: LinkedInAdsSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy
        self._member = Member(self.name, settings)

    @cached_property
    def api(self) -> LinkedInApi:
        """One for all threads. Raises ConfigurationError when a secret is not set."""
        told = self.settings
        return LinkedInApi(
            self.name, told.base_url, self._member.auth(), role=_ROLE, version=told.version, policy=self.policy
        )

    def check(self, account: Account) -> AccountFacts:
        """Asks the account for its name, and for figures, which need a scope of their own."""
        told = self.api.get(f"/adAccounts/{account.id}", Load())
        self.api.get("/adAnalytics", Load(), _one_figure(account.id))
        notes = (*_notes(told), *self._member.notes())
        return AccountFacts(told.get("name") or account.name, told.get("currency"), "UTC", notes)

    def discover(self) -> tuple[Found, ...]:
        """The ad accounts on which the member has a role. Days are those of UTC on each of them."""
        pages = self.api.pages("/adAccounts", Load(), {"q": "search"})
        return tuple(
            Found(str(each.get("id")), str(each.get("name", "")), each.get("currency"), "UTC")
            for page in pages
            for each in page
        )


def _one_figure(account_id: str) -> dict[str, Any]:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    return {
        "q": "analytics",
        "pivot": "ACCOUNT",
        "timeGranularity": "ALL",
        "dateRange": {"start": yesterday, "end": yesterday},
        "accounts": [f"{_URN}{account_id}"],
        "fields": ("impressions", "pivotValues"),
    }


def _notes(told: dict[str, Any]) -> tuple[str, ...]:
    status = told.get("status")
    notes = [] if status in (None, "ACTIVE") else [_STATUSES.get(str(status), f"the account's status is {status}")]
    return (*notes, *(["this is a test account: it has no real figures"] if told.get("test") else []))
