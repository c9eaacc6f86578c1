"""The data of the night: through which day each account is complete, and what ails it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pipelines.page.facts import Night
from pipelines.page.voice import Voice


@dataclass(frozen=True)
class Origin:
    """An account, and through which day all of its streams are complete."""

    platform: str
    account: str
    through: str
    is_whole: bool
    problems: list[str]


def origins(night: Night, voice: Voice) -> Iterator[Origin]:
    """Each configured account, in the order of kompas.yaml's platforms."""
    for connector in night.settings.connectors():
        for account in connector.accounts:
            loads = [
                night.loads_of(connector.name, stream.name, account.id) for stream in connector.streams_of(account)
            ]
            newest = [max((load["day"] for load in each if load["is_complete"]), default=None) for each in loads]
            through = min((day or date.min for day in newest), default=date.min)
            of_night = [load for each in loads for load in each if load["day"] == night.day]
            problems = dict.fromkeys(load["problem"] for load in of_night if load["problem"])
            yield Origin(
                connector.title,
                account.name or account.id,
                voice["never"] if through == date.min else voice.day(through, "medium"),
                through >= night.day,
                list(problems),
            )
