"""How long a night takes when every API answers in 100 ms: `python -m bench.night [--nights 3] [--latency 0.1]`.

The demo's company is served by a sandbox in a process of its own. A first night (120 days of history) and the ordinary
nights after it are run; for each of them every platform's `pull_night` is timed alone first, in a fresh process and on
a copy of the lake, and then the night as a user runs it: `kompas run`. Nothing is asserted, and nothing is left out:
the seconds of ingest and of build add up to those of the command, from its start to its exit.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import yaml

from bench.night_company import REPOSITORY, Company

_FIRST_NIGHT = date(2026, 11, 15)


@dataclass(frozen=True)
class Alone:
    """One platform's pull in a process of its own: in `pull_night`, and from the start of the process to its exit."""

    pull_s: float
    cpu_s: float
    requests: int
    rows: int
    process_s: float = 0.0


@dataclass(frozen=True)
class NightTimes:
    """A night by `kompas run`. `ingest_s` and `build_s` are all of `total_s`; the others lie within them."""

    total_s: float
    ingest_s: float
    build_s: float
    before_steps_s: float
    steps_s: dict[str, float]
    load: float

    @property
    def dbt_s(self) -> float:
        return self.steps_s["dbt_build"]


@dataclass(frozen=True)
class Measured:
    """A night, and each platform alone on the lake that the night found."""

    night: NightTimes
    alone: dict[str, Alone]

    @property
    def slowest(self) -> str:
        return max(self.alone, key=lambda name: self.alone[name].pull_s)

    @property
    def slowest_s(self) -> float:
        return self.alone[self.slowest].pull_s


FIGURES: dict[str, Callable[[Measured], float]] = {
    "slowest alone, s": lambda it: it.slowest_s,
    "ingest, s": lambda it: it.night.ingest_s,
    "  until its first step, s": lambda it: it.night.before_steps_s,
    "  its longest step, s": lambda it: max(it.night.steps_s[name] for name in it.alone),
    "build, s": lambda it: it.night.build_s,
    "  dbt's step, s": lambda it: it.night.dbt_s,
    "total, s": lambda it: it.night.total_s,
    "ingest / slowest": lambda it: it.night.ingest_s / it.slowest_s,
    "longest step / slowest": lambda it: max(it.night.steps_s[name] for name in it.alone) / it.slowest_s,
    "total / (slowest + dbt)": lambda it: it.night.total_s / (it.slowest_s + it.night.dbt_s),
    "total / (1.3 slowest + dbt)": lambda it: it.night.total_s / (1.3 * it.slowest_s + it.night.dbt_s),
}


def pull(file: Path, platform: str, day: date, lake: str) -> Alone:
    """In a fresh process: a platform's part of a night, without Dagster."""
    from pipelines import settings as kompas_settings  # noqa: PLC0415  the parent measures, and needs none of it
    from pipelines.ingest import Night, pull_night  # noqa: PLC0415
    from pipelines.lake import Lake  # noqa: PLC0415

    settings = kompas_settings.read(file)
    night = Night("bench", day, day, settings.night.history_days, settings.tz)
    with settings.connector(platform) as connector:
        began = time.perf_counter()
        results = list(pull_night(connector, connector.streams, night, Lake.at(lake)))
        pull_s = time.perf_counter() - began
    for error in (error for result in results for error in result.errors):
        raise error
    usage = resource.getrusage(resource.RUSAGE_SELF)
    requests, rows = sum(it.requests for it in results), sum(it.rows for it in results)
    return Alone(pull_s, usage.ru_utime + usage.ru_stime, requests, rows)


def alone(company: Company, platform: str, day: date) -> Alone:
    """A platform's pull, timed in a fresh process on a copy of the lake. Raises RuntimeError when it fails."""
    with tempfile.TemporaryDirectory() as scratch:
        lake = Path(scratch) / "lake"
        if company.lake.exists():
            shutil.copytree(company.lake, lake)
        job = [str(company.file), platform, day.isoformat(), str(lake)]
        wall_s, output = _timed([sys.executable, "-m", "bench.night", "--alone", *job], REPOSITORY)
    return Alone(**json.loads(output.splitlines()[-1]) | {"process_s": wall_s})


def _timed(command: list[str], folder: Path) -> tuple[float, str]:
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    wall_s = time.perf_counter() - began
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return wall_s, done.stdout


def run_night(company: Company, day: date) -> NightTimes:
    """`kompas run` as a user types it, and what Dagster's event log says of its steps."""
    began, load = time.time(), os.getloadavg()[0]
    command = [sys.executable, "-m", "pipelines.cli", "--settings", str(company.file), "run", "--date", day.isoformat()]
    total_s, _ = _timed(command, company.folder)
    ingest, build = (_events(company, job) for job in ("ingest", "build"))
    ingest_s = ingest["ended"] - began
    steps = {name: seconds for events in (ingest, build) for name, seconds in events["steps"].items()}
    return NightTimes(total_s, ingest_s, total_s - ingest_s, ingest["first"] - began, steps, load)


def _events(company: Company, job: str) -> dict[str, Any]:
    """Of the newest run of a job: when its first step began, when it ended, and how long each step took."""
    import dagster as dg  # noqa: PLC0415

    began, ended = dg.DagsterEventType.STEP_START, dg.DagsterEventType.STEP_SUCCESS
    with dg.DagsterInstance.from_config(str(company.folder / "data" / "state" / "dagster")) as instance:
        (record,) = instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)
        logs = instance.all_logs(record.dagster_run.run_id, of_type={began, ended})
    starts = {it.step_key: it.timestamp for it in logs if it.dagster_event_type is began}
    ends = {it.step_key: it.timestamp for it in logs if it.dagster_event_type is ended}
    steps = {name: ends[name] - start for name, start in starts.items()}
    return {"first": min(starts.values()), "ended": record.end_time, "steps": steps}


def measure(company: Company, day: date) -> Measured:
    """A night, after each platform alone."""
    platforms = yaml.safe_load(company.file.read_text(encoding="utf-8"))["platforms"]
    with company.open_on(day):
        pulls = {name: alone(company, name, day) for name in platforms}
        night = run_night(company, day)
    print(f"{day}: {night.total_s:.1f} s, load {night.load:.1f}", file=sys.stderr, flush=True)
    return Measured(night, pulls)


def report(title: str, nights: list[Measured]) -> None:
    """The medians of some nights."""
    print(f"\n{title}; load before each: {', '.join(f'{it.night.load:.1f}' for it in nights)}")
    print("platform       alone s  process s  CPU s  requests    rows  step s")
    for name in nights[0].alone:
        _line(name, [it.alone[name] for it in nights], [it.night.steps_s[name] for it in nights])
    print(f"slowest: {', '.join(it.slowest for it in nights)}")
    for name, value in FIGURES.items():
        values = [value(it) for it in nights]
        print(f"{name:<28} {median(values):6.2f}   ({min(values):.2f} to {max(values):.2f})", flush=True)


def _line(name: str, pulls: list[Alone], steps: list[float]) -> None:
    pull_s, process_s, cpu_s = (median(getattr(it, key) for it in pulls) for key in ("pull_s", "process_s", "cpu_s"))
    requests, rows = median(it.requests for it in pulls), median(it.rows for it in pulls)
    print(f"{name:<13} {pull_s:8.2f} {process_s:10.2f} {cpu_s:6.2f} {requests:9.0f} {rows:7.0f} {median(steps):7.2f}")


def main(arguments: Sequence[str] | None = None) -> None:
    options = argparse.ArgumentParser(prog="python -m bench.night", description=__doc__)
    options.add_argument("--nights", type=int, default=3, help="ordinary nights; their medians are shown")
    options.add_argument("--latency", type=float, default=0.1, help="seconds that every answer takes longer")
    options.add_argument("--history-days", type=int, default=120, help="what the first night brings")
    options.add_argument("--alone", nargs=4, help=argparse.SUPPRESS)
    chosen = options.parse_args(arguments)
    if chosen.alone:
        file, platform, day, lake = chosen.alone
        print(json.dumps(asdict(pull(Path(file), platform, date.fromisoformat(day), lake))))
        return
    with tempfile.TemporaryDirectory(prefix="kompas-bench-") as folder:
        company = Company.at(Path(folder), chosen.latency, chosen.history_days)
        report(f"The first night, {chosen.history_days} days", [measure(company, _FIRST_NIGHT)])
        days = [_FIRST_NIGHT + timedelta(days=number) for number in range(1, chosen.nights + 1)]
        report(f"{len(days)} ordinary nights, medians", [measure(company, day) for day in days])


if __name__ == "__main__":
    main()
