"""Google Search Console: clicks, impressions and places in Google's web search, from the Search Analytics API v3.

search_console.py          settings, the connection test
search_console_streams.py  the streams            search_console_reach.py   which days Google has finished
search_console_api.py      calls and pages        search_console_errors.py  what a refusal means
google_auth.py             access tokens
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Connector, Found, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.google_auth import fetch
from connectors.http import HttpClient, Limits
from connectors.load import Load
from connectors.oauth import TokenAuth
from connectors.search_console_api import SearchConsoleApi
from connectors.search_console_errors import NO_ACCESS, classify
from connectors.search_console_reach import ZONE, reached
from connectors.search_console_streams import QUERY_DAY, SITE_DAY
from connectors.secret import Secret

SCOPE = "https://www.googleapis.com/auth/webmasters.readonly"
_CONCURRENT = 4
_SITES_NAMED = 10


def property_name(text: str) -> str:
    """`sc-domain:example.com` or `https://www.example.com/`, as Search Console writes them. Raises ValueError else."""
    name = text.strip()
    if name.startswith("sc-domain:") and "/" not in name:
        return name
    if name.startswith(("http://", "https://")):
        return name if name.endswith("/") else f"{name}/"
    raise ValueError(
        f"a Search Console property is sc-domain:example.com or https://www.example.com/; {text} is something else"
    )


class SearchConsoleSettings(PlatformSettings):
    """Search Console in kompas.yaml. An account is a property: a domain (`sc-domain:…`) or an address (`https://…/`)."""

    base_url: str = Field("https://searchconsole.googleapis.com", description="Where the API is")
    credentials: Secret = Field(description="JSON of an authorized_user, or of a service account")

    @field_validator("accounts")
    @classmethod
    def _properties(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": property_name(account.id)}) for account in accounts]


class SearchConsole(Connector[SearchConsoleSettings]):
    """Google Search Console. An account is a property."""

    name = "search_console"
    title = "Google Search Console"
    streams = (SITE_DAY, QUERY_DAY)
    Settings = SearchConsoleSettings
    max_concurrent = _CONCURRENT
    docs_url = "https://developers.google.com/webmaster-tools/v1/searchanalytics/query"

    @cached_property
    def api(self) -> SearchConsoleApi:
        """One for all properties, as they share a credential."""
        told = self.settings
        client = HttpClient(
            self.name,
            told.base_url,
            auth=TokenAuth(lambda: fetch(self.name, told.credentials, SCOPE)),
            classify=classify,
            limits=Limits(concurrent=_CONCURRENT),
        )
        return SearchConsoleApi(client)

    def check(self, account: Account) -> AccountFacts:
        """Looks for the property among those of the credential, and asks which of its days are finished."""
        mine = {site.get("siteUrl"): site for site in self.api.sites(Load())}
        if account.id not in mine:
            raise _not_there(account.id, sorted(str(name) for name in mine))
        if not _may_read(mine[account.id]):
            raise ConfigurationError(f"the credential's user of {account.id} is not verified", hint=NO_ACCESS)
        return AccountFacts(account.id, None, ZONE, (self._newest(account),))

    def _newest(self, account: Account) -> str:
        return f"days are those of Google (Pacific time); finished through {reached(self.api, account.id, Load())}"

    def discover(self) -> tuple[Found, ...]:
        """The properties that the credential may read."""
        readable = (str(site.get("siteUrl")) for site in self.api.sites(Load()) if _may_read(site))
        return tuple(Found(name, name, time_zone=ZONE) for name in sorted(readable))


def _may_read(site: dict[str, Any]) -> bool:
    """`siteUnverifiedUser` in answers, SITE_UNVERIFIED_USER in the discovery document."""
    return str(site.get("permissionLevel", "")).replace("_", "").lower() != "siteunverifieduser"


def _not_there(name: str, there: list[str]) -> ConfigurationError:
    named = ", ".join(there[:_SITES_NAMED]) + (", …" if len(there) > _SITES_NAMED else "")
    seen = f"; it sees {named}" if there else ""
    return ConfigurationError(f"the credential does not see the property {name}{seen}", hint=NO_ACCESS)
