"""Klaviyo: results of e-mail campaigns and flows.

klaviyo.py         settings, the connection test       klaviyo_streams.py   the streams and their columns
klaviyo_api.py     calls, pages, reports               klaviyo_errors.py    what a refusal means

An account of kompas.yaml is one Klaviyo account, with its own private key:

    klaviyo: {accounts: [{id: AbC123, api_key: "env:KLAVIYO_KEY"}]}

Source of all facts: https://developers.klaviyo.com/en/reference/reporting_api_overview
"""

from __future__ import annotations

from typing import cast

from pydantic import Field as Setting

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.http import RetryPolicy
from connectors.klaviyo_api import CONCURRENT, REVISION, Facts, KlaviyoApi
from connectors.klaviyo_streams import CAMPAIGN_REPORT, FLOW_REPORT
from connectors.secret import Secret
from connectors.shared import PerKey


class KlaviyoAccount(AccountSettings):
    """One Klaviyo account. Its `id` is its public API key, also called site id: six letters and digits."""

    api_key: Secret = Setting(description="A private API key of the account: pk_…")


class KlaviyoSettings(PlatformSettings):
    """Klaviyo has no credentials over accounts: each has its key."""

    base_url: str = Setting("https://a.klaviyo.com", description="Where the API is")
    revision: str = Setting(REVISION, description="The revision of the API; each lives two years")
    conversion_metric: str = Setting(
        "Placed Order", description="Name or id of the metric that counts as a conversion of a mailing"
    )
    accounts: list[KlaviyoAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The accounts to pull"
    )


class Klaviyo(Connector[KlaviyoSettings]):
    """Campaign and flow results of one or more Klaviyo accounts."""

    name = "klaviyo"
    title = "Klaviyo"
    streams = (CAMPAIGN_REPORT, FLOW_REPORT)
    Settings = KlaviyoSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.klaviyo.com/en/reference/reporting_api_overview"

    def __init__(self, settings: KlaviyoSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy
        self._apis = PerKey[str, KlaviyoApi]()

    def api(self, account: Account) -> KlaviyoApi:
        """The account's API, one for all threads, as Klaviyo's limits count by account."""
        key = cast(KlaviyoAccount, account.settings).api_key.reveal()
        told = self.settings
        return self._apis.get(key, lambda: KlaviyoApi(key, told.base_url, told.revision, self.policy))

    def facts(self, account: Account) -> Facts:
        """Time zone and currency. Raises ConfigurationError where the key is one of another account."""
        told = self.api(account).facts()
        if told.id != account.id:
            raise ConfigurationError(
                f"the key opens the account {told.id}, not {account.id}",
                hint="each account under klaviyo.accounts needs a private key of its own",
            )
        return told

    def check(self, account: Account) -> AccountFacts:
        """Asks whose key it is, and for the metric that counts as a conversion."""
        told = self.facts(account)
        self.api(account).metric_id(self.settings.conversion_metric)
        return AccountFacts(told.name, told.currency, told.time_zone)

    def discover(self) -> tuple[Found, ...]:
        """The account of each key."""
        told = [self.api(account).facts() for account in self.accounts]
        return tuple(Found(one.id, one.name, one.currency, one.time_zone) for one in told)
