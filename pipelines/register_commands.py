"""The commands of `kompas` that work on the KPI register alone: no platform, no lake, no warehouse."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from pipelines import settings as kompas_settings

console = Console(highlight=False)
_SIGNS = {"error": "[red]✘[/]", "warning": "[yellow]![/]"}


@click.command()
@click.option("--strict", is_flag=True, help="Take warnings for errors")
@click.pass_obj
def lint(file: Path | None, strict: bool) -> None:
    """Hold the KPI register against the method: measurable, five to ten, owned, reviewed."""
    from pipelines import lint as method  # noqa: PLC0415 - `kompas --help` loads nothing

    settings = kompas_settings.read(file)
    found = method.findings(settings, datetime.now(settings.tz).date())
    for finding in found:
        of = f"{finding.kpi_id}: " if finding.kpi_id else ""
        console.print(f"{_SIGNS[finding.severity]} {of}{finding.message}", soft_wrap=True)
    errors = sum(finding.severity is method.Severity.ERROR for finding in found)
    console.print(f"{len(settings.kpis)} KPIs: {errors} errors, {len(found) - errors} warnings.")
    if errors or (strict and found):
        raise SystemExit(1)
