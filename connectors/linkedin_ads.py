"""LinkedIn Ads: campaigns by day, from adAnalytics of the Marketing API.

linkedin_ads.py           settings, the connection test
linkedin_ads_streams.py   the stream, its columns and its report
linkedin_api.py           calls, pages           restli.py        how a query is written
linkedin_auth.py          tokens                 ads_halves.py    long reports in halves
linkedin_errors.py        what a refusal means   ads_history.py   two years and no more

Source: https://learn.microsoft.com/en-us/linkedin/marketing/integrations/ads-reporting/ads-reporting
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import Field, field_validator, model_validator
from requests.auth import AuthBase

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.http import RetryPolicy
from connectors.linkedin_ads_streams import CAMPAIGN_DAY
from connectors.linkedin_api import CONCURRENT, VERSION, LinkedInApi
from connectors.linkedin_auth import TOKEN_URL, Consent
from connectors.load import Load
from connectors.oauth import StaticAuth, TokenAuth
from connectors.secret import Secret

_URN = "urn:li:sponsoredAccount:"
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


class LinkedInAdsSettings(PlatformSettings):
    """LinkedIn Ads in kompas.yaml: an app's refresh token, or an access token that lives for 60 days."""

    base_url: str = Field("https://api.linkedin.com", description="Where the API is")
    client_id: str | None = Field(None, description="The app's client id, with `refresh_token`")
    client_secret: Secret | None = Field(None, description="The app's client secret, with `refresh_token`")
    refresh_token: Secret | None = Field(None, description="A member's refresh token; it ends a year after the consent")
    access_token: Secret | None = Field(None, description="An access token, where the app has no refresh tokens")
    token_url: str = Field(TOKEN_URL, description="Where access tokens are")
    version: str = Field(VERSION, pattern=r"^20\d{4}$", description="Version of the API, YYYYMM; each lives for a year")

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": account_number(account.id)}) for account in accounts]

    @model_validator(mode="after")
    def _one_way_in(self) -> LinkedInAdsSettings:
        whole = all((self.client_id, self.client_secret, self.refresh_token))
        if whole == bool(self.access_token):
            raise ValueError("give either client_id, client_secret and refresh_token, or access_token")
        return self


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

    @cached_property
    def api(self) -> LinkedInApi:
        """One for all threads. Raises ConfigurationError when a secret is not set."""
        told = self.settings
        return LinkedInApi(self.name, told.base_url, self._auth(), told.version, self.policy)

    def _auth(self) -> AuthBase:
        if self.settings.access_token:
            return StaticAuth(self.settings.access_token.reveal())
        assert self._consent
        return TokenAuth(self._consent.fetch)

    @cached_property
    def _consent(self) -> Consent | None:
        told = self.settings
        if not (told.client_id and told.client_secret and told.refresh_token):
            return None
        return Consent(self.name, told.token_url, told.client_id, told.client_secret, told.refresh_token)

    def check(self, account: Account) -> AccountFacts:
        """Asks the account for its name, and for figures, which need a scope of their own."""
        told = self.api.get(f"/adAccounts/{account.id}", Load())
        self.api.get("/adAnalytics", Load(), _one_figure(account.id))
        notes = (*_notes(told), *(self._consent.notes() if self._consent else ()))
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
