"""What every connector is: settings, accounts, a connection test, and streams to pull.

A connector knows its platform and nothing else: not Dagster, not dbt, not the lake.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from connectors.errors import ConfigurationError, ConnectorError
from connectors.load import Load
from connectors.secret import Secret
from connectors.stream import Stream, Window


@dataclass(frozen=True)
class Company:
    """What a connector may know of the company that it works for."""

    time_zone: str = "Europe/Amsterdam"
    currency: str = "EUR"
    hash_key: Secret | None = None

    @property
    def tz(self) -> tzinfo:
        return ZoneInfo(self.time_zone)

    def reveal_hash_key(self) -> str:
        if self.hash_key is None:
            raise ConfigurationError("privacy.hash_key is not set", hint="kompas init writes one")
        return self.hash_key.reveal()


class AccountSettings(BaseModel):
    """One account of a platform, as written in kompas.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    id: str = Field(description="The platform's id of the account", coerce_numbers_to_str=True)
    name: str | None = Field(None, description="How the account is called in Kompas; the id by default")
    brand: str = Field("main", description="The brand whose figures the account holds")
    country: str | None = Field(None, description="ISO 3166 code, when the account serves one country")


class PlatformSettings(BaseModel):
    """What all platforms share. A connector adds its credentials."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    base_url: str = Field("", description="Where the API is; change it only for a sandbox or a proxy")
    accounts: list[AccountSettings] = Field(min_length=1, description="The accounts to pull")
    look_back_days: dict[str, int] = Field(
        default_factory=dict,
        description="Days pulled again every night, by stream, where the default does not fit",
    )
    provisional_days: dict[str, int] = Field(
        default_factory=dict,
        description="Newest days that the platform still works on, by stream: no verdict on a period that holds one",
    )


@dataclass(frozen=True)
class Account:
    """An account that is pulled. `settings` holds what the connector's own account settings add."""

    id: str
    name: str
    brand: str
    country: str | None
    settings: AccountSettings


@dataclass(frozen=True)
class AccountFacts:
    """What the platform itself says of an account, from the connection test.

    `notes` are sentences for the user about what works less well than it could: a missing scope, a short history.
    """

    name: str
    currency: str | None = None
    time_zone: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """An account that the credential can see, whether or not kompas.yaml names it."""

    id: str
    name: str
    currency: str | None = None
    time_zone: str | None = None


S = TypeVar("S", bound=PlatformSettings)


class Connector(ABC, Generic[S]):
    """One platform, connected with one set of credentials."""

    name: ClassVar[str]
    title: ClassVar[str]
    streams: ClassVar[tuple[Stream, ...]]
    Settings: ClassVar[type[PlatformSettings]]
    max_concurrent: ClassVar[int] = 4
    """How many pulls the platform's published limits allow at the same time."""
    docs_url: ClassVar[str] = ""

    def __init__(self, settings: S, company: Company) -> None:
        self.settings = settings
        self.company = company

    @property
    def accounts(self) -> tuple[Account, ...]:
        return tuple(
            Account(entry.id, entry.name or entry.id, entry.brand, entry.country, entry)
            for entry in self.settings.accounts
        )

    def streams_of(self, account: Account) -> tuple[Stream, ...]:
        """The streams that the account feeds: all of them, unless the connector says otherwise."""
        return self.streams

    def look_back_days(self, stream: Stream) -> int:
        """How many days are pulled again every night: the settings' own number, else the stream's."""
        return self.settings.look_back_days.get(stream.name, stream.look_back_days)

    @abstractmethod
    def check(self, account: Account) -> AccountFacts:
        """A real, cheap call. Raises a ConnectorError that says what to do."""

    def discover(self) -> tuple[Found, ...]:
        """The accounts that the credential can see, `id` as kompas.yaml wants it; none where a credential has one.

        Raises ConnectorError as `check` does.
        """
        return ()

    def pull(self, stream: Stream, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
        """Rows of the window, a batch at a time. Raises ConnectorError with platform, account and stream."""
        try:
            yield from stream.pull(self, account, window, load)
        except ConnectorError as error:
            raise error.at(platform=self.name, account=account.name, stream=stream.name) from error.__cause__

    def close(self) -> None:
        """Let go of connections."""

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @classmethod
    def stream(cls, name: str) -> Stream:
        return next(stream for stream in cls.streams if stream.name == name)
