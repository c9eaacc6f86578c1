"""Meta Ads: campaigns by day, from the Insights of the Marketing API v26.0.

meta_ads.py            settings, the connection test
meta_ads_streams.py    the stream and its columns     meta_ads_actions.py   conversions out of `actions`
meta_ads_report.py     at once, by a job, in halves   meta_ads_hints.py     what the user can do about a refusal
graph_api.py           calls, pages; shared with facebook_pages and instagram
ads_draft.py           a slice, whole or not at all   ads_history.py        37 months and no more

The token is one of a system user, which does not expire. It needs ads_read, and the system user each ad account.
Source: https://developers.facebook.com/docs/marketing-api/insights
"""

from __future__ import annotations

from typing import Any

from pydantic import Field, field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.graph_api import CONCURRENT, GraphApi
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.meta_ads_hints import HINTS
from connectors.meta_ads_report import Patience
from connectors.meta_ads_streams import CAMPAIGN_DAY
from connectors.secret import Secret
from connectors.shared import PerKey

_FACTS = "name,currency,timezone_name,account_status"
_ONE_FIGURE = {"fields": "spend", "date_preset": "yesterday", "limit": "1"}
_ACTIVE = 1
_SEE_QUALITY = "what it has recorded can still be read; see Account Quality in Meta Business Suite"
_SEE_BILLING = "its ads may stand still; see Billing in Meta Ads Manager"
_STATUSES = {
    2: f"the account is disabled: {_SEE_QUALITY}",
    3: f"the account has unpaid bills: {_SEE_BILLING}",
    7: f"Meta is reviewing the account for risk: {_SEE_QUALITY}",
    8: f"the account waits for a payment: {_SEE_BILLING}",
    9: f"the account is in the grace period of a failed payment: {_SEE_BILLING}",
    100: "the account is about to be closed: if another one takes its place, add that one under meta_ads.accounts",
    101: "the account is closed: if another one took its place, add that one under meta_ads.accounts",
}
"""What an `account_status` other than 1 (active) means for the user."""


def account_number(text: str) -> str:
    """`700800900` of `act_700800900`, as the API writes it. Raises ValueError on anything else."""
    digits = text.strip().removeprefix("act_")
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"a Meta ad account is a number, with or without act_ before it; {text} is something else")
    return digits


class MetaAdsSettings(PlatformSettings):
    """Meta Ads in kompas.yaml. An account is the number of an ad account, with or without `act_`."""

    base_url: str = Field("https://graph.facebook.com", description="Where the API is")
    access_token: Secret = Field(description="Token of a system user that has ads_read and the ad accounts")
    app_secret: Secret | None = Field(
        None, description="Secret of the app that made the token, where that app asks for a proof of it"
    )

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": account_number(account.id)}) for account in accounts]


class MetaAds(Connector[MetaAdsSettings]):
    """Meta Ads. An account is an ad account."""

    name = "meta_ads"
    title = "Meta Ads"
    streams = (CAMPAIGN_DAY,)
    Settings = MetaAdsSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.facebook.com/docs/marketing-api/insights"

    def __init__(
        self,
        settings: MetaAdsSettings,
        company: Company,
        policy: RetryPolicy | None = None,
        patience: Patience | None = None,
    ) -> None:
        super().__init__(settings, company)
        self.policy = policy
        self.patience = patience or Patience()
        self._apis = PerKey[str, GraphApi]()

    def api(self, account: Account) -> GraphApi:
        """The account's API: one for all threads, as Meta's limits are per account. Raises ConfigurationError."""
        return self._apis.get(account.id, self._made)

    def _made(self) -> GraphApi:
        told = self.settings
        proof = told.app_secret.reveal() if told.app_secret else None
        return GraphApi(HINTS, told.base_url, told.access_token.reveal(), proof, self.policy)

    def check(self, account: Account) -> AccountFacts:
        """Asks the account for its name, and for figures, which a token may not read though it may read the name."""
        api, path = self.api(account), f"/act_{account.id}"
        told = api.get(path, {"fields": _FACTS}, Load())
        api.get(f"{path}/insights", _ONE_FIGURE, Load())
        return AccountFacts(
            told.get("name") or account.name,
            told.get("currency"),
            told.get("timezone_name"),
            _notes(told.get("account_status")),
        )

    def discover(self) -> tuple[Found, ...]:
        """The ad accounts that are assigned to the token's user."""
        api, fields = self.api(self.accounts[0]), {"fields": f"account_id,{_FACTS}"}
        return tuple(
            Found(str(told["account_id"]), told.get("name") or "", told.get("currency"), told.get("timezone_name"))
            for page in api.pages("/me/adaccounts", fields, Load())
            for told in page
        )


def _notes(status: Any) -> tuple[str, ...]:
    if status in (None, _ACTIVE):
        return ()
    return (_STATUSES.get(status, f"the account is not active: its account_status is {status}"),)
