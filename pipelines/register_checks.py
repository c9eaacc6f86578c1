"""Asset checks of the register itself: few KPIs enough to steer by, and reviewed in time."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import dagster as dg

from pipelines import lint
from pipelines.lint import Finding
from pipelines.settings import Settings

REGISTER = dg.AssetKey(["kompas", "kpis"])
CHECKS = {
    "five_to_ten_kpis": (("few", "many"), "Five to ten active KPIs; fewer or more steer nobody"),
    "reviews_in_time": (("review", "due", "overdue"), "Every KPI was reviewed within its cadence"),
}
"""Name of the check: the findings of the linter that fail it, and what it is about."""


def register_checks(settings: Settings) -> dg.AssetChecksDefinition:
    """What `kompas lint` says of the number of KPIs and of their reviews, by the day of the company."""

    @dg.multi_asset_check(
        name="register_checks",
        specs=[
            dg.AssetCheckSpec(name, asset=REGISTER, blocking=False, description=words)
            for name, (_, words) in CHECKS.items()
        ],
        can_subset=True,
    )
    def check(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        found = lint.findings(settings, datetime.now(settings.tz).date())
        chosen = {key.name for key in context.selected_asset_check_keys}
        yield from (result(name, found) for name in CHECKS if name in chosen)

    return check


def result(name: str, found: Sequence[Finding]) -> dg.AssetCheckResult:
    """Passed where the linter found none of the check's codes; a warning with its words where it did."""
    codes, words = CHECKS[name]
    told = [
        f"{finding.kpi_id}: {finding.message}" if finding.kpi_id else finding.message
        for finding in found
        if finding.code in codes
    ]
    return dg.AssetCheckResult(
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        asset_key=REGISTER,
        check_name=name,
        description="; ".join(told) or words,
        metadata={"findings": dg.MetadataValue.md("\n".join(f"- {line}" for line in told) or "–")},
    )
