"""Zendesk: how satisfied customers were with the help desk.

zendesk.py           settings, the connection test
zendesk_streams.py   the streams and their columns
zendesk_api.py       calls, pages, tokens, and what a refusal means

Zendesk has two kinds of CSAT, and an account has one of them switched on: surveys (a rating of 1 to 5), and the older
satisfaction ratings (good or bad). The setting `csat` says which, so that a refusal is never taken for "no answers".
An account that has moved from one to the other keeps its history with `both`.

    zendesk: {accounts: [{id: my-shop, client_id: kompas, client_secret: "env:ZENDESK_SECRET", csat: surveys}]}

Sources: https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/ and
…/satisfaction_ratings/
"""

from __future__ import annotations

from typing import Literal, cast

from pydantic import Field as Setting

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.load import Load
from connectors.secret import Secret
from connectors.shared import PerKey
from connectors.stream import Stream
from connectors.zendesk_api import CONCURRENT, ZendeskApi, ZendeskClient
from connectors.zendesk_streams import PATHS, SATISFACTION_RATINGS, SURVEY_RESPONSES

_STREAMS: dict[str, tuple[Stream, ...]] = {
    "surveys": (SURVEY_RESPONSES,),
    "ratings": (SATISFACTION_RATINGS,),
    "both": (SURVEY_RESPONSES, SATISFACTION_RATINGS),
}


class ZendeskAccount(AccountSettings):
    """One Zendesk account. Its id is its subdomain: my-shop of my-shop.zendesk.com."""

    client_id: str = Setting(description="Identifier of an OAuth client of the account")
    client_secret: Secret = Setting(description="Secret of that client")
    refresh_token: Secret | None = Setting(
        None, description="Refresh token, in a file: Zendesk replaces it at every use. Without: client credentials"
    )
    csat: Literal["surveys", "ratings", "both"] = Setting(
        "surveys", description="Kind of CSAT: surveys (1 to 5), the older ratings (good or bad), or both in turn"
    )


class ZendeskSettings(PlatformSettings):
    """Zendesk in kompas.yaml."""

    base_url: str = Setting(
        "", description="Where the API is, with a folder for each subdomain; by default each account's own address"
    )
    accounts: list[ZendeskAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The accounts to pull"
    )


class Zendesk(Connector[ZendeskSettings]):
    """Zendesk. An account is a subdomain."""

    name = "zendesk"
    title = "Zendesk"
    streams = (SATISFACTION_RATINGS, SURVEY_RESPONSES)
    Settings = ZendeskSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developer.zendesk.com/api-reference/ticketing/ticket-management/csat_survey_responses/"

    def __init__(self, settings: ZendeskSettings, company: Company) -> None:
        super().__init__(settings, company)
        self._apis = PerKey[str, ZendeskApi]()

    def api(self, account: Account) -> ZendeskApi:
        """The account's API, one for all threads, as they share its token."""
        told = _settings(account)
        client = ZendeskClient(told.client_id, told.client_secret, told.refresh_token)
        base_url = self.settings.base_url.rstrip("/")
        url = f"{base_url}/{account.id}" if base_url else f"https://{account.id}.zendesk.com"
        return self._apis.get(account.id, lambda: ZendeskApi(url, client))

    def streams_of(self, account: Account) -> tuple[Stream, ...]:
        """The kind of CSAT that is switched on in the account, as set."""
        return _STREAMS[_settings(account).csat]

    def check(self, account: Account) -> AccountFacts:
        """Asks for one answer of each kind that is set."""
        for stream in self.streams_of(account):
            self.api(account).get(PATHS[stream.name], Load(), {"page[size]": 1})
        return AccountFacts(account.name)


def _settings(account: Account) -> ZendeskAccount:
    return cast(ZendeskAccount, account.settings)
