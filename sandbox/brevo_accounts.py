"""Brevo's two accounts of the company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.company.mail_programmes import BREVO_NL, BREVO_UK


@dataclass(frozen=True)
class Account:
    """An account. Order confirmations go out by it to `countries`."""

    id: str
    key: str
    organisation: str
    name: str
    time_zone: str
    countries: tuple[str, ...]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def told(self) -> dict[str, Any]:
        """As /account tells it."""
        address = {"street": "Herengracht 1", "city": "Amsterdam", "zipCode": "1015 BA", "country": "Netherlands"}
        relay = {"enabled": True, "data": {"userName": self.email, "relay": "smtp-relay.brevo.com", "port": 587}}
        plan = [{"type": "subscription", "creditsType": "sendLimit", "credits": 20_000.0}]
        return {
            "organization_id": self.organisation, "user_id": 1, "enterprise": False, "companyName": self.name,
            "email": self.email, "firstName": "Noor", "lastName": "de Vries", "address": address, "plan": plan,
            "relay": relay, "marketingAutomation": {"enabled": False}, "planVerticals": [],
            "dateTimePreferences": {"timezone": self.time_zone, "timeFormat": "24H", "dateFormat": "DD-MM-YYYY"},
        }  # fmt: skip

    @property
    def email(self) -> str:
        return f"{self.id}@duurzame-mode.example"


ACCOUNTS = (
    Account(
        BREVO_NL.account_id, "xkeysib-" + "0123456789abcdef" * 4 + "-aB3dE6gH9jK2mN5p", "5f1b0c2d3e4f5a6b7c8d9e0f",
        "Duurzame Mode Zakelijk", "Europe/Amsterdam", ("nl",),
    ),
    Account(
        BREVO_UK.account_id, "xkeysib-" + "fedcba9876543210" * 4 + "-pN5mK2jH9gE6dB3a", "6a2c1d3e4f5a6b7c8d9e0f1b",
        "Duurzame Mode Trade", "Europe/London", ("be", "de"),
    ),
)  # fmt: skip
