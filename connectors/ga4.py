"""Google Analytics 4: sessions, users, purchases and key events by day and channel, from the Data API v1beta.

ga4.py            settings, the connection test
ga4_streams.py    the streams that are one report by date
ga4_users.py      unique users by week, month, quarter and year
ga4_report.py     a report of any size: pages, their checks, their order in time
ga4_decode.py     a page's bytes into columns
ga4_transport.py  gRPC, limits, retries        ga4_auth.py  tokens        ga4_errors.py  what a refusal means
"""

from __future__ import annotations

from pydantic import Field, field_validator

from connectors.connector import Account, AccountFacts, AccountSettings, Company, Connector, PlatformSettings
from connectors.ga4_report import Query, fetch
from connectors.ga4_streams import CHANNEL_DAY, KEY_EVENT_DAY, SITE_DAY
from connectors.ga4_transport import CONCURRENT, Client
from connectors.ga4_users import SITE_USERS
from connectors.load import Load
from connectors.secret import Secret

_YESTERDAY = {"start_date": "yesterday", "end_date": "yesterday"}


class Ga4Settings(PlatformSettings):
    """GA4 in kompas.yaml. An account is a property, by its number."""

    credentials: Secret = Field(description="JSON of a service account, or of an authorized_user")
    base_url: str = Field("", description="Google by default; grpc://HOST:PORT without TLS, for a sandbox, or grpcs://")

    @field_validator("base_url")
    @classmethod
    def _grpc(cls, url: str) -> str:
        if url and not url.startswith(("grpc://", "grpcs://")):
            raise ValueError(f"ga4 speaks gRPC: {url} should start with grpc:// or grpcs://")
        return url

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        return [account.model_copy(update={"id": property_number(account.id)}) for account in accounts]


def property_number(text: str) -> str:
    """`424242` of `properties/424242` or `424242`. Raises ValueError on ids of other things, such as G-ABC123."""
    number = text.strip().removeprefix("properties/")
    if not (number.isascii() and number.isdigit()):
        raise ValueError(f"a GA4 property id is a number, shown in Admin > Property details; {text} is something else")
    return number


class Ga4(Connector[Ga4Settings]):
    """Google Analytics 4. An account is a property."""

    name = "ga4"
    title = "Google Analytics 4"
    streams = (CHANNEL_DAY, SITE_DAY, SITE_USERS, KEY_EVENT_DAY)
    Settings = Ga4Settings
    max_concurrent = CONCURRENT
    docs_url = "https://developers.google.com/analytics/devguides/reporting/data/v1"

    def __init__(self, settings: Ga4Settings, company: Company) -> None:
        super().__init__(settings, company)
        self.client = Client(settings.credentials, settings.base_url)

    def check(self, account: Account) -> AccountFacts:
        """Yesterday's users, one number. The Data API does not tell a property's display name, only its id."""
        request = Query({}, {"active_users": "activeUsers"}).request(account.id, [_YESTERDAY], limit=1)
        metadata = next(fetch(self.client, request, Load())).head.metadata
        return AccountFacts(f"properties/{account.id}", metadata.currency_code or None, metadata.time_zone or None)

    def close(self) -> None:
        self.client.close()
