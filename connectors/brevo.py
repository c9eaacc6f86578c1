"""Brevo (formerly Sendinblue): results of e-mail campaigns, and transactional e-mails by day.

An account of kompas.yaml is one Brevo account, with its own API key:

    brevo: {accounts: [{id: zakelijk, api_key: "env:BREVO_KEY"}]}

Source of all facts: https://developers.brevo.com/reference/get-email-campaigns
"""

from __future__ import annotations

from typing import cast

from pydantic import Field as Setting

from connectors.brevo_api import CONCURRENT, BrevoApi
from connectors.brevo_streams import CAMPAIGN_REPORT, TRANSACTIONAL_DAY
from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.http import RetryPolicy
from connectors.secret import Secret
from connectors.shared import PerKey


class BrevoAccount(AccountSettings):
    """One Brevo account. The API has no id that people know, so `id` is chosen."""

    api_key: Secret = Setting(description="An API key of the account: xkeysib-…")


class BrevoSettings(PlatformSettings):
    """Brevo has no credentials over accounts: each has its key."""

    base_url: str = Setting("https://api.brevo.com", description="Where the API is")
    accounts: list[BrevoAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The accounts to pull"
    )


class Brevo(Connector[BrevoSettings]):
    """Campaign results of one or more Brevo accounts."""

    name = "brevo"
    title = "Brevo"
    streams = (CAMPAIGN_REPORT, TRANSACTIONAL_DAY)
    Settings = BrevoSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.brevo.com/reference/get-email-campaigns"

    def __init__(self, settings: BrevoSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy
        self._apis = PerKey[str, BrevoApi]()

    def api(self, account: Account) -> BrevoApi:
        """The account's API, one per key, as Brevo's limit counts by account."""
        key = cast(BrevoAccount, account.settings).api_key.reveal()
        return self._apis.get(key, lambda: BrevoApi(key, self.settings.base_url, self.policy))

    def time_zone(self, account: Account) -> str:
        """The account's own, or the company's where Brevo does not tell it."""
        return self.api(account).facts().time_zone or self.company.time_zone

    def check(self, account: Account) -> AccountFacts:
        """Asks whose key it is."""
        told = self.api(account).facts()
        return AccountFacts(told.name or account.name, time_zone=told.time_zone)
