"""What is so after a night: for each KPI, segment and grain the period that counts, and the causes of no verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pipelines import kept_verdicts as kept
from pipelines.alerts.causes import Cause
from pipelines.kpi import Kpi
from pipelines.register import SEGMENT

Row = dict[str, Any]
Thread = tuple[str, ...]
"""A KPI of one segment and grain, over all its periods."""
RED = ("off_target", "at_risk")
NO_VERDICT = "no_verdict"


def thread(row: Mapping[str, Any]) -> Thread:
    """What a row is a period of."""
    return tuple(row[name] for name in ("kpi_id", *SEGMENT, "grain"))


def item(row: Mapping[str, Any]) -> str:
    """The name under which a verdict is kept in the ledger."""
    return "|".join(map(str, kept.key(row)))


@dataclass(frozen=True)
class Standing:
    """A night's rows with the names, units and owners of their KPIs, and what keeps verdicts away."""

    night: date
    rows: Sequence[Row]
    causes: Sequence[Cause] = field(default_factory=tuple)
    is_judged: bool = True
    """False where the build failed: the rows are then those of an older night."""

    def headlines(self) -> dict[Thread, Row]:
        """Of each thread the newest period that was judged."""
        return newest(row for row in self.rows if row["verdict"] != NO_VERDICT)

    def of(self, kpis: Iterable[str]) -> Standing:
        """The part that is of some KPIs. Causes stay where they keep one of them from being judged, or all of them."""
        chosen = set(kpis)
        return Standing(
            self.night,
            [row for row in self.rows if row["kpi_id"] in chosen],
            [cause.of(chosen) for cause in self.causes if cause.is_of_all or chosen & set(cause.kpis)],
            self.is_judged,
        )


def newest(rows: Iterable[Row]) -> dict[Thread, Row]:
    """Of each thread the row of its newest period, in the order in which the threads come."""
    found: dict[Thread, Row] = {}
    for row in rows:
        known = found.get(thread(row))
        if known is None or row["period_start"] >= known["period_start"]:
            found[thread(row)] = row
    return found


def named(rows: Iterable[Row], kpis: Sequence[Kpi]) -> list[Row]:
    """Kept rows with what the register knows of their KPI, in its order; those of a KPI that is gone are left out."""
    known = {kpi.id: (place, kpi) for place, kpi in enumerate(kpis)}
    found = [(*known[row["kpi_id"]], row) for row in rows if row["kpi_id"] in known]
    return [row | _of(kpi) for _, kpi, row in sorted(found, key=lambda one: one[0])]


def _of(kpi: Kpi) -> Row:
    return {
        "name_nl": kpi.name.nl,
        "name_en": kpi.name.en,
        "unit": kpi.unit.value,
        "owner": kpi.owner,
        "informational": kpi.informational,
    }
