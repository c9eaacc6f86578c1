"""The last step of a night in Dagster: a job of its own, which runs however the build ended."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg

from connectors.errors import ConnectorError
from pipelines import markdown_table, nights, tags
from pipelines.alerts import known, night, post
from pipelines.alerts.delivery import DeliveryError, ping
from pipelines.alerts.post import Posted
from pipelines.settings import Settings

ASSET = dg.AssetKey(["kompas", "alerts"])
DELIVERED = "delivered"
_COLUMNS = ("channel", "state", "subject", "problem")


def assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """The asset of alerts; none where kompas.yaml has no channels."""
    return [_asset(settings)] if settings.alerts else []


def job() -> Any:
    """The job that sends."""
    return dg.define_asset_job(
        nights.ALERTS,
        selection=dg.AssetSelection.assets(ASSET),
        description="Tell every channel what the night changed, once",
        executor_def=dg.in_process_executor,
    )


def _asset(settings: Settings) -> dg.AssetsDefinition:
    @dg.asset(
        key=ASSET,
        group_name=nights.ALERTS,
        kinds={"parquet"},
        check_specs=[dg.AssetCheckSpec(DELIVERED, asset=ASSET, description="Every channel took its message")],
        description="What each channel was told, a file a night; what it knows is what is not told again",
    )
    def alerts(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        day = date.fromisoformat(context.run.tags[tags.RUN_DAY])
        ended = night.ended(context.instance, context.run)
        told = post.post(settings, day, ended.failures)
        problems = [one.problem for one in told if one.problem]
        problems += list(_heartbeat(settings)) if ended.is_well else []
        yield dg.MaterializeResult(metadata=_metadata(day, told))
        yield _check(problems)
        if problems:
            raise dg.Failure("\n".join(f"alerts: {problem}" for problem in problems))

    return alerts


def _heartbeat(settings: Settings) -> Iterator[str]:
    """Ping who watches from outside; what went wrong."""
    url = settings.alerts.heartbeat_url if settings.alerts else None
    if url is not None:
        try:
            ping(url.reveal())
        except (DeliveryError, ConnectorError) as error:
            yield str(error)


def _metadata(day: date, told: Sequence[Posted]) -> dict[str, dg.MetadataValue]:
    cells: Iterable[str] = [markdown_table.row([getattr(one, name) for name in _COLUMNS]) for one in told]
    return {
        "run_day": dg.MetadataValue.text(day.isoformat()),
        "sent": dg.MetadataValue.int(sum(one.state == known.SENT for one in told)),
        "channels": dg.MetadataValue.md("\n".join([*markdown_table.head(_COLUMNS), *cells])),
    }


def _check(problems: Sequence[str]) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(
        passed=not problems,
        asset_key=ASSET,
        check_name=DELIVERED,
        severity=dg.AssetCheckSeverity.ERROR,
        description=problems[0] if problems else "every channel took its message",
    )
