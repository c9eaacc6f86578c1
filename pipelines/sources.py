"""Where the measures of a KPI come from, and which of those sources are configured."""

from __future__ import annotations

from pipelines import vocabulary
from pipelines.kpi import Kpi
from pipelines.settings import Settings


def measures(kpi: Kpi) -> list[str]:
    """The measures that a KPI needs."""
    return [measure for measure in (kpi.numerator, kpi.denominator) if measure is not None]


def configured(settings: Settings) -> frozenset[str]:
    """The streams that the configured accounts feed, as `platform.stream`."""
    return frozenset(
        f"{connector.name}.{stream.name}"
        for connector in settings.connectors()
        for account in connector.accounts
        for stream in connector.streams_of(account)
    )


def missing(kpi: Kpi, streams: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """The measures of a KPI that none of the streams brings, each with the streams that could."""
    could = {measure: vocabulary.sources()[measure] for measure in measures(kpi)}
    return {measure: sources for measure, sources in could.items() if streams.isdisjoint(sources)}


def connected(kpi: Kpi, streams: frozenset[str]) -> list[str]:
    """The given streams that a KPI takes its measures from, in the order of the seed."""
    named = [source for measure in measures(kpi) for source in vocabulary.sources()[measure]]
    return [source for source in dict.fromkeys(named) if source in streams]
