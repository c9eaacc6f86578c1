"""A night's digests: for each channel what it does not know yet, sent once, and noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from connectors.errors import ConnectorError
from pipelines import kept_verdicts as kept
from pipelines.alerts import known, sentences
from pipelines.alerts.causes import StepFailure, causes, pulls_of
from pipelines.alerts.delivery import PAUSE_S, DeliveryError, deliver
from pipelines.alerts.digest import Digest, digest
from pipelines.alerts.known import Entry
from pipelines.alerts.message import Message, of_digest
from pipelines.alerts.sentences import Voice
from pipelines.alerts.settings import AlertSettings, ChannelSettings
from pipelines.alerts.standing import Standing, named, newest
from pipelines.lake import Lake
from pipelines.lock import hold
from pipelines.settings import Settings

ALREADY = "already"
"""Of a night whose digest the channel has, or of one that is older than the newest."""


@dataclass(frozen=True)
class Posted:
    """What became of a channel's digest: sent, nothing (to tell), already (told), or failed; and what went wrong."""

    channel: str
    state: str
    subject: str = ""
    problem: str = ""


def standing(settings: Settings, lake: Lake, night: date, failures: Sequence[StepFailure] = ()) -> Standing:
    """What is so after a night. Where it was not judged, the rows are those of the newest night before it."""
    is_judged = night in kept.nights(lake) and not any(failure.keeps_verdicts for failure in failures)
    try:
        last = kept.newest_until(lake, night)
    except LookupError:
        rows = []
    else:
        rows = named(kept.of_night(lake, last), settings.kpis)
    current = newest(rows).values() if is_judged else ()
    found = causes(settings, pulls_of(lake, night), failures, current)
    return Standing(night, rows, found, is_judged)


def post(
    settings: Settings, night: date, failures: Sequence[StepFailure] = (), pause_s: float = PAUSE_S
) -> list[Posted]:
    """Tell every channel. One that cannot be reached does not stop the others, and is told the next night."""
    alerts = alerts_of(settings)
    lake = Lake.at(settings.lake_url)
    with hold(settings.state, "alerts"):
        if any(later > night for later in kept.nights(lake)):
            return [Posted(channel.name, ALREADY) for channel in alerts.channels]
        tonight = standing(settings, lake, night, failures)
        return [_post(settings, lake, channel, tonight, pause_s) for channel in alerts.channels]


def _post(settings: Settings, lake: Lake, channel: ChannelSettings, tonight: Standing, pause_s: float) -> Posted:
    night, name = tonight.night, channel.name
    told = known.entry(lake, name, night)
    if (told and told.state == known.SENT) or any(later > night for later in known.nights(lake, name)):
        return Posted(name, ALREADY)
    before, own = known.until(lake, name, night), part(settings, channel, tonight)
    news = _digest(settings, lake, channel, before, own)
    after = known.after(before, own)
    if news.is_empty:
        known.write(lake, name, Entry(night, known.NOTHING, news.content), after)
        return Posted(name, known.NOTHING)
    message = written(settings, channel, news)
    known.write(lake, name, Entry(night, known.SENDING, news.content))
    try:
        remark = deliver(channel, message, pause_s)
    except (DeliveryError, ConnectorError) as error:
        known.write(lake, name, Entry(night, known.FAILED, news.content, str(error)))
        return Posted(name, known.FAILED, message.subject, str(error))
    known.write(lake, name, Entry(night, known.SENT, news.content, remark), after)
    return Posted(name, known.SENT, message.subject, remark)


def preview(settings: Settings, night: date | None = None) -> Iterator[tuple[ChannelSettings, Message | None]]:
    """What each channel would get, or got, for a night; None where nothing changed. Sends and writes nothing.

    Raises LookupError where the lake has no such night. Steps that failed are known to the run alone: they are not in.
    """
    lake = Lake.at(settings.lake_url)
    found = kept.newest_until(lake, night)
    tonight = standing(settings, lake, found)
    for channel in alerts_of(settings).channels:
        own = part(settings, channel, tonight)
        news = _digest(settings, lake, channel, known.until(lake, channel.name, found), own)
        yield channel, None if news.is_empty else written(settings, channel, news)


def _digest(settings: Settings, lake: Lake, channel: ChannelSettings, before: known.Known, own: Standing) -> Digest:
    news = digest(before, own, alerts_of(settings).remind_on)
    since = [day for day in known.nights(lake, channel.name) if before.night is None or day > before.night]
    entries = [known.entry(lake, channel.name, day) for day in since]
    return replace(news, may_repeat=any(entry is not None and entry.state == known.SENDING for entry in entries))


def part(settings: Settings, channel: ChannelSettings, tonight: Standing) -> Standing:
    """What of the night is for a channel: all of it, or what is of its owners and KPIs."""
    if channel.is_for_everything:
        return tonight
    return tonight.of(kpi.id for kpi in settings.kpis if kpi.id in channel.kpis or kpi.owner in channel.owners)


def voice(settings: Settings, channel: ChannelSettings) -> Voice:
    """The language of a channel."""
    company = settings.company.language
    return Voice(channel.language or company, company, sentences.names(settings.kpis))


def written(settings: Settings, channel: ChannelSettings, news: Digest) -> Message:
    """A digest in the words of a channel."""
    return of_digest(news, settings.company.name, voice(settings, channel), alerts_of(settings).page_url)


def alerts_of(settings: Settings) -> AlertSettings:
    """The part `alerts`. Raises LookupError where kompas.yaml has none."""
    if settings.alerts is None:
        raise LookupError("kompas.yaml has no part `alerts`: docs/alerts.md says how to set up a channel")
    return settings.alerts
