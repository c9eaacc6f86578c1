"""What is wrong between the parts of kompas.yaml, each part being right by itself: names that nothing answers to."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from connectors.connector import Connector
from pipelines import vocabulary
from pipelines.alerts import settings as alerts
from pipelines.kpi import Kpi
from pipelines.yaml_lines import Path

if TYPE_CHECKING:
    from pipelines.settings import Settings

Mistake = tuple[Path, str]
"""Where it stands in the document, and what is wrong."""


def mistakes(settings: Settings) -> Iterator[Mistake]:
    """Names of KPIs, guardrails, measures, brands, channels and streams that do not exist, or exist twice."""
    connectors = settings.connectors()
    accounts = [account for connector in connectors for account in connector.accounts]
    brands, countries = {account.brand for account in accounts}, {it.country for it in accounts if it.country}
    known = {kpi.id for kpi in settings.kpis}
    seen: set[str] = set()
    for number, kpi in enumerate(settings.kpis):
        if kpi.id in seen:
            yield ("kpis", number, "id"), f"{kpi.id} stands twice"
        seen.add(kpi.id)
        of_kpi = (*_of_kpi(kpi, brands, countries), *_of_guardrails(kpi, known), *_of_terms(kpi, settings))
        for path, problem in of_kpi:
            yield ("kpis", number, *path), problem
    for connector in connectors:
        yield from _of_streams(connector)
    yield from alerts.mistakes(settings)


def _of_kpi(kpi: Kpi, brands: Collection[str], countries: Collection[str]) -> Iterator[Mistake]:
    for name in ("numerator", "denominator", "events", "squares"):
        measure = getattr(kpi, name)
        if measure is not None and measure not in vocabulary.measures():
            yield (name,), _unknown("measure", measure, vocabulary.measures())
    for number, target in enumerate(kpi.targets):
        if target.brand is not None and target.brand not in brands:
            yield ("targets", number, "brand"), _unknown("brand of an account", target.brand, brands)
        if target.country is not None and target.country not in countries:
            yield ("targets", number, "country"), _unknown("country of an account", target.country, countries)
        if target.keyword is not None and not kpi.numerator.startswith("search_"):
            yield ("targets", number, "keyword"), f"{kpi.id} is not of search, and knows no keywords"
        if target.channel is not None and target.channel not in vocabulary.channels():
            yield ("targets", number, "channel"), _unknown("channel", target.channel, vocabulary.channels())


def _of_terms(kpi: Kpi, settings: Settings) -> Iterator[Mistake]:
    if settings.clv is None and vocabulary.CUSTOMER_WORTH & {kpi.numerator, kpi.denominator or ""}:
        yield ("id",), f"{kpi.id} needs to know what a customer is worth: a part `clv` with a gross_margin"


def _of_guardrails(kpi: Kpi, known: Collection[str]) -> Iterator[Mistake]:
    for number, guardrail in enumerate(kpi.guardrails):
        if guardrail == kpi.id:
            yield ("guardrails", number), f"{kpi.id} cannot guard itself"
        elif guardrail not in known:
            yield ("guardrails", number), _unknown("KPI in kompas.yaml", guardrail, known)


def _of_streams(connector: Connector) -> Iterator[Mistake]:
    """Numbers of days by stream."""
    streams = {stream.name for stream in connector.streams}
    for key in ("look_back_days", "provisional_days"):
        for name, days in getattr(connector.settings, key).items():
            path: Path = ("platforms", connector.name, key, name)
            if name not in streams:
                yield path, _unknown(f"stream of {connector.name}", name, streams)
            elif days < 1:
                yield path, f"{days} days are none: at least 1"


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"there is no {what} {name}" + (f"; is it {near[0]}?" if near else f": {', '.join(sorted(known))}")
