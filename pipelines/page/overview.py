"""The top of the page: how many are on target, what changed since the night before, and the objectives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.headline import headline, segment_key
from pipelines.page.cards import Card
from pipelines.page.facts import Night, grouped
from pipelines.page.voice import Verdict, Voice
from pipelines.scorecard import SIGNS

Row = dict[str, Any]


@dataclass(frozen=True)
class Count:
    """How many KPIs have a verdict; `share` of all, in per cent."""

    verdict: Verdict
    count: int
    share: float


@dataclass(frozen=True)
class Change:
    """A verdict that is another than the night before.

    `before` is None for a KPI that is new, and both are where several periods of one KPI were revised.
    """

    anchor: str
    name: str
    when: str
    before: Verdict | None
    now: Verdict | None
    note: str = ""


@dataclass(frozen=True)
class Objective:
    """An objective with the cards that serve it."""

    name: str
    cards: list[Card]


def counts(cards: Sequence[Card], voice: Voice) -> list[Count]:
    """The verdicts that there are, in the order of the signs."""
    found = Counter(card.verdict.name for card in cards if card.is_judged)
    total = sum(found.values())
    return [Count(voice.verdict(name), found[name], 100 * found[name] / total) for name in SIGNS if found[name]]


def summary(found: Sequence[Count], voice: Voice) -> str:
    """The page in one sentence."""
    total = sum(count.count for count in found)
    good = sum(count.count for count in found if count.verdict.name == "on_target")
    if not total:
        return voice["summary_none"]
    return voice.say("summary_all" if good == total else "summary", count=good, total=total)


def objectives(cards: Sequence[Card], voice: Voice) -> list[Objective]:
    """Objectives in the order of the register; KPIs without one come last."""
    found: dict[str, list[Card]] = {}
    for card in sorted(cards, key=lambda card: not card.objective):
        found.setdefault(card.objective or voice["no_objective"], []).append(card)
    return [Objective(name, own) for name, own in found.items()]


def changes(night: Night, cards: Sequence[Card], voice: Voice) -> list[Change]:
    """What speaks otherwise than it did the night before, and verdicts of earlier periods that were revised."""
    judged = [card for card in cards if card.is_judged]
    return [*_turned(night, judged, voice), *_restated(night, judged, voice)]


def _turned(night: Night, cards: Sequence[Card], voice: Voice) -> Iterator[Change]:
    if night.night_before is None:
        return
    grains = {kpi.id: kpi.grain.value for kpi in night.settings.kpis}
    before, now = (
        {key: headline(rows, grains.get(key[0], "")) for key, rows in grouped(each, segment_key).items()}
        for each in (night.verdicts_before, night.verdicts)
    )
    for card in cards:
        old, new = before.get(card.key), now[card.key]
        if old is None or old["verdict"] != new["verdict"]:
            told = voice.verdict(old["verdict"]) if old else None
            yield Change(card.anchor, _name(card), voice.period(new), told, card.verdict)


def _restated(night: Night, cards: Sequence[Card], voice: Voice) -> Iterator[Change]:
    """A line for each KPI: a source that comes in days late revises dozens of weeks at once."""
    shown = {card.key: card for card in cards}
    for key, rows in grouped(night.restated, segment_key).items():
        if card := shown.get(key):
            yield _revised(card, rows, voice)


def _revised(card: Card, rows: Sequence[Row], voice: Voice) -> Change:
    if len(rows) > 1:
        when = voice.say("earlier_periods", count=len(rows))
        return Change(card.anchor, _name(card), when, None, None, voice["restated"])
    before, now = (voice.verdict(rows[0][name]) for name in ("verdict_before", "verdict"))
    return Change(card.anchor, _name(card), voice.period(rows[0]), before, now, voice["restated"])


def _name(card: Card) -> str:
    return " · ".join(filter(None, (card.name, card.segment)))
