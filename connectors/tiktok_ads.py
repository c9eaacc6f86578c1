"""TikTok Ads: campaigns by day, from basic reports of the Business API v1.3.

tiktok_ads.py           settings, the connection test
tiktok_ads_streams.py   the stream, its columns and its report
tiktok_ads_api.py       calls, pages           ads_halves.py   reports that are too much, in halves
tiktok_ads_errors.py    what a code means      ads_draft.py    a slice, whole or not at all

The token is one of an advertiser, which does not expire.
Source: https://business-api.tiktok.com/portal/docs?id=1740302848100353
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import Field, field_validator, model_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.secret import Secret
from connectors.tiktok_ads_api import CONCURRENT, TikTokApi
from connectors.tiktok_ads_streams import CAMPAIGN_DAY, REPORT

_FACTS = ["advertiser_id", "name", "currency", "timezone", "status"]
_ACTIVE = "STATUS_ENABLE"


class TikTokAdsSettings(PlatformSettings):
    """TikTok Ads in kompas.yaml. An account is the number of an advertiser."""

    base_url: str = Field("https://business-api.tiktok.com", description="Where the API is")
    access_token: Secret = Field(description="An advertiser's token, as the app got it; it does not expire")
    app_id: str | None = Field(None, description="The app's id: with it, `kompas check` lists the app's advertisers")
    app_secret: Secret | None = Field(None, description="The app's secret, with `app_id`")

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        for account in accounts:
            if not (account.id.isascii() and account.id.isdigit()):
                raise ValueError(f"a TikTok advertiser is a number; {account.id} is something else")
        return accounts

    @model_validator(mode="after")
    def _whole_app(self) -> TikTokAdsSettings:
        if bool(self.app_id) != bool(self.app_secret):
            raise ValueError("app_id and app_secret go together")
        return self


class TikTokAds(Connector[TikTokAdsSettings]):
    """TikTok Ads. An account is an advertiser."""

    name = "tiktok_ads"
    title = "TikTok Ads"
    streams = (CAMPAIGN_DAY,)
    Settings = TikTokAdsSettings
    max_concurrent = CONCURRENT
    docs_url = "https://business-api.tiktok.com/portal/docs"

    def __init__(self, settings: TikTokAdsSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy

    @cached_property
    def api(self) -> TikTokApi:
        """One for all threads. Raises ConfigurationError when the token is not set."""
        return TikTokApi(self.settings.base_url, self.settings.access_token.reveal(), self.policy)

    def facts(self, account: Account, load: Load) -> dict[str, Any]:
        """Name, currency, time zone and status of an advertiser. Raises ConfigurationError where none is told."""
        asked = {"advertiser_ids": [account.id], "fields": _FACTS}
        told = self.api.records("/advertiser/info/", asked, load)
        for facts in told:
            if str(facts.get("advertiser_id")) == account.id:
                return facts
        raise ConfigurationError(
            f"TikTok tells nothing of the advertiser {account.id}",
            hint="is the id right, and did this advertiser authorise the app?",
        )

    def check(self, account: Account) -> AccountFacts:
        """Asks the advertiser for its name, and for figures, which need a permission of their own."""
        told = self.facts(account, Load())
        self.api.get(REPORT, _one_figure(account.id), Load())
        status = told.get("status")
        notes = () if status in (None, _ACTIVE) else (f"the account is not active: its status is {status}",)
        return AccountFacts(told.get("name") or account.name, told.get("currency"), told.get("timezone"), notes)

    def discover(self) -> tuple[Found, ...]:
        """The advertisers that authorised the app; none without the app's secret, which TikTok wants in the query."""
        if self.settings.app_secret is None:
            return ()
        app = {"app_id": self.settings.app_id, "secret": self.settings.app_secret.reveal()}
        told = self.api.records("/oauth2/advertiser/get/", app, Load())
        return tuple(Found(str(each.get("advertiser_id")), str(each.get("advertiser_name", ""))) for each in told)


def _one_figure(advertiser: str) -> dict[str, Any]:
    yesterday = str(datetime.now(UTC).date() - timedelta(days=1))
    return {
        "advertiser_id": advertiser,
        "report_type": "BASIC",
        "data_level": "AUCTION_ADVERTISER",
        "dimensions": ["advertiser_id"],
        "metrics": ["spend"],
        "start_date": yesterday,
        "end_date": yesterday,
        "page_size": 1,
    }
