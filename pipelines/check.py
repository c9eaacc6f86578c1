"""`kompas check`: a real connection test per account, each failure with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from connectors.connector import AccountFacts
from connectors.errors import ConnectorError
from pipelines.settings import Settings


@dataclass(frozen=True)
class Tested:
    """One account: what the platform says of it, or why it could not be reached."""

    platform: str
    account: str
    facts: AccountFacts | None
    problem: str | None


def accounts(settings: Settings) -> Iterator[Tested]:
    """Test every configured account, one after the other."""
    for connector in settings.connectors():
        with connector:
            for account in connector.accounts:
                try:
                    yield Tested(connector.name, account.name, connector.check(account), None)
                except ConnectorError as error:
                    problem = str(error.at(platform=connector.name, account=account.name))
                    yield Tested(connector.name, account.name, None, problem)
