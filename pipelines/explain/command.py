"""`kompas explain`."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from pipelines import settings as kompas_settings

console = Console(highlight=False)


@click.command()
@click.argument("kpi", metavar="KPI")
@click.option("--period", "when", help="2026-11, 2026-W47, 2026-Q3, 2026-H1 or 2026; the newest judged by default")
@click.option("--brand", help="Only this brand, where it has a target")
@click.option("--country", help="Only this country, where it has a target")
@click.option("--channel", help="Only this channel, where it has a target")
@click.option("--json", "as_json", is_flag=True, help="All figures as data")
@click.pass_obj
def explain(file: Path | None, kpi: str, when: str | None, as_json: bool, **segment: str | None) -> None:
    """Say why a KPI stands where it stands: what its gap is made of, and the data behind it."""
    from pipelines import period  # noqa: PLC0415 - `kompas --help` loads nothing
    from pipelines.explain import facts, page  # noqa: PLC0415

    settings = kompas_settings.read(file)
    language = settings.company.language
    try:
        asked = period.parse(when) if when else None
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--period") from None
    found = facts.gather(settings, kpi, asked, segment)
    if as_json:
        click.echo(json.dumps(page.document(found, language), default=str, indent=2, ensure_ascii=False))
        return
    for part in page.page(found, language):
        console.print(part, soft_wrap=isinstance(part, str))
