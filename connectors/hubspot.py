"""HubSpot: contacts, deals, marketing e-mails and survey answers of the CRM.

An account of kompas.yaml is one HubSpot account, named by its Hub ID, with its own key:

    hubspot: {accounts: [{id: "145801001", service_key: "env:HUBSPOT_KEY"}]}

Source of all facts: https://developers.hubspot.com/docs/api-reference/latest
"""

from __future__ import annotations

from typing import Self, cast

from pydantic import Field as Setting
from pydantic import model_validator
from requests.auth import AuthBase

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.hubspot_api import API_VERSION, CONCURRENT, HubspotApi
from connectors.hubspot_auth import App
from connectors.hubspot_streams import STREAMS
from connectors.oauth import StaticAuth
from connectors.secret import Secret
from connectors.shared import PerKey
from connectors.stream import Stream


class HubspotAccount(AccountSettings):
    """One HubSpot account, opened by a service key or by an OAuth app that it installed."""

    id: str = Setting(pattern=r"^\d+$", description="The Hub ID", coerce_numbers_to_str=True)
    service_key: Secret | None = Setting(
        None, description="A service key of the account, or the access token of a private app made before"
    )
    refresh_token: Secret | None = Setting(
        None, description="Instead of a key: the refresh token that the account gave to the OAuth app"
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.service_key is None) == (self.refresh_token is None):
            raise ValueError("give a service_key or a refresh_token")
        return self


class HubspotSettings(PlatformSettings):
    """HubSpot's keys stand with the accounts; an OAuth app is the same for all of them."""

    base_url: str = Setting("https://api.hubapi.com", description="Where the API is")
    api_version: str = Setting(
        API_VERSION, pattern=r"^\d{4}-\d{2}$", description="Version of the API: HubSpot ends one after 18 months"
    )
    accounts: list[HubspotAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The accounts to pull"
    )
    client_id: str | None = Setting(None, description="Client id of the OAuth app, for accounts with a refresh_token")
    client_secret: Secret | None = Setting(None, description="Client secret of the OAuth app")

    @model_validator(mode="after")
    def _app(self) -> Self:
        needed = any(account.refresh_token for account in self.accounts)
        if needed and not (self.client_id and self.client_secret):
            raise ValueError("a refresh_token needs client_id and client_secret of its OAuth app")
        return self


class Hubspot(Connector[HubspotSettings]):
    """One or more HubSpot accounts."""

    name = "hubspot"
    title = "HubSpot"
    streams = STREAMS
    Settings = HubspotSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.hubspot.com/docs/api-reference/latest"

    def __init__(self, settings: HubspotSettings, company: Company) -> None:
        super().__init__(settings, company)
        self._apis = PerKey[str, HubspotApi]()

    def api(self, account: Account) -> HubspotApi:
        """The account's API: one for all threads, as its limits are."""
        told, own = self.settings, cast(HubspotAccount, account.settings)
        return self._apis.get(account.id, lambda: HubspotApi(told.base_url, self._auth(own), told.api_version))

    def _auth(self, account: HubspotAccount) -> AuthBase:
        if account.service_key:
            return StaticAuth(account.service_key.reveal())
        told = self.settings
        url = f"{told.base_url.rstrip('/')}/oauth/{told.api_version}/token"
        app = App(url, told.client_id or "", told.client_secret.reveal() if told.client_secret else "")
        return app.auth(account.refresh_token.reveal() if account.refresh_token else "")

    def check(self, account: Account) -> AccountFacts:
        """Asks for the account's facts, and for one record of each stream: a scope may be missing for some of them.

        Raises ConfigurationError where the key is another account's, or opens no stream at all.
        """
        facts = self.api(account).facts
        if facts.hub_id != account.id:
            raise ConfigurationError(
                f"the key is of the account {facts.hub_id}, not of {account.id}",
                hint="name that Hub ID as the account's id, or give the key of this one",
            )
        closed = {stream.name: error for stream in self.streams if (error := self._closed(stream, account))}
        if len(closed) == len(self.streams):
            raise next(iter(closed.values()))
        notes = tuple(f"{name} cannot be pulled: {error.hint}" for name, error in closed.items())
        return AccountFacts(account.name, facts.currency, facts.time_zone, notes)

    def _closed(self, stream: Stream, account: Account) -> ConfigurationError | None:
        """Why a stream cannot be read, where a setting of the account is the reason."""
        try:
            self.api(account).look(stream.name)
        except ConfigurationError as error:
            return error
        return None
