"""The two jobs of a night, what starts them, and how their processes start quickly."""

from datetime import timedelta
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
        description="Pull every platform for a run day into the lake",
    )
    build = dg.define_asset_job(
        BUILD,
        selection=everything - pulled,
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
        return dg.RunRequest(run_key=day.isoformat(), partition_key=day.isoformat())

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
        run = context.dagster_run
        day = run.tags.get(tags.RUN_DAY) or run.tags.get(tags.RANGE_END) or run.tags.get(tags.PARTITION)
        if day is None:
            return dg.SkipReason("that run had no run day")
        if run.tags.get(tags.ATTENDED):
            return dg.SkipReason("`kompas run` goes on by itself")
        return dg.RunRequest(run_key=run.run_id, tags={tags.RUN_DAY: day, tags.FOLLOWS: run.run_id})

    return follow
