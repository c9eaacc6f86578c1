"""`kompas alerts test`, `kompas alerts preview`, and `kompas watch`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console

from pipelines import settings as kompas_settings

console = Console(highlight=False)
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def alerts() -> None:
    """Try the channels that messages go to, and see what would be sent."""


@alerts.command()
@click.argument("channel", required=False)
@click.pass_obj
def test(file: Path | None, channel: str | None) -> None:
    """Send a test message to CHANNEL; to every channel by default."""
    from pipelines.alerts import trial  # noqa: PLC0415 - `kompas --help` loads nothing

    outcomes = list(trial.send(kompas_settings.read(file), channel))
    for name, problem in outcomes:
        sign = f"[red]✘[/] {problem}" if problem else f"[green]✔[/] {name}"
        console.print(sign, soft_wrap=True)
    failed = sum(problem is not None for _, problem in outcomes)
    if failed:
        raise click.ClickException(f"{failed} of {len(outcomes)} channels did not take the message")


@alerts.command()
@click.option("--date", "day", type=DAY, help="The night of this day; the newest by default")
@click.option("--html", type=click.Path(path_type=Path, file_okay=False), help="Write each message as a mail there too")
@click.pass_obj
def preview(file: Path | None, day: datetime | None, html: Path | None) -> None:
    """Print what would be sent after a night. Sends nothing, and notes nothing."""
    from pipelines.alerts import post  # noqa: PLC0415

    settings = kompas_settings.read(file)
    for channel, message in post.preview(settings, day.date() if day else None):
        click.echo(f"── {channel.name}")
        if message is None:
            click.echo(f"{post.voice(settings, channel).words['nothing']}\n")
            continue
        click.echo(f"{message.subject}\n\n{message.text}")
        if html is not None:
            html.mkdir(parents=True, exist_ok=True)
            (html / f"{channel.name}.html").write_text(message.html, encoding="utf-8")


@click.command()
@click.pass_obj
def watch(file: Path | None) -> None:
    """Alarm, once, when the last night has not ended by `alerts.night_by`. For cron, here or elsewhere."""
    from pipelines.alerts import watch as guard  # noqa: PLC0415

    settings = kompas_settings.read(file)
    seen = guard.watch(settings, datetime.now(settings.tz))
    for line in seen.lines:
        console.print(line, soft_wrap=True)
    if not seen.is_well:
        raise SystemExit(1)
