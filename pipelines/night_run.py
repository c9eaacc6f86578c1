"""A night from the command line: both jobs one after the other, in the instance that the Dagster UI shows."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import dagster as dg

from pipelines import settings as kompas_settings
from pipelines.lake import Lake
from pipelines.lock import hold
from pipelines.settings import Settings

_DAGSTER_YAML = """\
# Written by kompas when it is missing; yours to change.
telemetry:
  enabled: false
run_retries:
  enabled: true
  max_retries: 0
concurrency:
  pools:
    default_limit: 1
  runs:
    max_concurrent_runs: 3
"""
Tell = Callable[[str], None]


@dataclass
class Outcome:
    """How a night ended: for each job whether it succeeded, and what failed in words."""

    succeeded: dict[str, bool] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return all(self.succeeded.values())


def prepare(settings: Settings, file: Path) -> None:
    """Point this process and its children at the settings and at Dagster's home."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    if not config.exists():
        config.write_text(_DAGSTER_YAML, encoding="utf-8")
    os.environ |= {
        "DAGSTER_HOME": str(home),
        kompas_settings.ENVIRONMENT: str(file),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def yesterday(settings: Settings) -> date:
    """The last complete day in the company's time zone."""
    return datetime.now(settings.tz).date() - timedelta(days=1)


def run(settings: Settings, first: date, last: date, tell: Tell) -> Outcome:
    """Ingest and build. Raises BusyError when another night is under way. `prepare` has to come first."""
    with hold(settings.state, "night"):
        Lake.at(settings.lake_url).sweep()
        outcome = Outcome()
        _job("ingest", _partition_tags(first, last), outcome, tell)
        _job("build", {"kompas/run_day": last.isoformat()}, outcome, tell)
        return outcome


def rebuild(settings: Settings, tell: Tell) -> Outcome:
    """The warehouse anew, from the lake alone."""
    with hold(settings.state, "night"):
        outcome = Outcome()
        settings.build_file.unlink(missing_ok=True)
        _job("build", {"kompas/full_refresh": "true"}, outcome, tell)
        return outcome


def _partition_tags(first: date, last: date) -> dict[str, str]:
    if first == last:
        return {"dagster/partition": last.isoformat()}
    return {
        "dagster/asset_partition_range_start": first.isoformat(),
        "dagster/asset_partition_range_end": last.isoformat(),
    }


def _job(name: str, tags: dict[str, str], outcome: Outcome, tell: Tell) -> None:
    from pipelines import definitions  # noqa: PLC0415 - it reads the settings that `prepare` points at

    job = dg.reconstructable(definitions.ingest_job if name == "ingest" else definitions.build_job)
    with dg.DagsterInstance.get() as instance, _followed(instance, tell):
        with dg.execute_job(job, instance, tags=tags | {"kompas/attended": "true"}, raise_on_error=False) as result:
            outcome.succeeded[name] = result.success
            for event in result.get_step_failure_events() if hasattr(result, "get_step_failure_events") else []:
                outcome.problems.append(str(event.step_failure_data.error))
        outcome.problems += _failures(instance, result.run_id)


def _failures(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    logs = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    found = []
    for entry in logs:
        data = entry.get_dagster_event().step_failure_data
        described = data.user_failure_data.description if data.user_failure_data else None
        found.append(described or (data.error.message.strip() if data.error else "failed"))
    return found


_TOLD = {
    dg.DagsterEventType.STEP_START: "… {step}",
    dg.DagsterEventType.STEP_SUCCESS: "✓ {step}",
    dg.DagsterEventType.STEP_FAILURE: "✗ {step}",
}


@contextmanager
def _followed(instance: dg.DagsterInstance, tell: Tell) -> Iterator[None]:
    """Tell of the steps of the newest run while it goes on in this very thread."""
    before = {run.run_id for run in instance.get_runs(limit=1)}
    ended = threading.Event()
    thread = threading.Thread(target=_follow, args=(instance, before, ended, tell), daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _follow(instance: dg.DagsterInstance, before: set[str], ended: threading.Event, tell: Tell) -> None:
    told = 0
    last_round = False
    while not last_round:
        last_round = ended.wait(0.5)
        runs = [run for run in instance.get_runs(limit=1) if run.run_id not in before]
        events = instance.all_logs(runs[0].run_id, of_type=set(_TOLD)) if runs else []
        for entry in list(events)[told:]:
            event = entry.get_dagster_event()
            tell(_TOLD[event.event_type].format(step=event.step_key))
            told += 1
