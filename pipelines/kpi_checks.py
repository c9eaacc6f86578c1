"""One asset check per KPI and segment with a target: flags a miss, never blocks, and is never green on missing data."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
import duckdb

from pipelines import markdown_table, register
from pipelines.explain import sentences
from pipelines.explain.facts import contributions
from pipelines.headline import headline
from pipelines.kpi import Kpi
from pipelines.lake import Lake
from pipelines.register import SEGMENT
from pipelines.settings import Settings
from pipelines.warehouse_assets import SCORECARD, WRITER_POOL

Row = dict[str, Any]
_SEVERITY = {"off_target": dg.AssetCheckSeverity.ERROR}
_FIGURES = ("actual", "target", "gap", "expected_so_far", "forecast", "interval_low", "interval_high", "sample")
_DAYS = ("through_day", "final_on")
_WORDS = ("verdict", "reason", "trend", "guardrail_state")
_COLUMNS = ("grain", "period_start", "actual", "target", "forecast", "verdict", "reason")


@dataclass(frozen=True)
class Judged:
    """A KPI of one segment: what one check is about."""

    kpi: Kpi
    segment: tuple[str, ...]

    @property
    def name(self) -> str:
        """`revenue`, or `revenue__channel_paid_search`: a name may hold letters, digits and underscores only."""
        parts = [f"{what}_{value}" for what, value in zip(SEGMENT, self.segment, strict=True) if value != "all"]
        return re.sub(r"\W", "_", "__".join([self.kpi.id, *parts]), flags=re.ASCII).lower()

    def owns(self, row: Row) -> bool:
        return row["kpi_id"] == self.kpi.id and tuple(row[what] for what in SEGMENT) == self.segment


def kpi_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """All KPI checks in one step: one process for all of them."""
    every = list(judged(settings.kpis))

    @dg.multi_asset_check(
        name="kpi_checks",
        specs=[_spec(one, settings.company.language) for one in every],
        can_subset=True,
        pool=WRITER_POOL,
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        chosen = {key.name for key in context.selected_asset_check_keys}
        night = register.latest_run_day(Lake.at(settings.lake_url))
        page = {"scorecard_page": dg.MetadataValue.path(str(settings.scorecards / f"{night}.html"))}
        with duckdb.connect(str(settings.build_file), read_only=True) as connection:
            rows = connection.execute("from kpi.kpi_verdicts").to_arrow_table().to_pylist()
            for one in every:
                if one.name in chosen:
                    own = [row for row in rows if one.owns(row)]
                    row = headline(own, one.kpi.grain.value) if own else None
                    parts = contributions(connection, row) if row else []
                    made = result(one, row, own, parts, settings.company.language)
                    yield made._replace(metadata={**made.metadata, **page})

    return check


def judged(kpis: Iterable[Kpi]) -> Iterator[Judged]:
    """Each KPI with each segment that it has a target for; an informational one over everything."""
    everything = ("all",) * len(SEGMENT)
    for kpi in kpis:
        segments = [tuple(getattr(target, what) or "all" for what in SEGMENT) for target in kpi.targets]
        yield from (Judged(kpi, segment) for segment in dict.fromkeys(segments or [everything]))


def _spec(one: Judged, language: str) -> dg.AssetCheckSpec:
    name, words = (
        (one.kpi.name.nl, one.kpi.definition.nl) if language == "nl" else (one.kpi.name.en, one.kpi.definition.en)
    )
    segment = " · ".join([name, *(value for value in one.segment if value != "all")])
    owner = f" Owner: {one.kpi.owner}." if one.kpi.owner else ""
    return dg.AssetCheckSpec(one.name, asset=SCORECARD, blocking=False, description=f"{segment}. {words}{owner}")


def result(
    one: Judged, row: Row | None, rows: list[Row], parts: Sequence[Row] = (), language: str = "nl"
) -> dg.AssetCheckResult:
    """The check by `row`, the headline of its segment; the other periods of it stand in a table below, and what its gap
    is made of (rows of kpi_contributions, the largest first) in the first lines of `kompas explain`."""
    if row is None:
        return _answer(one, False, dg.AssetCheckSeverity.WARN, "no verdict: the scorecard has no row for it", {})
    verdict = row["verdict"]
    text = f"{verdict}: {row['reason']}" if row["reason"] else verdict
    severity = _SEVERITY.get(verdict, dg.AssetCheckSeverity.WARN)
    passed = verdict == "on_target" or one.kpi.informational
    explained = {"explanation": dg.MetadataValue.md(sentences.first_lines(row, parts, language))}
    return _answer(one, passed, severity, text, explained | _metadata(one.kpi, row, rows))


def _answer(
    one: Judged, passed: bool, severity: dg.AssetCheckSeverity, text: str, metadata: dict[str, Any]
) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=passed,
        severity=severity,
        asset_key=SCORECARD,
        check_name=one.name,
        description=text,
        metadata=metadata,
    )


def _metadata(kpi: Kpi, row: Row, rows: list[Row]) -> dict[str, Any]:
    figures = {name: float(row[name]) for name in _FIGURES if row.get(name) is not None}
    days = {name: row[name].isoformat() for name in _DAYS if row.get(name)}
    words = {name: row[name] for name in _WORDS if row.get(name)}
    shown = [each for each in rows if each is row or each["is_newest"] or each["is_newest_judged"]]
    told = {
        "period": f"{row['grain']} {row['period_start']} .. {row['period_end']} ({row['period_state']})",
        "unit": kpi.unit.value,
        "owner": kpi.owner or "",
        "why_this_kpi": kpi.reason or "",
        "all_periods": dg.MetadataValue.md(_table(shown)),
    }
    return figures | days | words | told


def _table(rows: list[Row]) -> str:
    lines = [["" if row.get(name) is None else str(row[name]) for name in _COLUMNS] for row in rows]
    return "\n".join([*markdown_table.head(_COLUMNS), *map(markdown_table.row, lines)])
