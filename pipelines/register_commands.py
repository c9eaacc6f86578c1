"""The commands of `kompas` that work on the KPI register alone: no platform, no lake, no warehouse."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table

from pipelines import settings as kompas_settings
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.kpi import Words
    from pipelines.ranking import Place

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


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="FILES..."
)
@click.pass_obj
def rank(file: Path | None, files: tuple[Path, ...]) -> None:
    """Merge people's lists of KPIs, each best first with a KPI per line, into one order."""
    from pipelines import ranking  # noqa: PLC0415

    settings = _settings_if_any(file)
    language = settings.company.language if settings else "nl"
    names = ranking.candidates(settings.kpis if settings else ())
    lists = ranking.read(files, names)
    console.print(_order(ranking.merged(lists), names, language))
    agreement = ranking.agreement(lists)
    told = "–" if agreement is None else f"{agreement:.2f}"
    console.print(f"{_RANK[language]['agreement']} (Kendall's W, 0..1, {len(lists)}): {told}")


_RANK = {
    "nl": {"columns": ("#", "KPI", "Naam", "Punten", "Gem. plaats"), "agreement": "Eensgezindheid"},
    "en": {"columns": ("#", "KPI", "Name", "Points", "Mean rank"), "agreement": "Agreement"},
}


def _settings_if_any(file: Path | None) -> Settings | None:
    """Candidates are ranked before there is a kompas.yaml as well; one that was named has to be there."""
    try:
        found = kompas_settings.find(file)
    except kompas_settings.SettingsError:
        if file or os.environ.get(kompas_settings.ENVIRONMENT):
            raise
        return None
    return kompas_settings.read(found)


def _order(places: Sequence[Place], names: Mapping[str, Words], language: str) -> Table:
    made = Table(box=box.SIMPLE_HEAD, padding=0)
    for number, title in enumerate(_RANK[language]["columns"]):
        made.add_column(title, justify="left" if number in (1, 2) else "right", overflow="fold")
    for number, place in enumerate(places, start=1):
        name = getattr(names[place.kpi_id], language)
        made.add_row(str(number), place.kpi_id, name, f"{place.points:g}", f"{place.mean_rank:.2f}")
    return made


@click.command()
@click.argument("target", metavar="[FILE]", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(["nl", "en"]), help="The company's by default")
@click.pass_obj
def handbook(file: Path | None, target: Path | None, language: str | None) -> None:
    """Write the KPI register as a handbook in Markdown, to FILE or to the terminal."""
    from pipelines import handbook as book  # noqa: PLC0415

    text = book.markdown(kompas_settings.read(file), language)
    if target is None:
        click.echo(text, nl=False)
        return
    target.write_text(text, encoding="utf-8")
    console.print(f"Wrote {target}.")
