"""Microsoft Advertising: campaigns by day, from the Reporting REST API v13.

microsoft_ads.py           settings, accounts, the connection test
microsoft_ads_streams.py   the stream and its columns   microsoft_ads_api.py      calls, downloads
microsoft_ads_report.py    submit, poll, download       microsoft_ads_auth.py     tokens that are replaced at every use
microsoft_ads_csv.py       the CSV in the ZIP           microsoft_ads_errors.py   what a fault means
microsoft_ads_zones.py     names of time zones          ads_draft.py              a slice, whole or not at all

Source: https://learn.microsoft.com/en-us/advertising/guides/rest-api
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.microsoft_ads_api import CONCURRENT, MicrosoftApi
from connectors.microsoft_ads_auth import TOKEN_URL, App
from connectors.microsoft_ads_report import Patience
from connectors.microsoft_ads_streams import CAMPAIGN_DAY
from connectors.microsoft_ads_zones import iana
from connectors.oauth import TokenAuth
from connectors.pages import by_offset
from connectors.rotating import RotatingToken
from connectors.secret import Secret

_PAGE_ROWS = 1000
_ACTIVE = "Active"


class MicrosoftAdsSettings(PlatformSettings):
    """Microsoft Advertising in kompas.yaml. An account is the account's id (a number), not its number (letters too)."""

    base_url: str = Field("https://reporting.api.bingads.microsoft.com", description="Where reports are")
    customer_url: str = Field("https://clientcenter.api.bingads.microsoft.com", description="Where accounts are")
    token_url: str = Field(TOKEN_URL, description="Where access tokens are")
    customer_id: str = Field(description="The customer (manager account) of the accounts", coerce_numbers_to_str=True)
    client_id: str = Field(description="The application id of the app in Microsoft Entra")
    client_secret: Secret | None = Field(None, description="The app's secret; an app of the kind desktop has none")
    developer_token: Secret = Field(description="The developer token of the Developer Portal")
    refresh_token: Secret = Field(description="The user's refresh token, in a file: it is replaced at every use")

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        for account in accounts:
            if not (account.id.isascii() and account.id.isdigit()):
                raise ValueError(f"a Microsoft account id is digits only; {account.id} may be its account number")
        return accounts


class MicrosoftAds(Connector[MicrosoftAdsSettings]):
    """Microsoft Advertising. An account is an advertiser account."""

    name = "microsoft_ads"
    title = "Microsoft Advertising"
    streams = (CAMPAIGN_DAY,)
    Settings = MicrosoftAdsSettings
    max_concurrent = CONCURRENT
    docs_url = "https://learn.microsoft.com/en-us/advertising/guides/"

    def __init__(
        self,
        settings: MicrosoftAdsSettings,
        company: Company,
        policy: RetryPolicy | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(settings, company)
        self.policy = policy
        self.patience = patience or Patience()

    @cached_property
    def api(self) -> MicrosoftApi:
        """One for all threads. Raises ConfigurationError when the developer token is not set."""
        told = self.settings
        app = App(told.token_url, told.client_id, told.client_secret)
        auth = TokenAuth(RotatingToken(told.refresh_token, app.exchange).fetch)
        keys = {"DeveloperToken": told.developer_token.reveal(), "CustomerId": told.customer_id}
        return MicrosoftApi((told.base_url, told.customer_url), auth, keys, self.policy)

    def facts(self, account: Account, load: Load) -> dict[str, Any]:
        """Name, currency, time zone and status of an account. Raises ConfigurationError where none is told."""
        told = self.api.customers("Account/Query", {"AccountId": account.id}, load).get("Account")
        if not isinstance(told, dict):
            raise ConfigurationError(
                f"Microsoft tells nothing of the account {account.id}",
                hint="is it the account's id, and has the user who connected a role on it?",
            )
        return told

    def check(self, account: Account) -> AccountFacts:
        """Asks for the account, which needs the same permission as its figures."""
        told = self.facts(account, Load())
        status, zone = told.get("AccountLifeCycleStatus"), str(told.get("TimeZone"))
        notes = () if status in (None, _ACTIVE) else (f"the account is not active: its status is {status}",)
        return AccountFacts(told.get("Name") or account.name, told.get("CurrencyCode"), iana(zone), notes)

    def discover(self) -> tuple[Found, ...]:
        """The accounts of the user who connected."""
        user = self.api.customers("User/Query", {"UserId": None}, Load()).get("User")
        user_id = str(user.get("Id")) if isinstance(user, dict) else ""

        def ask(offset: int) -> list[dict[str, Any]]:
            body = _search(user_id, offset // _PAGE_ROWS)
            return list(self.api.customers("Accounts/Search", body, Load()).get("Accounts") or ())

        pages = by_offset(ask, lambda page: page, _PAGE_ROWS)
        return tuple(_found(each) for page in pages for each in page)


def _search(user_id: str, page: int) -> dict[str, Any]:
    return {
        "Predicates": [{"Field": "UserId", "Operator": "Equals", "Value": user_id}],
        "Ordering": None,
        "PageInfo": {"Index": page, "Size": _PAGE_ROWS},
    }


def _found(told: dict[str, Any]) -> Found:
    zone = iana(str(told.get("TimeZone")))
    return Found(str(told.get("Id")), str(told.get("Name", "")), told.get("CurrencyCode"), zone)
