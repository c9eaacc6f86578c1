"""WooCommerce: orders, their lines, refunds and customers of a shop, by its REST API v3.

woocommerce.py            settings, the connection test   woocommerce_api.py      calls and pages
woocommerce_orders.py     orders, lines                   woocommerce_records.py  fields, and where they are told
woocommerce_refunds.py    refunds, what came back         woocommerce_rows.py     records into rows
woocommerce_customers.py  customers                       woocommerce_errors.py   what a refusal means

Refunds are read from `/refunds`, which came with WooCommerce 9.0 (June 2024).
Source of all facts: https://developer.woocommerce.com/docs/apis/rest-api/v3/
"""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from pydantic import Field as Setting
from pydantic import field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.load import Load
from connectors.secret import Secret
from connectors.shared import PerKey
from connectors.woocommerce_api import CONCURRENT, ShopApi
from connectors.woocommerce_customers import CUSTOMERS
from connectors.woocommerce_orders import ORDER_LINES, ORDERS
from connectors.woocommerce_refunds import REFUND_LINES, REFUNDS

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_READ = ("orders", "refunds", "customers")


class WooCommerceAccount(AccountSettings):
    """One shop."""

    id: str = Setting(
        pattern=r"^[a-z0-9.-]+\.[a-z]{2,}(/[A-Za-z0-9._~-]+)*$",
        description="The shop's address, without https:// and without a slash at the end: example.com/shop",
    )
    consumer_key: Secret = Setting(description="Consumer key of the shop, ck_…, with permission to read")
    consumer_secret: Secret = Setting(description="Consumer secret that goes with it, cs_…")


class WooCommerceSettings(PlatformSettings):
    """WooCommerce in kompas.yaml. An account is a shop, with a key of its own."""

    base_url: str = Setting("", description="Where the shops are; by default each at https:// and its id")
    accounts: list[WooCommerceAccount] = Setting(  # type: ignore[assignment]  # narrower, and only ever read
        min_length=1, description="The shops to pull"
    )

    @field_validator("base_url")
    @classmethod
    def _encrypted(cls, url: str) -> str:
        """The key travels with every request, so only over HTTPS, or within this machine."""
        parts = urlsplit(url or "https://")
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError(f"the key of a shop may travel over https:// only; {url} is something else")
        return url


class WooCommerce(Connector[WooCommerceSettings]):
    """Shops on WooCommerce. An account is a shop."""

    name = "woocommerce"
    title = "WooCommerce"
    streams = (ORDERS, ORDER_LINES, REFUNDS, REFUND_LINES, CUSTOMERS)
    Settings = WooCommerceSettings
    max_concurrent = CONCURRENT
    docs_url = "https://developer.woocommerce.com/docs/apis/rest-api/v3/"

    def __init__(self, settings: WooCommerceSettings, company: Company) -> None:
        super().__init__(settings, company)
        self._apis = PerKey[str, ShopApi]()

    def api(self, account: Account) -> ShopApi:
        """The shop's API: one for all threads, as a shop takes a few calls at a time only."""
        told = cast(WooCommerceAccount, account.settings)
        url = f"{self.settings.base_url.rstrip('/') or 'https:/'}/{account.id}"
        return self._apis.get(
            account.id, lambda: ShopApi(url, told.consumer_key.reveal(), told.consumer_secret.reveal())
        )

    def check(self, account: Account) -> AccountFacts:
        """Asks for the shop's name, its currency, and one record of each kind."""
        api, load = self.api(account), Load()
        for path in _READ:
            api.one(path, load)
        return AccountFacts(api.index["name"] or account.name, api.currency(load), api.time_zone)
