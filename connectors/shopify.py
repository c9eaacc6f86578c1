"""Shopify: orders, their lines, refunds and customers, by the Admin GraphQL API 2026-10.

    shopify: {client_id: …, client_secret: "env:SHOPIFY_SECRET", accounts: [{id: my-shop.myshopify.com}]}

The app is made in Shopify's Dev Dashboard, by the organisation that owns the shop, and installed in it. Older apps
have a static token instead (`access_token`). Source of all facts: https://shopify.dev/docs/api/admin-graphql/2026-10
"""

from __future__ import annotations

from typing import Self

from pydantic import Field as Setting
from pydantic import model_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.load import Load
from connectors.secret import Secret
from connectors.shared import PerKey
from connectors.shopify_api import Credentials, ShopApi
from connectors.shopify_bulk import Patience
from connectors.shopify_records import CUSTOMERS, ORDER_LINES, ORDERS, REFUNDS
from connectors.shopify_streams import ORDER_ACCESS_DAYS, STREAMS

_NEEDED_SCOPES = ("read_customers", "read_orders", "read_products")


class ShopifyAccount(AccountSettings):
    """One shop."""

    id: str = Setting(
        pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$",
        description="The shop's own domain, my-shop.myshopify.com; not the one that customers see",
    )


class ShopifySettings(PlatformSettings):
    """The app's credentials: client id and secret, or an older app's static token."""

    base_url: str = Setting("https://{shop}", description="Where the API is; {shop} is the account's id")
    accounts: list[ShopifyAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The shops to pull"
    )
    client_id: str | None = Setting(None, description="Client id of the app in the Dev Dashboard")
    client_secret: Secret | None = Setting(None, description="Client secret of the app")
    access_token: Secret | None = Setting(None, description="Static token (shpat_…) of an app made before 2026")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        by_client = bool(self.client_id and self.client_secret)
        if by_client == bool(self.access_token) or bool(self.client_id) != bool(self.client_secret):
            raise ValueError("give client_id and client_secret, or access_token")
        if self.access_token and len(self.accounts) > 1:
            raise ValueError("an access_token opens one shop: for several, use client_id and client_secret")
        return self


class Shopify(Connector[ShopifySettings]):
    """One or more shops of an organisation."""

    name = "shopify"
    title = "Shopify"
    streams = STREAMS
    Settings = ShopifySettings
    max_concurrent = 4  # of one app in one shop, five bulk operations may run
    docs_url = "https://shopify.dev/docs/api/admin-graphql"

    def __init__(self, settings: ShopifySettings, company: Company) -> None:
        super().__init__(settings, company)
        self.patience = Patience()
        self._apis = PerKey[str, ShopApi]()

    def api(self, account: Account) -> ShopApi:
        """The shop's API: one for all threads, as they share a token and a bucket of points."""
        return self._apis.get(account.id, lambda: ShopApi(account.id, self.settings.base_url, self._credentials()))

    def _credentials(self) -> Credentials:
        if self.settings.access_token:
            return Credentials(access_token=self.settings.access_token.reveal())
        secret = self.settings.client_secret
        return Credentials(self.settings.client_id or "", secret.reveal() if secret else "")

    def check(self, account: Account) -> AccountFacts:
        """Asks for the shop's facts and one record of each stream, and compares the token's scopes with the needed."""
        api = self.api(account)
        facts, scopes = api.shop, api.scopes
        missing = [scope for scope in _NEEDED_SCOPES if scope not in scopes]
        if missing:
            raise ConfigurationError(
                f"the app lacks the scope {', '.join(missing)}",
                hint="add it to the app in the Dev Dashboard, release that version, and approve it in the shop",
            )
        for records in (ORDERS, ORDER_LINES, REFUNDS, CUSTOMERS):
            one = {"first": 1} | ({"children": 1} if records.children else {})
            api.query(records.page_query, one, Load())
        notes = () if "read_all_orders" in scopes else (_NO_HISTORY,)
        return AccountFacts(facts["name"], facts["currencyCode"], facts["ianaTimezone"], notes)


_NO_HISTORY = (
    f"without the scope read_all_orders, Shopify shows no orders older than {ORDER_ACCESS_DAYS} days, "
    "nor what is refunded on them"
)
