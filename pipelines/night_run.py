"""A night from the command line: both jobs one after the other, in the instance that the Dagster UI shows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import dagster as dg

from pipelines import nights, tags
from pipelines import settings as kompas_settings
from pipelines.failure import said
from pipelines.lake import Lake
from pipelines.lock import hold
from pipelines.settings import Settings

_DAGSTER_YAML = """\
# Written by kompas when it is missing; yours to change.
telemetry:
  enabled: false
nux:
  enabled: false
# A run whose process died is run once more. A platform that failed is tried again within its run.
run_retries:
  enabled: true
  max_retries: 1
  retry_on_asset_or_op_failure: false
concurrency:
  pools:
    default_limit: 1
  runs:
    max_concurrent_runs: 3
"""
_MODULES = {"ingest": "pipelines.ingestion", "build": "pipelines.definitions", "alerts": "pipelines.alerting"}
"""Where a job is loaded from."""
_POLL_S = 0.3
_PATIENCE_S = 30.0
"""How long a job may take to end after Ctrl-C."""
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


def run(settings: Settings, first: date, last: date, tell: Tell) -> Outcome:
    """Ingest and build. Raises BusyError when another night is under way. `prepare` has to come first."""
    with hold(settings.state, "night"):
        Lake.at(settings.lake_url).sweep()
        outcome = Outcome()
        trigger = tags.BY_COMMAND if first == last else tags.BY_BACKFILL
        marks = {tags.RUN_DAY: last.isoformat(), tags.TRIGGER: trigger}
        pulled = _job(settings, "ingest", _partition_tags(first, last) | marks, outcome, tell)
        built = _job(settings, "build", _after(pulled, marks) | _follows(pulled), outcome, tell)
        if settings.alerts:
            _job(settings, "alerts", marks | _follows(built or pulled), outcome, tell)
        return outcome


def _after(pulled: str | None, marks: dict[str, str]) -> dict[str, str]:
    """The marks of the build: those of the night, and what failed in its pull."""
    if pulled is None:
        return marks
    with dg.DagsterInstance.get() as instance:
        return nights.marks_of_build(instance, pulled, marks[tags.RUN_DAY], marks)


def rebuild(settings: Settings, tell: Tell) -> Outcome:
    """The warehouse anew, from the lake alone."""
    with hold(settings.state, "night"):
        outcome = Outcome()
        settings.build_file.unlink(missing_ok=True)
        _job(settings, "build", {tags.FULL_REFRESH: "true", tags.TRIGGER: tags.BY_REBUILD}, outcome, tell)
        return outcome


def _partition_tags(first: date, last: date) -> dict[str, str]:
    if first == last:
        return {tags.PARTITION: last.isoformat()}
    return {tags.RANGE_START: first.isoformat(), tags.RANGE_END: last.isoformat()}


def _follows(run_id: str | None) -> dict[str, str]:
    return {tags.FOLLOWS: run_id} if run_id else {}


def _job(settings: Settings, name: str, purpose: dict[str, str], outcome: Outcome, tell: Tell) -> str | None:
    """Run a job as Dagster's own command does, in a process whose chatter goes to a file; tell of its steps.

    The id of its run, or None where it did not start.
    """
    call = uuid.uuid4().hex
    log = settings.state / "logs" / f"{name}.log"
    marks = {tags.CALL: call, tags.ATTENDED: "true"}
    with dg.DagsterInstance.get() as instance, _process(name, purpose | marks, log) as job:
        told = Told(instance, call, tell)
        while job.poll() is None:
            told.news()
            _wait(job)
        told.news()
        outcome.succeeded[name] = told.succeeded
        outcome.problems += told.problems()
    if told.run_id is None:
        outcome.problems.append(f"{name} did not start; the last lines of {log} are:\n{_tail(log)}")
    return told.run_id


def _wait(job: subprocess.Popen[bytes]) -> None:
    try:
        job.wait(_POLL_S)
    except subprocess.TimeoutExpired:
        return


@contextmanager
def _process(name: str, marks: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The process of a job; it is stopped, and waited for, when this one is."""
    log.parent.mkdir(parents=True, exist_ok=True)
    dagster = str(Path(sys.executable).with_name("dagster"))
    command = [dagster, "job", "execute", "-m", _MODULES[name], "-j", name, "--tags", json.dumps(marks)]
    with log.open("wb") as file:
        job = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, process_group=0
        )
        try:
            yield job
        except BaseException:
            _stop(job)
            raise


def _stop(job: subprocess.Popen[bytes]) -> None:
    """Ctrl-C for the job and its steps, which are processes of their own. What does not end in time, is killed: a
    step that waits for a platform would write into the lake while the next night runs."""
    try:
        _signal_all(job, signal.SIGINT)
        job.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        return
    finally:
        _signal_all(job, signal.SIGKILL)
        job.wait()


def _signal_all(job: subprocess.Popen[bytes], which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(job.pid, which)


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


_WORDS = {
    dg.DagsterEventType.STEP_START: "… {step}",
    dg.DagsterEventType.STEP_SUCCESS: "✓ {step}",
    dg.DagsterEventType.STEP_FAILURE: "✗ {step}",
}


class Told:
    """What the event log says of a run that another process makes; each step is told of once."""

    def __init__(self, instance: dg.DagsterInstance, call: str, tell: Tell) -> None:
        self._instance, self._call, self._tell = instance, call, tell
        self._told = 0
        self.run_id: str | None = None

    def news(self) -> None:
        """Tell of the steps that started or ended since the last time."""
        self.run_id = self.run_id or self._find()
        if self.run_id is None:
            return
        events = list(self._instance.all_logs(self.run_id, of_type=set(_WORDS)))
        for entry in events[self._told :]:
            event = entry.get_dagster_event()
            self._tell(_WORDS[event.event_type].format(step=event.step_key))
        self._told = len(events)

    def _find(self) -> str | None:
        runs = self._instance.get_runs(dg.RunsFilter(tags={tags.CALL: self._call}), limit=1)
        return runs[0].run_id if runs else None

    @property
    def succeeded(self) -> bool:
        run = self._instance.get_run_by_id(self.run_id) if self.run_id else None
        return run is not None and run.status is dg.DagsterRunStatus.SUCCESS

    def problems(self) -> list[str]:
        """For each step that failed, what its error says to a person."""
        if self.run_id is None:
            return []
        logs = self._instance.all_logs(self.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
        return [said(entry.get_dagster_event()) for entry in logs]
