"""Klaviyo's two accounts of the company: each has a private key, a time zone, a currency, and metrics of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sandbox.company.mail_programmes import KLAVIYO_NL, KLAVIYO_UK


@dataclass(frozen=True)
class Account:
    """An account. `metrics`: id, name and integration of what it counts; the first is the conversion."""

    id: str
    key: str
    name: str
    time_zone: str
    currency: str
    locale: str
    metrics: tuple[tuple[str, str, str], ...]

    def resource(self, url: str) -> dict[str, Any]:
        """As /accounts tells it."""
        street = {"address1": "Herengracht 1", "address2": None, "city": "Amsterdam", "region": None, "country": "NL",
                  "zip": "1015 BA"}  # fmt: skip
        contact = {
            "default_sender_name": self.name, "default_sender_email": "hallo@duurzame-mode.example",
            "website_url": "https://duurzamemode.nl", "organization_name": self.name, "street_address": street,
        }  # fmt: skip
        attributes = {
            "test_account": False, "contact_information": contact, "industry": "Ecommerce", "timezone": self.time_zone,
            "preferred_currency": self.currency, "public_api_key": self.id, "locale": self.locale,
        }  # fmt: skip
        return {"type": "account", "id": self.id, "attributes": attributes, "links": {"self": f"{url}{self.id}/"}}

    def metric_resources(self, url: str) -> list[dict[str, Any]]:
        """As /metrics tells them."""
        return [
            {
                "type": "metric", "id": metric, "links": {"self": f"{url}{metric}/"},
                "attributes": {
                    "name": name, "created": "2022-11-01T09:00:00+00:00", "updated": "2022-11-01T09:00:00+00:00",
                    "integration": {"object": "integration", "id": tool.lower(), "name": tool, "category": "eCommerce"},
                },
            }
            for metric, name, tool in self.metrics
        ]  # fmt: skip


ACCOUNTS = (
    Account(
        KLAVIYO_NL.account_id, "pk_KpsNL1_0123456789abcdef0123456789abcdef01", "Duurzame Mode", "Europe/Amsterdam",
        "EUR", "nl-NL",
        (("RESQ6t", "Placed Order", "Shopify"), ("PhqdJM", "Opened Email", "Klaviyo"),
         ("Vd9jBc", "Clicked Email", "Klaviyo")),
    ),
    Account(
        KLAVIYO_UK.account_id, "pk_KpsUK2_fedcba9876543210fedcba9876543210fe", "Duurzame Mode UK", "Europe/London",
        "GBP", "en-GB", (("TQuQA4", "Placed Order", "Shopify"), ("UxEfGh", "Opened Email", "Klaviyo")),
    ),
)  # fmt: skip
