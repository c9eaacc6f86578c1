"""`kompas serve`: what `serving` of kompas.yaml names gets the published warehouse again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from pipelines import settings as kompas_settings

console = Console(highlight=False)


@click.command()
@click.pass_obj
def serve(file: Path | None) -> None:
    """Copy the published warehouse into PostgreSQL again, as every night does."""
    from pipelines.serving import postgres  # noqa: PLC0415 - `kompas --help` loads nothing

    settings = kompas_settings.read(file)
    if settings.serving is None or settings.serving.postgres is None:
        raise click.ClickException("kompas.yaml names nothing to serve: add serving.postgres")
    done = postgres.serve(settings.warehouse, settings.serving.postgres)
    for note in done.notes:
        console.print(f"[yellow]![/] {escape(note)}", soft_wrap=True)
    rows = sum(done.tables.values())
    console.print(
        f"[green]✔[/] PostgreSQL {done.database}: {len(done.tables)} tables, {rows:,} rows in {done.seconds:.1f} s",
        soft_wrap=True,
    )
