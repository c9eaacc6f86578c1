"""`kompas check`: a real connection test per account, each failure with what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.markup import escape

from connectors.connector import AccountFacts, Connector, Found
from connectors.errors import ConnectorError
from pipelines.serving import postgres
from pipelines.settings import Settings


@dataclass(frozen=True)
class Tested:
    """One account: what the platform says of it, or why it could not be reached."""

    platform: str
    account: str
    facts: AccountFacts | None
    problem: str | None

    @property
    def lines(self) -> list[str]:
        """What a person reads, in Rich's markup."""
        if self.facts is None:
            return [f"[red]✘[/] {escape(self.problem or '')}"]
        words = _words(self.facts.name, self.facts.currency, self.facts.time_zone)
        notes = [f"  [yellow]![/] {escape(note)}" for note in self.facts.notes]
        return [f"[green]✔[/] {self.platform} {escape(f'{self.account}: {words}')}", *notes]


@dataclass(frozen=True)
class Unlisted:
    """The accounts that a platform's credential can see and kompas.yaml does not name, or why it does not tell."""

    platform: str
    accounts: tuple[Found, ...]
    problem: str | None

    @property
    def lines(self) -> list[str]:
        """What a person reads, in Rich's markup."""
        if self.problem:
            return [f"  [yellow]![/] its other accounts cannot be listed: {escape(self.problem)}"]
        return [
            f"  [dim]+[/] {escape(f'{one.id}: {_words(one.name, one.currency, one.time_zone)}')}; not in kompas.yaml"
            for one in self.accounts
        ]


def platforms(settings: Settings) -> Iterator[Tested | Unlisted]:
    """Test every configured account, one after the other; after a platform's, those that could be added."""
    for connector in settings.connectors():
        with connector:
            tests = list(_tested(connector))
            yield from tests
            if any(tested.facts for tested in tests):
                yield _unlisted(connector)


def served(settings: Settings) -> Iterator[Tested]:
    """Test the databases that get a copy of the published warehouse."""
    chosen = settings.serving.postgres if settings.serving else None
    if chosen is None:
        return
    try:
        yield Tested("PostgreSQL", "serving", AccountFacts(postgres.check(chosen)), None)
    except ConnectorError as error:
        yield Tested("PostgreSQL", "serving", None, str(error.at(platform="PostgreSQL")))


def _tested(connector: Connector[Any]) -> Iterator[Tested]:
    for account in connector.accounts:
        try:
            yield Tested(connector.name, account.name, connector.check(account), None)
        except ConnectorError as error:
            problem = str(error.at(platform=connector.name, account=account.name))
            yield Tested(connector.name, account.name, None, problem)


def _unlisted(connector: Connector[Any]) -> Unlisted:
    named = {account.id for account in connector.accounts}
    try:
        found = tuple(account for account in connector.discover() if account.id not in named)
    except ConnectorError as error:
        return Unlisted(connector.name, (), str(error.at(platform=connector.name)))
    return Unlisted(connector.name, found, None)


def _words(*words: str | None) -> str:
    return ", ".join(word for word in words if word)
