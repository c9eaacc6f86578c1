"""One asset check per KPI: flags a missed target, never blocks, and is never green on missing data."""

from collections.abc import Iterator
from typing import Any

import dagster as dg
import duckdb

from pipelines.kpi import Kpi
from pipelines.settings import Settings
from pipelines.warehouse_assets import SCORECARD, WRITER_POOL

_SEVERITY = {"off_target": dg.AssetCheckSeverity.ERROR}
Row = dict[str, Any]


def kpi_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """All KPI checks in one step: one process for all of them."""

    @dg.multi_asset_check(
        name="kpi_checks",
        specs=[_spec(kpi, settings.company.language) for kpi in settings.kpis],
        can_subset=True,
        pool=WRITER_POOL,
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        chosen = {key.name for key in context.selected_asset_check_keys}
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            table = connection.execute("from kpi.kpi_scorecard").to_arrow_table()
        rows = table.to_pylist()
        for kpi in settings.kpis:
            if kpi.id in chosen:
                yield result(kpi, [row for row in rows if row["kpi_id"] == kpi.id])

    return check


def _spec(kpi: Kpi, language: str) -> dg.AssetCheckSpec:
    name = kpi.name.nl if language == "nl" else kpi.name.en
    words = kpi.definition.nl if language == "nl" else kpi.definition.en
    return dg.AssetCheckSpec(kpi.id, asset=SCORECARD, blocking=False, description=f"{name}. {words}")


def result(kpi: Kpi, rows: list[Row]) -> dg.AssetCheckResult:
    """The check of a KPI by its headline row; the other periods and segments stand in a table below it."""
    row = headline(kpi, rows)
    if row is None:
        return _answer(kpi, False, dg.AssetCheckSeverity.WARN, "no verdict: the scorecard has no row for it", {})
    verdict = row["verdict"]
    text = f"{verdict}: {row['reason']}" if row["reason"] else verdict
    severity = _SEVERITY.get(verdict, dg.AssetCheckSeverity.WARN)
    passed = verdict == "on_target" or kpi.informational
    return _answer(kpi, passed, severity, text, _metadata(kpi, row, rows))


def headline(kpi: Kpi, rows: list[Row]) -> Row | None:
    """The KPI's own grain over everything: the newest period that was judged, else the newest one there is."""
    whole = [row for row in rows if (row["brand"], row["channel"]) == ("all", "all")] or rows
    own = [row for row in whole if row["grain"] == kpi.grain.value] or whole
    return max(own, key=lambda row: (row["verdict"] != "no_verdict", row["period_start"]), default=None)


def _answer(
    kpi: Kpi, passed: bool, severity: dg.AssetCheckSeverity, text: str, metadata: dict[str, Any]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=passed,
        severity=severity,
        asset_key=SCORECARD,
        check_name=kpi.id,
        description=text,
        metadata=metadata,
    )


def _metadata(kpi: Kpi, row: Row, rows: list[Row]) -> dict[str, Any]:
    figures = {
        name: float(row[name])
        for name in ("actual", "target", "gap", "sample", "expected_so_far")
        if row[name] is not None
    }
    words = {
        "verdict": row["verdict"],
        "reason": row["reason"] or "",
        "period": f"{row['grain']} {row['period_start']} .. {row['period_end']} ({row['period_state']})",
        "through": str(row["through_day"]),
        "unit": kpi.unit.value,
        "owner": kpi.owner or "",
        "why_this_kpi": kpi.reason or "",
    }
    return figures | words | {"all_periods_and_segments": dg.MetadataValue.md(_table(rows))}


def _table(rows: list[Row]) -> str:
    names = ("grain", "period_start", "brand", "channel", "actual", "target", "verdict", "reason")
    lines = [" | ".join(names), " | ".join("---" for _ in names)]
    lines += [" | ".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)
