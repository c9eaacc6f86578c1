"""A test message to every channel, or to one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from connectors.errors import ConnectorError
from pipelines.alerts import post
from pipelines.alerts.delivery import DeliveryError, deliver
from pipelines.alerts.message import plain
from pipelines.settings import Settings


def send(settings: Settings, only: str | None = None, pause_s: float = 1.0) -> Iterator[tuple[str, str | None]]:
    """For each channel its name, and what went wrong, if anything. Raises LookupError for one that there is not."""
    channels = post.alerts_of(settings).channels
    chosen = [channel for channel in channels if only in (None, channel.name)]
    if not chosen:
        names = ", ".join(channel.name for channel in channels)
        raise LookupError(f"kompas.yaml has no channel {only}; it has {names}")
    for channel in chosen:
        voice = post.voice(settings, channel)
        subject = f"Kompas · {settings.company.name}: {voice.words['test_title']}"
        line = voice.words["test"].format(channel=channel.name)
        try:
            deliver(channel, plain(subject, [line], voice, f"test.{datetime.now(UTC).isoformat()}"), pause_s)
        except (DeliveryError, ConnectorError) as error:
            yield channel.name, str(error)
        else:
            yield channel.name, None
