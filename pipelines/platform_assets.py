"""One multi-asset per platform: its streams are pulled in threads of one process.

A process per stream costs about two seconds of start each; a platform's streams share connections, quota and tokens
anyhow. A stream that failed fails the step in the end, after the others are in the lake.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import dagster as dg

from connectors.connector import Connector
from connectors.stream import Kind, Stream
from pipelines import tags
from pipelines.ingest import Night, StreamResult, pull_night
from pipelines.lake import Lake
from pipelines.lock import hold
from pipelines.settings import Settings

COMPLETE = "complete"
"""Name of the check that every stream has: all accounts, all days, nothing withheld."""
_TRY_AGAIN_S = 20 * 60
"""An outage or a spent quota of an hour is over by then, or will not end tonight."""
_KIND_WORDS = {
    Kind.REPORT: "rows belong to a day and are restated for a while",
    Kind.ENTITY: "records that change, pulled by their last change",
    Kind.FULL: "read whole every night",
}


def partitions(settings: Settings) -> dg.DailyPartitionsDefinition:
    """Run days: the partition of a day is pulled in the night after it."""
    return dg.DailyPartitionsDefinition(
        start_date=settings.night.first_day.isoformat(), timezone=settings.company.time_zone
    )


def platform_assets(connector: Connector, settings: Settings) -> dg.AssetsDefinition:
    """The raw tables of a platform as Dagster assets."""
    streams = streams_in_use(connector)
    name = connector.name

    @dg.multi_asset(
        name=name,
        specs=[_spec(connector, stream, settings) for stream in streams],
        check_specs=[_complete_spec(connector, stream) for stream in streams],
        partitions_def=partitions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        can_subset=True,
        op_tags={"kompas/platform": name},
    )
    def pull(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        chosen = [stream for stream in streams if _key(connector, stream) in context.selected_asset_keys]
        night = _night(context, settings)
        failed: list[StreamResult] = []
        with hold(settings.state, name), settings.connector(name) as live:
            for result in pull_night(live, chosen, night, Lake.at(settings.lake_url)):
                context.log.info("%s: %s rows, %s requests", result.stream.name, result.rows, result.requests)
                yield _check(connector, result)
                if result.complete:
                    yield _materialized(connector, result)
                else:
                    failed.append(result)
        if failed and _may_pass(failed) and tags.ATTENDED not in context.run.tags and context.retry_number == 0:
            raise dg.RetryRequested(seconds_to_wait=_TRY_AGAIN_S) from _failure(connector, failed)
        if failed:
            raise _failure(connector, failed)

    return pull


def streams_in_use(connector: Connector) -> list[Stream]:
    """The streams that at least one configured account feeds."""
    used = {stream.name for account in connector.accounts for stream in connector.streams_of(account)}
    return [stream for stream in connector.streams if stream.name in used]


def _key(connector: Connector, stream: Stream) -> dg.AssetKey:
    return dg.AssetKey([connector.name, stream.name])


def _spec(connector: Connector, stream: Stream, settings: Settings) -> dg.AssetSpec:
    return dg.AssetSpec(
        key=_key(connector, stream),
        description=f"{stream.description}. {connector.title}; {_KIND_WORDS[stream.kind]}.",
        group_name=connector.name,
        kinds={"parquet", "python"},
        skippable=True,
        metadata={
            "dagster/column_schema": _columns(stream),
            "dagster/uri": f"{settings.lake_url}/{connector.name}/{stream.name}",
            "look_back_days": connector.look_back_days(stream),
            "primary_key": ", ".join(stream.key),
        },
        freshness_policy=dg.FreshnessPolicy.cron(
            deadline_cron=_deadline(settings),
            lower_bound_delta=timedelta(hours=6),
            timezone=settings.company.time_zone,
        ),
    )


def _deadline(settings: Settings) -> str:
    """Three hours after the night began, the raw tables should be there."""
    hour, minute = settings.night.at.split(":")
    return f"{int(minute)} {(int(hour) + 3) % 24} * * *"


def _columns(stream: Stream) -> dg.TableSchema:
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                field.name,
                str(field.type),
                description=f"{field.description} ({field.unit})" if field.unit else field.description,
                constraints=dg.TableColumnConstraints(nullable=field.nullable),
            )
            for field in stream.fields
        ]
    )


def _complete_spec(connector: Connector, stream: Stream) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        COMPLETE,
        asset=_key(connector, stream),
        description="Every account and day of the window came in whole: not failed, sampled or withheld",
    )


def _night(context: dg.AssetExecutionContext, settings: Settings) -> Night:
    keys = context.partition_key_range
    first, last = date.fromisoformat(keys.start), date.fromisoformat(keys.end)
    return Night(context.run.run_id, first, last, settings.night.history_days, settings.tz)


def _check(connector: Connector, result: StreamResult) -> dg.AssetCheckResult:
    problems = [str(error) for error in result.errors] + [f"the figures are {flag}" for flag in sorted(result.flags)]
    if result.quarantined:
        problems.append(f"{result.quarantined} rows are in quarantine")
    return dg.AssetCheckResult(
        passed=not problems,
        asset_key=_key(connector, result.stream),
        check_name=COMPLETE,
        severity=dg.AssetCheckSeverity.ERROR if result.errors else dg.AssetCheckSeverity.WARN,
        description=problems[0] if problems else "all accounts, all days",
        metadata={"problems": dg.MetadataValue.md("\n".join(f"- {problem}" for problem in problems) or "none")},
    )


def _materialized(connector: Connector, result: StreamResult) -> dg.MaterializeResult:
    days = sorted(result.days)
    sums = {f"sum_{name}": value for name, value in sorted(result.measures.items())}
    return dg.MaterializeResult(
        asset_key=_key(connector, result.stream),
        metadata={
            "dagster/row_count": result.rows,
            "days": len(days),
            "first_day": days[0].isoformat() if days else "",
            "last_day": days[-1].isoformat() if days else "",
            "requests": result.requests,
            "bytes": result.bytes,
            "quarantined": result.quarantined,
            "restated_measures": result.restated,
            **sums,
        },
    )


def _may_pass(failed: list[StreamResult]) -> bool:
    """Whether trying again later in the night may help. Nobody sits waiting for a run without `kompas/attended`."""
    return any(error.action in ("retry", "defer") for result in failed for error in result.errors)


def _failure(connector: Connector, failed: list[StreamResult]) -> dg.Failure:
    """The first line says which account and what to do; the rest lists everything that failed."""
    errors = list(dict.fromkeys(str(error) for result in failed for error in result.errors))
    return dg.Failure(
        description="\n".join(errors),
        metadata={
            "failed_streams": ", ".join(result.stream.name for result in failed),
            "what_to_do": dg.MetadataValue.md("\n".join(f"- {error}" for error in errors)),
            "setup_guide": dg.MetadataValue.text(f"docs/connect/{connector.name}.md"),
        },
    )
