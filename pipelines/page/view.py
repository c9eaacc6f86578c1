"""All that the template shows of a night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipelines.page import overview
from pipelines.page.cards import Card, cards
from pipelines.page.channels import Channels, channels
from pipelines.page.facts import Night
from pipelines.page.origins import Origin, origins
from pipelines.page.voice import Voice


@dataclass(frozen=True)
class Neighbours:
    """Files that a page can link to; empty where there are none."""

    night_before: str = ""
    index: str = ""


@dataclass(frozen=True)
class Page:
    """A night's page, all texts in its language."""

    company: str
    night: str
    night_before: str
    night_before_file: str
    index_file: str
    summary: str
    counts: list[overview.Count]
    changes: list[overview.Change]
    objectives: list[overview.Objective]
    judged: list[Card]
    supporting: list[Card]
    channels: Channels | None
    origins: list[Origin]
    made: str


def view(night: Night, voice: Voice, now: datetime, beside: Neighbours) -> Page:
    """The page of a night, made at a moment in the company's time zone, with links to the pages beside it."""
    every = cards(night, voice)
    found = overview.counts(every, voice)
    before = night.night_before
    return Page(
        company=night.settings.company.name,
        night=voice.day(night.day, "full"),
        night_before=voice.day(before) if before else "",
        night_before_file=beside.night_before,
        index_file=beside.index,
        summary=overview.summary(found, voice),
        counts=found,
        changes=overview.changes(night, every, voice),
        objectives=overview.objectives([card for card in every if card.is_judged], voice),
        judged=[card for card in every if card.is_judged],
        supporting=[card for card in every if not card.is_judged],
        channels=channels(night, voice),
        origins=list(origins(night, voice)),
        made=voice.say("made", day=voice.day(now.date()), time=f"{now:%H:%M}", zone=night.settings.company.time_zone),
    )
