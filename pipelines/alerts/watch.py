"""The dead-man alarm: has the night that is due ended? It asks the lake, and nothing that a night runs in.

A night has ended when its verdicts are in the lake. One that ended badly and said so to a channel is no news there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from connectors.errors import ConnectorError
from pipelines import figures
from pipelines import kept_verdicts as kept
from pipelines.alerts import known, post
from pipelines.alerts.delivery import PAUSE_S, DeliveryError, deliver
from pipelines.alerts.known import Entry
from pipelines.alerts.message import plain
from pipelines.alerts.sentences import Voice
from pipelines.alerts.settings import ChannelSettings, due_day
from pipelines.lake import Lake
from pipelines.settings import Settings

ALARMS = "kompas/alarms"


@dataclass(frozen=True)
class Seen:
    """Whether the night that is due has ended, and what was done, in lines."""

    is_well: bool
    lines: Sequence[str]


@dataclass(frozen=True)
class _Alarm:
    """What there is to alarm of: the day whose night is late, and the lake, or the problem with it."""

    settings: Settings
    day: date
    lake: Lake | None
    nights: Sequence[date] = ()
    problem: str = ""

    def to(self, channel: ChannelSettings, pause_s: float) -> str:
        """Tell a channel, unless it knows; what was done, in a line."""
        if self.lake and _was_told(self.lake, channel, self.day):
            return f"{channel.name} was told already"
        voice = post.voice(self.settings, channel)
        subject = f"Kompas · {self.settings.company.name}: {voice.words['late_title']}"
        lines = [self._words(voice), voice.words["late_to_do"]]
        try:
            deliver(channel, plain(subject, lines, voice, f"late.{self.day}", "failure"), pause_s)
        except (DeliveryError, ConnectorError) as error:
            return str(error)
        if self.lake:
            known.write(self.lake, channel.name, Entry(self.day, known.SENT, "late"), folder=ALARMS)
        return f"{channel.name} is told"

    def _words(self, voice: Voice) -> str:
        by, told = post.alerts_of(self.settings).night_by, figures.day(self.day, voice.language)
        if self.problem:
            return voice.words["late_blind"].format(day=told, problem=self.problem)
        if not self.nights:
            return voice.words["late_first"].format(by=by)
        return voice.words["late"].format(day=told, by=by, newest=figures.day(self.nights[-1], voice.language))


def watch(settings: Settings, now: datetime, pause_s: float = PAUSE_S) -> Seen:
    """Look once, and alarm each channel that was not told yet. Raises LookupError without a part `alerts`."""
    channels, day = post.alerts_of(settings).of_everything, due_day(settings, now)
    try:
        lake = Lake.at(settings.lake_url)
        alarm = _Alarm(settings, day, lake, kept.nights(lake))
    except Exception as error:  # noqa: BLE001 - a store that is away fails in ways of its own, and each is an alarm
        alarm = _Alarm(settings, day, None, problem=f"{type(error).__name__}: {error}")
    if any(night >= day for night in alarm.nights):
        return Seen(True, [f"✔ the night of {day} has ended"])
    why = f"✘ the lake cannot be read: {alarm.problem}" if alarm.problem else f"✘ the night of {day} has not ended"
    return Seen(False, [why, *(alarm.to(channel, pause_s) for channel in channels)])


def _was_told(lake: Lake, channel: ChannelSettings, day: date) -> bool:
    """Whether the alarm was sent, or the night itself said how it ended."""
    if day in lake.days(ALARMS, channel.name):
        return True
    entry = known.entry(lake, channel.name, day)
    return entry is not None and entry.state == known.SENT
