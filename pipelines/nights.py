"""The jobs of a night, what starts them, and how their processes start quickly."""

from collections.abc import Mapping
from datetime import timedelta
from importlib import metadata
from typing import Any

import dagster as dg

from pipelines import tags
from pipelines.settings import Settings

INGEST, BUILD, ALERTS = "ingest", "build", "alerts"


def executor(definitions: str) -> dg.ExecutorDefinition:
    """Platforms wait for the network side by side. A forked step costs a tenth of a spawned one (DECISIONS.md).

    `definitions` names the module that the steps come from: it is loaded once, before they are forked.
    """
    forked = {"forkserver": {"preload_modules": ["pipelines.preload", definitions]}}
    return dg.multiprocess_executor.configured({"max_concurrent": 8, "start_method": forked})


def jobs(platforms: list[dg.AssetsDefinition]) -> list[Any]:
    """`ingest` pulls; `build` makes the warehouse. Two jobs, as a failed pull would skip what follows it in one."""
    pulled = dg.AssetSelection.assets(*platforms) if platforms else dg.AssetSelection.assets()
    everything = dg.AssetSelection.all(include_sources=False) - dg.AssetSelection.groups(ALERTS)
    ingest = dg.define_asset_job(
        INGEST,
        selection=pulled,
        tags={tags.VERSION: metadata.version("kompas")},
        description="Pull every platform for a run day into the lake",
    )
    build = dg.define_asset_job(
        BUILD,
        selection=everything - pulled,
        tags={tags.VERSION: metadata.version("kompas")},
        description="Build the warehouse from the lake, judge the KPIs, publish",
        # One step after the other, and dbt is a process of its own: a process per step would only start Python anew.
        executor_def=dg.in_process_executor,
    )
    return [ingest, build]


def schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Every night, in the company's time zone, for the day that has just ended."""

    @dg.schedule(
        name="nightly",
        job_name=INGEST,
        cron_schedule=settings.night.cron,
        execution_timezone=settings.company.time_zone,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        day = context.scheduled_execution_time.astimezone(settings.tz).date() - timedelta(days=1)
        marks = {tags.RUN_DAY: day.isoformat(), tags.TRIGGER: tags.BY_SCHEDULE}
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat(), tags=marks)

    return nightly


def sensors(ingest: Any, build: Any, alerts: Any = None) -> list[dg.SensorDefinition]:
    """The build follows ingestion, however that ended: one broken platform does not stop the KPIs of the others.

    So do the alerts follow the build, where there are any.
    """
    made = [
        _follow(dg.DagsterRunStatus.SUCCESS, "build_after_ingest", ingest, build),
        _follow(dg.DagsterRunStatus.FAILURE, "build_after_failed_ingest", ingest, build),
    ]
    if alerts is None:
        return made
    return [
        *made,
        _follow(dg.DagsterRunStatus.SUCCESS, "alerts_after_build", build, alerts),
        _follow(dg.DagsterRunStatus.FAILURE, "alerts_after_failed_build", build, alerts),
    ]


def _follow(status: dg.DagsterRunStatus, name: str, before: Any, after: Any) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        name=name,
        run_status=status,
        monitored_jobs=[before],
        request_job=after,
        minimum_interval_seconds=5,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def follow(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run, marks = context.dagster_run, context.dagster_run.tags
        day = marks.get(tags.RANGE_END) or marks.get(tags.PARTITION) or marks.get(tags.RUN_DAY)
        if day is None:
            return dg.SkipReason("that run had no run day")
        if marks.get(tags.ATTENDED):
            return dg.SkipReason("`kompas run` goes on by itself")
        asked = {tags.RUN_DAY: day, tags.FOLLOWS: run.run_id}
        if run.job_name == INGEST:
            asked |= marks_of_build(context.instance, run.run_id, day, marks)
        return dg.RunRequest(run_key=run.run_id, tags=asked)

    return follow


def marks_of_build(instance: dg.DagsterInstance, ingest_run: str, day: str, marks: Mapping[str, str]) -> dict[str, str]:
    """The tags of the build after a pull: of which night, what began it, and which platforms did not come in whole.

    The pull gets the last as well: Dagster's list of runs then says what failed, and can be filtered by it.
    """
    failed = {tags.FAILED: ", ".join(broken)} if (broken := failed_steps(instance, ingest_run)) else {}
    instance.add_run_tags(ingest_run, failed)
    trigger = {tags.TRIGGER: marks[tags.TRIGGER]} if tags.TRIGGER in marks else {}
    return {tags.RUN_DAY: day, **trigger, **failed}


def failed_steps(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The steps of a run that failed, and did not succeed when they were tried again."""
    kinds = {dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.STEP_SUCCESS}
    ended = {
        event.step_key: event.event_type
        for entry in instance.all_logs(run_id, of_type=kinds)
        if (event := entry.get_dagster_event()).step_key
    }
    return sorted(step for step, how in ended.items() if how is dg.DagsterEventType.STEP_FAILURE)
