"""LinkedIn Pages: posts with what is counted of them, and each page's days, from the Community Management API.

linkedin_pages.py       settings, the connection test     linkedin_pages_streams.py   streams, columns
linkedin_pages_api.py   calls as pages need them          linkedin_api.py             calls; shared with linkedin_ads
linkedin_auth.py        tokens                            restli.py                   how a query is written

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations
"""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, field_validator, model_validator
from requests.auth import AuthBase

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.http import RetryPolicy
from connectors.linkedin_api import CONCURRENT, VERSION
from connectors.linkedin_auth import TOKEN_URL, Consent
from connectors.linkedin_pages_api import PagesApi
from connectors.linkedin_pages_streams import ORGANIZATION, PAGE_DAY, POSTS, SHARE_STATISTICS
from connectors.load import Load
from connectors.oauth import StaticAuth, TokenAuth
from connectors.secret import Secret

_ADMINISTRATOR = {"q": "roleAssignee", "role": "ADMINISTRATOR", "state": "APPROVED"}
_MOST_PAGES = 100


def page_number(text: str) -> str:
    """`90210001`, also of `urn:li:organization:90210001`. Raises ValueError on anything else."""
    digits = text.strip().removeprefix(ORGANIZATION)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"a LinkedIn page is a number; {text} is something else")
    return digits


class LinkedInPagesSettings(PlatformSettings):
    """LinkedIn Pages in kompas.yaml: an app's refresh token, or an access token that lives for 60 days."""

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
        return [account.model_copy(update={"id": page_number(account.id)}) for account in accounts]

    @model_validator(mode="after")
    def _one_way_in(self) -> LinkedInPagesSettings:
        whole = all((self.client_id, self.client_secret, self.refresh_token))
        if whole == bool(self.access_token):
            raise ValueError("give either client_id, client_secret and refresh_token, or access_token")
        return self


class LinkedInPages(Connector[LinkedInPagesSettings]):
    """LinkedIn Pages. An account is a page, which LinkedIn calls an organization."""

    name = "linkedin_pages"
    title = "LinkedIn Pages"
    streams = (POSTS, PAGE_DAY)
    Settings = LinkedInPagesSettings
    max_concurrent = CONCURRENT
    docs_url = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management/"

    def __init__(self, settings: LinkedInPagesSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy

    @cached_property
    def api(self) -> PagesApi:
        """One for all threads. Raises ConfigurationError when a secret is not set."""
        return PagesApi(self.settings.base_url, self._auth(), self.settings.version, self.policy)

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
        """Asks the page for its name, and for its figures, which only an administrator may see."""
        told = self.api.get(f"/organizations/{account.id}", Load())
        page = {"q": "organizationalEntity", "organizationalEntity": f"{ORGANIZATION}{account.id}"}
        self.api.elements(SHARE_STATISTICS, Load(), page)
        notes = self._consent.notes() if self._consent else ()
        return AccountFacts(told.get("localizedName") or account.name, None, "UTC", notes)

    def discover(self) -> tuple[Found, ...]:
        """The pages of which the member is an administrator."""
        roles = self.api.counted("/organizationAcls", Load(), _ADMINISTRATOR, _MOST_PAGES)
        ids = [str(role.get("organization")).removeprefix(ORGANIZATION) for page in roles for role in page]
        return tuple(Found(id_, self._name(id_), None, "UTC") for id_ in ids)

    def _name(self, id_: str) -> str:
        return str(self.api.get(f"/organizations/{id_}", Load()).get("localizedName", id_))
