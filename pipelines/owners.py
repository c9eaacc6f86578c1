"""Who stands behind an asset in the Dagster UI: the owners of the KPIs that rest on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from pipelines import sources
from pipelines.kpi import Kpi
from pipelines.settings import Settings

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def team(owner: str) -> str:
    """An owner of kompas.yaml as Dagster takes one: an e-mail address, or a team.

    >>> team("performance marketing"), team("Café & Co"), team("anna@example.com")
    ('team:performance_marketing', 'team:cafe_co', 'anna@example.com')
    """
    if _EMAIL.fullmatch(owner):
        return owner
    plain = unicodedata.normalize("NFKD", owner).encode("ascii", "ignore").decode()
    return "team:" + re.sub(r"\W+", "_", plain.casefold()).strip("_")


def of_kpis(kpis: Iterable[Kpi]) -> list[str]:
    """The owners of KPIs, each once, in the order of the register."""
    named = (team(kpi.owner) for kpi in kpis if kpi.owner)
    return [owner for owner in dict.fromkeys(named) if owner != "team:"]


def of_streams(settings: Settings) -> dict[str, list[str]]:
    """For each stream (`platform.stream`) that a KPI takes a measure from, the owners of these KPIs.

    A stream that no KPI rests on is not there.
    """
    configured = sources.configured(settings)
    resting: dict[str, list[Kpi]] = {}
    for kpi in settings.kpis:
        for stream in sources.connected(kpi, configured):
            resting.setdefault(stream, []).append(kpi)
    return {stream: of_kpis(kpis) for stream, kpis in resting.items()}
