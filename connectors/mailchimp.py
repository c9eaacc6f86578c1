"""Mailchimp Marketing API 3.0: campaign reports and audience activity.

An account of kompas.yaml is one Mailchimp account, with its own API key:

    mailchimp: {accounts: [{id: us21-main, api_key: "env:MAILCHIMP_KEY"}]}

Source of all facts: https://mailchimp.com/developer/marketing/api/
"""

from __future__ import annotations

from typing import cast

from pydantic import Field as Setting

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.load import Load
from connectors.mailchimp_api import CONCURRENT, MailchimpApi
from connectors.mailchimp_streams import CAMPAIGN_REPORT, LIST_ACTIVITY
from connectors.secret import Secret
from connectors.shared import PerKey


class MailchimpAccount(AccountSettings):
    """One Mailchimp account. The API has no id that people know, so `id` is chosen: the data centre and a name."""

    api_key: Secret = Setting(description="An API key of the account, which ends in its data centre: …-us21")


class MailchimpSettings(PlatformSettings):
    """Mailchimp has no credentials over accounts: each has its key."""

    base_url: str = Setting("", description="Where the API is; by default the data centre that the key names")
    accounts: list[MailchimpAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The accounts to pull"
    )


class Mailchimp(Connector[MailchimpSettings]):
    """Campaign results and audience growth of one or more Mailchimp accounts."""

    name = "mailchimp"
    title = "Mailchimp"
    streams = (CAMPAIGN_REPORT, LIST_ACTIVITY)
    Settings = MailchimpSettings
    max_concurrent = CONCURRENT
    docs_url = "https://mailchimp.com/developer/marketing/api/"

    def __init__(self, settings: MailchimpSettings, company: Company) -> None:
        super().__init__(settings, company)
        self._apis = PerKey[str, MailchimpApi]()

    def api(self, account: Account) -> MailchimpApi:
        """The account's API, one per key, as the limit of connections counts by key."""
        key = cast(MailchimpAccount, account.settings).api_key.reveal()
        return self._apis.get(key, lambda: MailchimpApi(key, self.settings.base_url))

    def check(self, account: Account) -> AccountFacts:
        """Asks for a ping, which needs a valid key."""
        self.api(account).get("/3.0/ping", Load())
        return AccountFacts(account.name)
