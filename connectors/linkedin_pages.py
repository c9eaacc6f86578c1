"""LinkedIn Pages: posts with what is counted of them, and each page's days, from the Community Management API.

linkedin_pages.py       settings, the connection test     linkedin_pages_streams.py   streams, columns
linkedin_pages_api.py   calls as pages need them          linkedin_api.py             calls; shared with linkedin_ads
linkedin_member.py      the way in                        restli.py                   how a query is written

Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations
"""

from __future__ import annotations

from functools import cached_property

from pydantic import field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found
from connectors.http import RetryPolicy
from connectors.linkedin_api import CONCURRENT
from connectors.linkedin_member import Member, MemberSettings
from connectors.linkedin_pages_api import PagesApi
from connectors.linkedin_pages_streams import ORGANIZATION, PAGE_DAY, POSTS, SHARE_STATISTICS
from connectors.load import Load

_ADMINISTRATOR = {"q": "roleAssignee", "role": "ADMINISTRATOR", "state": "APPROVED"}
_MOST_PAGES = 100
_ROLE = (
    "the member who gave the token needs to be an administrator of the page, and the token the scopes"
    " rw_organization_admin and r_organization_social"
)


def page_number(text: str) -> str:
    """`90210001`, also of `urn:li:organization:90210001`. Raises ValueError on anything else."""
    digits = text.strip().removeprefix(ORGANIZATION)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"a LinkedIn page is a number; {text} is something else")
    return digits


class LinkedInPagesSettings(MemberSettings):
    """LinkedIn Pages in kompas.yaml: an app's refresh token, or an access token that lives for 60 days."""

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": page_number(account.id)}) for account in accounts]


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
        self._member = Member(self.name, settings)

    @cached_property
    def api(self) -> PagesApi:
        """One for all threads. Raises ConfigurationError when a secret is not set."""
        told = self.settings
        return PagesApi(
            self.name, told.base_url, self._member.auth(), role=_ROLE, version=told.version, policy=self.policy
        )

    def check(self, account: Account) -> AccountFacts:
        """Asks the page for its name, and for its figures, which only an administrator may see."""
        told = self.api.get(f"/organizations/{account.id}", Load())
        page = {"q": "organizationalEntity", "organizationalEntity": f"{ORGANIZATION}{account.id}"}
        self.api.elements(SHARE_STATISTICS, Load(), page)
        notes = self._member.notes()
        return AccountFacts(told.get("localizedName") or account.name, None, "UTC", notes)

    def discover(self) -> tuple[Found, ...]:
        """The pages of which the member is an administrator."""
        roles = self.api.counted("/organizationAcls", Load(), _ADMINISTRATOR, _MOST_PAGES)
        ids = [str(role.get("organization")).removeprefix(ORGANIZATION) for page in roles for role in page]
        return tuple(Found(id_, self._name(id_), None, "UTC") for id_ in ids)

    def _name(self, id_: str) -> str:
        return str(self.api.get(f"/organizations/{id_}", Load()).get("localizedName", id_))
