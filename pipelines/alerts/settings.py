"""The part `alerts` of kompas.yaml: who is told, of what, and when."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from connectors.secret import Secret

if TYPE_CHECKING:
    from pipelines.settings import Settings


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """0 for Monday, as `date.weekday` counts."""
        return list(Weekday).index(self)


class ChannelSettings(_Part):
    """One place where messages go. It gets everything, unless `owners` or `kpis` says which part."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", description="Small letters, digits, - and _; names its ledger")
    url: Secret = Field(
        description="Where to send to: a webhook of Slack or Teams, mailtos://…, or any other https://…"
    )
    language: str | None = Field(
        None, pattern="^(nl|en)$", description="Language of its messages; the company's by default"
    )
    owners: list[str] = Field(default_factory=list, description="Only the KPIs of these owners")
    kpis: list[str] = Field(default_factory=list, description="Only these KPIs, beside those of `owners`")

    @property
    def is_for_everything(self) -> bool:
        return not self.owners and not self.kpis


class AlertSettings(_Part):
    """Who is told what the night changed, and when a night is late."""

    channels: list[ChannelSettings] = Field(min_length=1, description="Where messages go")
    remind_on: Weekday = Field(Weekday.MONDAY, description="Morning on which is told what stays red")
    night_by: str = Field(
        "09:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Hour and minute, company time, by which a night has ended; `kompas watch` alarms after it",
    )
    heartbeat_url: Secret | None = Field(
        None, description="Asked for (GET) when a night ended well, for a service that alarms when that stays out"
    )
    page_url: str | None = Field(None, description="Where scorecards are served: messages then link to the night's")

    @property
    def of_everything(self) -> list[ChannelSettings]:
        """The channels that are told of the machinery as well; all of them where each has only a part."""
        return [channel for channel in self.channels if channel.is_for_everything] or self.channels


def mistakes(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Where in kompas.yaml a channel stands twice, or is of an owner or a KPI that there is not."""
    if settings.alerts is None:
        return
    owners = {kpi.owner for kpi in settings.kpis if kpi.owner}
    known = {"owners": ("owner of a KPI", owners), "kpis": ("KPI in kompas.yaml", {kpi.id for kpi in settings.kpis})}
    seen: set[str] = set()
    for number, channel in enumerate(settings.alerts.channels):
        if channel.name in seen:
            yield ("alerts", "channels", number, "name"), f"{channel.name} stands twice"
        seen.add(channel.name)
        for part, (what, names) in known.items():
            for place, name in enumerate(getattr(channel, part)):
                if name not in names:
                    yield ("alerts", "channels", number, part, place), _unknown(what, name, names)


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no {what} {name}" + (f"; is it {near[0]}?" if near else f": {', '.join(sorted(known))}")


def due_day(settings: Settings, now: datetime) -> date:
    """The run day of the newest night that has to have ended by `now`, by `night.at` and `alerts.night_by`."""
    at, by = settings.night.at, settings.alerts.night_by if settings.alerts else "09:00"
    local = now.astimezone(settings.tz)
    # A night that begins at 23:45 ends in the next day.
    ended_today = local.strftime("%H:%M") >= by
    began = local.date() - timedelta(days=(not ended_today) + (by <= at))
    return began - timedelta(days=1)
