"""The commands of `kompas` that look back: `verdicts` as they were known, their `review`, and a `backtest`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table

from pipelines import figures
from pipelines import settings as kompas_settings
from pipelines.settings import Settings

if TYPE_CHECKING:
    from pipelines.backtest import Outcome
    from pipelines.kept_verdicts import Row
    from pipelines.kpi import Kpi

DAY = click.DateTime(formats=["%Y-%m-%d"])
console = Console(highlight=False)
_WORDS: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "Oordelen van de nacht van",
        "replaced": "Herzien",
    },
    "en": {
        "title": "Verdicts of the night of",
        "replaced": "Replaced",
    },
}


@click.command()
@click.option("--as-of", "as_of", type=DAY, help="What was known on this day; the newest night by default")
@click.option("--kpi", "kpis", multiple=True, help="Only this KPI; may be given more than once")
@click.pass_obj
def verdicts(file: Path | None, as_of: datetime | None, kpis: tuple[str, ...]) -> None:
    """Show the verdicts as they were known on a day, and which of them replaced others."""
    from pipelines import kept_verdicts as kept  # noqa: PLC0415 - `kompas --help` loads nothing
    from pipelines.lake import Lake  # noqa: PLC0415

    settings = kompas_settings.read(file)
    lake = Lake.at(settings.lake_url)
    night = kept.newest_until(lake, as_of.date() if as_of else None)
    known = kept.of_kpis(kept.of_night(lake, night), kpis)
    console.print(_table(settings, night, [_named(settings, row) for row in known]))
    for change in kept.of_kpis(kept.replaced(kept.until(lake, night)), kpis):
        console.print(_change(settings, _named(settings, change)), soft_wrap=True)


def _named(settings: Settings, row: Row) -> Row:
    """A kept row with its KPI's name and unit, also where the register names the KPI no more."""
    language = settings.company.language
    kpi = next((kpi for kpi in settings.kpis if kpi.id == row["kpi_id"]), None)
    name, unit = (getattr(kpi.name, language), kpi.unit.value) if kpi else (row["kpi_id"], "number")
    return row | {f"name_{language}": name, "unit": unit}


def _table(settings: Settings, night: date, rows: Sequence[Row]) -> Table:
    from pipelines import scorecard  # noqa: PLC0415

    language = settings.company.language
    title = f"{_WORDS[language]['title']} {night}"
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for number, name in enumerate(scorecard.WORDS[language]["columns"]):
        made.add_column(name, justify="right" if number in (2, 3) else "left", overflow="fold")
    for row in rows:
        made.add_row(scorecard.name_of(row, language), *scorecard.cells(row, language))
    return made


def _change(settings: Settings, row: Row) -> str:
    from pipelines import period, scorecard  # noqa: PLC0415

    language = settings.company.language
    told = [
        f"{row[f'{old}run_day']} {scorecard.VERDICTS[language][row[f'{old}verdict']]} "
        f"({row[f'{old}reason'] or figures.figure(row[f'{old}actual'], row['unit'], language)})"
        for old in ("old_", "")
    ]
    when = period.name(row["grain"], row["period_start"])
    return f"{_WORDS[language]['replaced']}: {scorecard.name_of(row, language)}, {when}: {' → '.join(told)}"


@click.command()
@click.option(
    "--since", type=DAY, help="Periods that ended on this day or later; since each KPI's last review by default"
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file")
@click.option("--language", type=click.Choice(["nl", "en"]), help="The company's by default")
@click.pass_obj
def review(file: Path | None, since: datetime | None, out: Path | None, language: str | None) -> None:
    """Write the paper of a review: hits and misses, targets and their history, reasons, what is due."""
    from pipelines import review as paper  # noqa: PLC0415

    settings = kompas_settings.read(file)
    text = paper.markdown(settings, since.date() if since else None, language)
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, encoding="utf-8")
    console.print(f"Wrote {out}.")


_BACKTEST: dict[str, dict[str, Any]] = {
    "nl": {
        "title": "Het laatste jaar van",
        "columns": ("tolerantie", "meldingen", "waarvan onjuist", "missers op tijd gemeld", "dagen vooraf (mediaan)"),
        "as_told": "zoals verteld",
        "now": "nu",
    },
    "en": {
        "title": "The last year of",
        "columns": ("tolerance", "alerts", "of which false", "misses told in time", "days ahead (median)"),
        "as_told": "as told",
        "now": "now",
    },
}
_TOLERANCES = (0.0, 0.025, 0.05, 0.1, 0.2)
"""The tolerances that are compared when none is named."""


@click.command()
@click.argument("kpi", metavar="KPI")
@click.option("--tolerance", "tolerances", multiple=True, help="A share of the target, such as 10 %; may be repeated")
@click.option("--target", help="Another target, for all periods")
@click.pass_obj
def backtest(file: Path | None, kpi: str, tolerances: tuple[str, ...], target: str | None) -> None:
    """Say how many alerts the last year would have sent with another tolerance or target."""
    from pipelines import backtest as again  # noqa: PLC0415
    from pipelines.quantity import fits, parse  # noqa: PLC0415

    settings = kompas_settings.read(file)
    found = settings.kpi(kpi)
    try:
        asked = [parse(text).value for text in tolerances] or sorted({*_TOLERANCES, found.tolerance})
        wanted = parse(target) if target else None
        if wanted and not fits(wanted, found.unit):
            raise ValueError(f"{kpi} is in {found.unit}, but {target} is in {wanted.unit}")
        nights, now = again.nights_of(settings, found)
        outcomes = [again.outcome(again.as_told(nights), again.as_told(now))]
        for share in asked:
            judged = [again.rejudged(rows, found, share, wanted.value if wanted else None) for rows in (nights, now)]
            outcomes.append(again.outcome(judged[0], judged[1], share))
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    console.print(_outcomes(settings, found, outcomes))


def _outcomes(settings: Settings, kpi: Kpi, outcomes: Sequence[Outcome]) -> Table:

    language = settings.company.language
    words = _BACKTEST[language]
    name = getattr(kpi.name, language)
    made = Table(title=f"{words['title']} {name}", title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for number, title in enumerate(words["columns"]):
        made.add_column(title, justify="right" if number else "left", overflow="fold")
    for outcome in outcomes:
        share = outcome.tolerance
        label = words["as_told"] if share is None else figures.figure(share, "ratio", language)
        label += f" ({words['now']})" if share == kpi.tolerance else ""
        days = outcome.median_days_ahead
        told = f"{outcome.told_in_time} / {len(outcome.days_ahead)}"
        made.add_row(label, str(outcome.alerts), str(outcome.false_alerts), told, "–" if days is None else f"{days:g}")
    return made
