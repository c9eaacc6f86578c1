"""One multi-asset per platform: its streams are pulled in threads of one process.

A process per stream costs about two seconds of start each; a platform's streams share connections, quota and tokens
anyhow. A stream that failed fails the step in the end, after the others are in the lake.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from datetime import date

import dagster as dg

from connectors.connector import Account, Connector
from connectors.errors import ConnectorError
from connectors.stream import Kind, Stream
from pipelines import day_figures, freshness, in_words, kinds, owners, tags
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
    lake = Lake.at(settings.lake_url)

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
        with in_words.failures(name), hold(settings.state, name), settings.connector(name) as live:
            for result in pull_night(live, chosen, night, lake):
                context.log.info("%s: %s rows, %s requests", result.stream.name, result.rows, result.requests)
                yield _check(connector, result)
                if result.complete:
                    yield _materialized(connector, result, lake)
                else:
                    failed.append(result)
        if failed and _may_pass(failed) and tags.ATTENDED not in context.run.tags and context.retry_number == 0:
            raise dg.RetryRequested(seconds_to_wait=_TRY_AGAIN_S) from _failure(connector, failed, settings)
        if failed:
            raise _failure(connector, failed, settings)

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
        kinds=kinds.of_platform(connector.name),
        owners=owners.of_streams(settings).get(f"{connector.name}.{stream.name}"),
        skippable=True,
        metadata={
            "dagster/column_schema": _columns(stream),
            "dagster/uri": f"{settings.lake_url}/{connector.name}/{stream.name}",
            "accounts": ", ".join(account.name for account in _feeding(connector, stream)),
            "look_back_days": connector.look_back_days(stream),
            "primary_key": ", ".join(stream.key),
            "setup_guide": _guide(settings, connector),
            **_vendor(connector, stream),
        },
        freshness_policy=freshness.policy(settings),
    )


def _feeding(connector: Connector, stream: Stream) -> list[Account]:
    return [account for account in connector.accounts if stream in connector.streams_of(account)]


def _guide(settings: Settings, connector: Connector) -> dg.MetadataValue:
    found = settings.links.setup_guide(connector.name)
    return dg.MetadataValue.url(found) if settings.links.docs else dg.MetadataValue.path(found)


def _vendor(connector: Connector, stream: Stream) -> dict[str, dg.MetadataValue]:
    """The platform's own documentation, where the connector knows its address."""
    url = stream.docs_url or connector.docs_url
    return {"platform_docs": dg.MetadataValue.url(url)} if url else {}


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


def _materialized(connector: Connector, result: StreamResult, lake: Lake) -> dg.MaterializeResult:
    days = sorted(result.days)
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
            **day_figures.newest(lake, connector.name, result.stream, days),
        },
    )


def _may_pass(failed: list[StreamResult]) -> bool:
    """Whether trying again later in the night may help. Nobody sits waiting for a run without `kompas/attended`."""
    return any(error.action in ("retry", "defer") for result in failed for error in result.errors)


def _failure(connector: Connector, failed: list[StreamResult], settings: Settings) -> dg.Failure:
    """The first line says which account and what to do; the rest lists everything that failed."""
    lines = told([error for result in failed for error in result.errors])
    return dg.Failure(
        description="\n".join(lines),
        metadata={
            "what_to_do": dg.MetadataValue.md("\n".join(f"- {line}" for line in lines)),
            "failed_streams": ", ".join(result.stream.name for result in failed),
            "setup_guide": _guide(settings, connector),
        },
    )


def told(errors: Iterable[ConnectorError]) -> list[str]:
    """A line for each thing that is wrong: an account whose streams all fail alike is one thing."""
    alike: dict[tuple[str, str, str], list[ConnectorError]] = {}
    for error in errors:
        alike.setdefault((error.account, error.message, error.hint), []).append(error)
    return [_line(same) for same in alike.values()]


def _line(same: list[ConnectorError]) -> str:
    spoken = copy(same[0])
    spoken.stream = ", ".join(sorted({error.stream for error in same}))
    return str(spoken)
