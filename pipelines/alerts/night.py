"""How a night ended, by Dagster's event log: the runs that led to this one, and the steps that failed in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from pipelines import nights, tags
from pipelines.alerts.causes import StepFailure
from pipelines.failure import said


@dataclass(frozen=True)
class Ended:
    """The steps that failed; well is a night of which each job succeeded."""

    failures: Sequence[StepFailure]
    is_well: bool


def ended(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Ended:
    """Follow the tags back from a run of alerts to its build, and from there to the ingestion."""
    runs = list(_before(instance, run))
    failures = [failure for before in runs for failure in _failures(instance, before)]
    if not any(before.job_name == nights.BUILD for before in runs):
        failures.append(StepFailure(nights.BUILD, "the job did not start; data/state/logs/build.log says why"))
    is_well = not failures and all(before.status is dg.DagsterRunStatus.SUCCESS for before in runs)
    return Ended(failures, is_well)


def _before(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Iterator[dg.DagsterRun]:
    followed = run.tags.get(tags.FOLLOWS)
    found = instance.get_run_by_id(followed) if followed else None
    if found is not None:
        yield found
        yield from _before(instance, found)


def _failures(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[StepFailure]:
    """Its steps that failed; the job itself where it failed without one, as when its process was killed."""
    logs = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    events = map(dg.EventLogEntry.get_dagster_event, logs)
    found = [StepFailure(str(event.step_key), said(event), run.job_name == nights.INGEST) for event in events]
    if not found and run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED):
        found = [StepFailure(run.job_name, "the job broke off before its end")]
    return found
