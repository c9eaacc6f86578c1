"""Google Ads: campaigns by day, and their conversions by action, from the REST API v26.

google_ads.py           settings, the connection test
google_ads_streams.py   the streams and their queries
google_ads_search.py    the searchStream call       ads_draft.py    a slice, whole or not at all
google_auth.py          access tokens               ads_history.py  37 months and no more
google_ads_errors.py    what a refusal means

Developer tokens were retired in September 2026: one in the settings is sent along, and Google ignores it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field, field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, Found, PlatformSettings
from connectors.errors import ConfigurationError, ConnectorError
from connectors.google_ads_errors import classify
from connectors.google_ads_search import SearchApi
from connectors.google_ads_streams import CAMPAIGN_DAY, CONVERSION_ACTION_DAY
from connectors.google_auth import fetch
from connectors.http import ONCE, HttpClient, RetryPolicy, retrying
from connectors.load import Load
from connectors.oauth import TokenAuth
from connectors.secret import Secret

_CUSTOMER = (
    "SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone, customer.manager,"
    " customer.test_account FROM customer LIMIT 1"
)
_CLIENTS = (
    "SELECT customer_client.id, customer_client.descriptive_name, customer_client.manager, customer_client.level,"
    " customer_client.currency_code, customer_client.time_zone FROM customer_client"
)
_CLIENTS_NAMED = 10
_SCOPE = "https://www.googleapis.com/auth/adwords"


def customer_id(text: str) -> str:
    """`1112223334` of `111-222-3334`, as the Google Ads screen shows it. Raises ValueError on anything else."""
    digits = text.strip().removeprefix("customers/").replace("-", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 10):
        raise ValueError(f"a Google Ads customer id is ten digits, as in 111-222-3334; {text} is something else")
    return digits


class GoogleAdsSettings(PlatformSettings):
    """Google Ads in kompas.yaml. An account is a customer id, with or without dashes; not a manager account."""

    base_url: str = Field("https://googleads.googleapis.com", description="Where the API is")
    credentials: Secret = Field(description="JSON of an authorized_user, or of a service account")
    login_customer_id: str | None = Field(
        None, description="The manager account through which the credential has access", coerce_numbers_to_str=True
    )
    developer_token: Secret | None = Field(None, description="Not needed since September 2026; sent where it is set")
    token_url: str = Field("", description="Where access tokens are; by default the token_uri of the credentials")

    @field_validator("login_customer_id")
    @classmethod
    def _manager(cls, text: str | None) -> str | None:
        return None if text is None else customer_id(text)

    @field_validator("accounts")
    @classmethod
    def _customers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": customer_id(account.id)}) for account in accounts]


class GoogleAds(Connector[GoogleAdsSettings]):
    """Google Ads. An account is a customer."""

    name = "google_ads"
    title = "Google Ads"
    streams = (CAMPAIGN_DAY, CONVERSION_ACTION_DAY)
    Settings = GoogleAdsSettings
    max_concurrent = 4
    docs_url = "https://developers.google.com/google-ads/api/docs/start"

    def __init__(self, settings: GoogleAdsSettings, company: Company, policy: RetryPolicy | None = None) -> None:
        super().__init__(settings, company)
        self.policy = policy or RetryPolicy()

    @cached_property
    def api(self) -> SearchApi:
        """Raises ConfigurationError when the developer token is named but not set."""
        told = self.settings
        optional = {
            "login-customer-id": told.login_customer_id,
            "developer-token": told.developer_token.reveal() if told.developer_token else None,
        }
        client = HttpClient(
            self.name,
            told.base_url,
            auth=TokenAuth(lambda: fetch(self.name, told.credentials, _SCOPE, told.token_url)),
            classify=classify,
            headers={name: value for name, value in optional.items() if value},
            policy=ONCE,  # an answer can fail half-way, so a whole pull is tried again and not the request
        )
        return SearchApi(client)

    def check(self, account: Account) -> AccountFacts:
        """Asks the account for its name. Raises ConfigurationError for a manager account, which has no figures."""
        rows = self._ask(account.id, _CUSTOMER)
        customer: dict[str, Any] = rows[0].get("customer", {}) if rows else {}
        if customer.get("manager"):
            raise self._is_manager(account.id)
        notes = ("this is a test account: it has no real figures",) if customer.get("testAccount") else ()
        name = customer.get("descriptiveName") or account.name
        return AccountFacts(name, customer.get("currencyCode"), customer.get("timeZone"), notes)

    def discover(self) -> tuple[Found, ...]:
        """The accounts under login_customer_id; without one, those to which the credential's owner was invited."""
        manager = self.settings.login_customer_id
        roots = [manager] if manager else retrying(lambda: self.api.accessible(Load()), self.policy)
        clients = [client for root in roots for client in self._clients(root) if not client.get("manager")]
        return tuple(
            Found(
                str(client["id"]), client.get("descriptiveName", ""), client.get("currencyCode"), client.get("timeZone")
            )
            for client in clients
        )

    def _ask(self, customer: str, query: str) -> list[dict[str, Any]]:
        def ask() -> list[dict[str, Any]]:
            return [row for rows in self.api.search(customer, query, Load()) for row in rows]

        return retrying(ask, self.policy)

    def _is_manager(self, manager: str) -> ConfigurationError:
        clients = self._clients_of(manager)
        named = ", ".join(clients[:_CLIENTS_NAMED]) + (", …" if len(clients) > _CLIENTS_NAMED else "")
        return ConfigurationError(
            f"{manager} is a manager account, which has no figures of its own",
            hint=f"name its client accounts{f' ({named})' if named else ''} instead, and login_customer_id: {manager}",
        )

    def _clients_of(self, manager: str) -> list[str]:
        """Ids and names of the accounts under a manager that have figures; none when it does not tell."""
        try:
            clients = self._clients(manager)
        except ConnectorError:
            return []
        return [
            f"{client.get('id')} {client.get('descriptiveName', '')}".strip()
            for client in clients
            if not client.get("manager")
        ]

    def _clients(self, root: str) -> list[dict[str, Any]]:
        """A customer and all below it."""
        return [row.get("customerClient", {}) for row in self._ask(root, _CLIENTS)]
