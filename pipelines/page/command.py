"""`kompas scorecard --html`."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from pipelines.settings import Settings

console = Console(highlight=False)


def write(settings: Settings, language: str | None, out: Path | None) -> None:
    """Write the page, and say where it stands. Raises ClickException where it cannot be written."""
    from pipelines.page import files  # noqa: PLC0415 - Altair takes a second, and `kompas scorecard` needs none of it

    try:
        written = files.write(settings, language, out)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and error.filename is None:
            raise
        raise click.ClickException(f"the page cannot be written: {error}") from None
    console.print(f"Wrote {written.file}: the night of {written.night}, {written.bytes:,} bytes.", soft_wrap=True)


def place(settings: Settings) -> str:
    """Where a browser finds the newest page; empty before there is one."""
    pages = sorted(settings.scorecards.glob("????-??-??.html"))
    return pages[-1].resolve().as_uri() if pages else ""
