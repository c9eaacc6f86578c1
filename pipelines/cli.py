"""The `kompas` command."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from pipelines import reconcile_commands, register_commands, sectors
from pipelines import settings as kompas_settings
from pipelines.alerts.command import alerts, watch
from pipelines.explain.command import explain
from pipelines.export import export
from pipelines.page import command as page
from pipelines.serving.command import serve
from pipelines.settings import Settings, SettingsError
from pipelines.verdict_commands import backtest, review, verdicts

_PATIENCE_S = 30
"""How long Dagster may take to end."""
DAY = click.DateTime(formats=["%Y-%m-%d"])
console = Console(highlight=False)


class Kompas(click.Group):
    """Shows what went wrong in words; a traceback is for bugs only."""

    def invoke(self, ctx: click.Context) -> Any:
        from connectors.errors import ConnectorError  # noqa: PLC0415 - `kompas --help` loads nothing

        try:
            return super().invoke(ctx)
        except (SettingsError, ConnectorError, LookupError, FileNotFoundError) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Kompas, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--settings", "file", type=click.Path(path_type=Path), help="The settings file; ./kompas.yaml by default")
@click.version_option(package_name="kompas")
@click.pass_context
def main(ctx: click.Context, file: Path | None) -> None:
    """Marketing KPIs against their targets, every night."""
    signal.signal(signal.SIGTERM, _end)
    ctx.obj = file


def _end(*_: Any) -> None:
    """SIGTERM, as service managers send it, ends a command as Ctrl-C does: what it started is stopped with it."""
    raise SystemExit(143)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
@click.option(
    "--sector",
    type=click.Choice(list(sectors.presets())),
    default=sectors.DEFAULT,
    show_default=True,
    help="Whose KPIs to start with",
)
def init(folder: Path, sector: str) -> None:
    """Write a commented kompas.yaml, and the key that pseudonyms are made with."""
    target = folder / kompas_settings.FILE_NAME
    if target.exists():
        raise click.ClickException(f"{target} is there already; it stays as it is")
    folder.mkdir(parents=True, exist_ok=True)
    target.write_text(sectors.template(sector), encoding="utf-8")
    key = folder / "secrets" / "hash.key"
    if not key.exists():
        key.parent.mkdir(mode=0o700, exist_ok=True)
        key.touch(mode=0o600)
        key.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
    console.print(f"Wrote {target} and {key}. Keep the key: without it, returning customers look new.")
    console.print("Next: fill in your accounts, then `kompas check`.")


@main.command()
@click.pass_obj
def check(file: Path | None) -> None:
    """Check the settings, the credentials and the connection to every account."""
    from pipelines import check as connection  # noqa: PLC0415
    from pipelines import demo  # noqa: PLC0415

    settings = kompas_settings.read(file)
    console.print(f"kompas.yaml is right: {len(settings.kpis)} KPIs, {len(settings.connectors())} platforms.")
    with demo.beside(settings, console.print):
        told = [_shown(one) for one in connection.platforms(settings)]
    told += [_shown(one) for one in connection.served(settings)]
    reached = [one.facts is not None for one in told if isinstance(one, connection.Tested)]
    if not all(reached):
        raise click.ClickException(f"{reached.count(False)} of {len(reached)} accounts cannot be reached")


def _shown(told: Any) -> Any:
    for line in told.lines:
        console.print(line, soft_wrap=True)
    return told


@main.command()
@click.option("--date", "day", type=DAY, help="The last day to pull; yesterday by default")
@click.pass_obj
def run(file: Path | None, day: datetime | None) -> None:
    """Run one night: pull, build, judge, publish, and show the scorecard."""
    settings = kompas_settings.read(file)
    last = day.date() if day else _yesterday(settings)
    _night(settings, file, last, last)


@main.command()
@click.argument("first", metavar="FROM", type=DAY)
@click.argument("last", metavar="TO", type=DAY)
@click.pass_obj
def backfill(file: Path | None, first: datetime, last: datetime) -> None:
    """Pull the days FROM through TO in one go, then build."""
    settings = kompas_settings.read(file)
    if first > last:
        raise click.ClickException("FROM is after TO")
    _night(settings, file, first.date(), last.date())


def _yesterday(settings: Settings) -> date:
    return datetime.now(settings.tz).date() - timedelta(days=1)


def _night(settings: Settings, file: Path | None, first: date, last: date) -> None:
    from pipelines import demo, night_run  # noqa: PLC0415

    if last > _yesterday(settings):
        raise click.ClickException(f"{last} has not ended yet; the last whole day is {_yesterday(settings)}")
    night_run.prepare(settings, kompas_settings.find(file))
    with demo.beside(settings, console.print):
        outcome = night_run.run(settings, first, last, console.print)
    _finish(settings, outcome)


def _finish(settings: Settings, outcome: Any) -> None:
    for problem in outcome.problems:
        console.print(f"[red]✘[/] {problem}", soft_wrap=True)
    if settings.warehouse.exists():
        _show(settings)
    command = Path(sys.argv[0]).parent
    for name, place in {
        "Warehouse": f"{settings.warehouse}, for any BI tool that reads DuckDB",
        "Scorecard": page.place(settings),
        "Lake": settings.lake_url,
        "Dagster UI": f"{command / 'kompas'} ui, then http://127.0.0.1:3000",
    }.items():
        if place:
            console.print(f"{name:<11}{place}", soft_wrap=True)
    if not outcome.good:
        raise click.ClickException("the night did not end well; what failed stands above, the rest is in the warehouse")


@main.command()
@click.pass_obj
def rebuild(file: Path | None) -> None:
    """Make the warehouse anew from the lake and kompas.yaml."""
    from pipelines import night_run  # noqa: PLC0415

    settings = kompas_settings.read(file)
    night_run.prepare(settings, kompas_settings.find(file))
    _finish(settings, night_run.rebuild(settings, console.print))


@main.command()
@click.option("--html", "as_page", is_flag=True, help="Write it as a page, into the folder paths.scorecards")
@click.option("--language", type=click.Choice(["nl", "en"]), help="Of the page; the company's by default")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to this file")
@click.pass_obj
def scorecard(file: Path | None, as_page: bool, language: str | None, out: Path | None) -> None:
    """Show the scorecard of the published warehouse, or write it as a page."""
    settings = kompas_settings.read(file)
    if as_page:
        page.write(settings, language, out)
        return
    if language or out:
        raise click.UsageError("--language and --out are for the page: add --html")
    _show(settings)


def _show(settings: Settings) -> None:
    from pipelines import scorecard as card  # noqa: PLC0415

    language = settings.company.language
    found = card.rows(settings.warehouse)
    console.print(card.table(found, language, settings.company.name))
    for reason in card.reasons(found, language):
        console.print(reason, soft_wrap=True)


@main.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True}, add_help_option=False)
@click.pass_context
def sandbox(ctx: click.Context) -> None:
    """Serve the simulated platforms until Ctrl-C. Options are those of `python -m sandbox`."""
    from sandbox.__main__ import main as serve  # noqa: PLC0415

    serve(ctx.args)


@main.command()
@click.option("--port", default=3000, show_default=True, help="Port of the Dagster UI on 127.0.0.1")
@click.pass_obj
def ui(file: Path | None, port: int) -> None:
    """Open Dagster: webserver and daemon, with the schedule switched on."""
    from pipelines import demo, night_run  # noqa: PLC0415

    settings = kompas_settings.read(file)
    night_run.prepare(settings, kompas_settings.find(file))
    root = Path(__file__).parent.parent
    dagster = Path(sys.executable).with_name("dagster")
    command = [str(dagster), "dev", "-w", str(root / "workspace.yaml"), "-h", "127.0.0.1", "-p", str(port)]
    with demo.beside(settings, console.print):
        console.print(f"Dagster UI: http://127.0.0.1:{port}")
        raise SystemExit(_attended(command))


def _attended(command: list[str]) -> int:
    with subprocess.Popen(command) as process:
        try:
            return process.wait()
        except BaseException:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE_S)
            raise


@main.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False), default="kompas.schema.json")
def schema(target: Path) -> None:
    """Write the JSON Schema of kompas.yaml, for editors."""
    target.write_text(json.dumps(kompas_settings.json_schema(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"Wrote {target}. In kompas.yaml: # yaml-language-server: $schema={target}")


for command in (
    register_commands.lint,
    register_commands.rank,
    register_commands.handbook,
    explain,
    export,
    verdicts,
    review,
    backtest,
    reconcile_commands.reconcile,
    alerts,
    watch,
    serve,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
