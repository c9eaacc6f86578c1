"""`kompas reconcile`: a platform's screen against Kompas."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich import box
from rich.console import Console
from rich.table import Table

from pipelines import period as periods
from pipelines import settings as kompas_settings
from pipelines.settings import Settings, SettingsError

if TYPE_CHECKING:
    from pipelines.reconcile import Answer

console = Console(highlight=False)


@click.command()
@click.argument("source")
@click.option("--period", "words", required=True, help="2026-11-15, 2026-W47, 2026-11, 2026-Q3, 2026-H1 or 2026")
@click.option("--value", type=float, required=True, help="What the platform's screen shows, in the account's currency")
@click.option("--measure", help="The platform's main measure by default")
@click.option("--account", help="Id or name of one account; all of the platform by default")
@click.option("--seen", type=click.DateTime(["%Y-%m-%d"]), help="The day of the screen; today by default")
@click.pass_obj
def reconcile(  # noqa: PLR0917 - click hands them over by name
    file: Path | None,
    source: str,
    words: str,
    value: float,
    measure: str | None,
    account: str | None,
    seen: datetime | None,
) -> None:
    """Split the difference between a platform's own screen and Kompas into its causes."""
    from pipelines import reconcile as reconciling  # noqa: PLC0415 - `kompas --help` loads nothing
    from pipelines.reconcile.measures import find  # noqa: PLC0415

    settings = kompas_settings.read(file)
    try:
        period = periods.parse(words)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
    name, _ = find(source, measure)
    day = seen.date() if seen else datetime.now(settings.tz).date()
    accounts = _accounts(settings, source, account)
    question = reconciling.Question(source, name, period, value, day, accounts)
    console.print(_table(reconciling.explain(settings, question), settings.company.language))


def _accounts(settings: Settings, source: str, wanted: str | None) -> tuple[str, ...]:
    accounts = [account for found in settings.connectors() if found.name == source for account in found.accounts]
    if not accounts:
        raise SettingsError(f"kompas.yaml has no platform {source}")
    chosen = [account.id for account in accounts if wanted in (None, account.id, account.name)]
    if not chosen:
        raise SettingsError(f"{source} has no account {wanted}; it has {', '.join(account.id for account in accounts)}")
    return tuple(chosen)


def _table(answer: Answer, language: str) -> Table:
    from pipelines.reconcile import report  # noqa: PLC0415
    from pipelines.reconcile.words import FRAME  # noqa: PLC0415

    title = f"{answer.question.connector} {answer.question.measure}, {answer.question.period}"
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for number, name in enumerate(FRAME[language]["columns"].split(",")):
        made.add_column(name, justify="right" if number == 1 else "left", no_wrap=number == 1, overflow="fold")
    for line in report.lines(answer, language):
        made.add_row(*line)
    return made
