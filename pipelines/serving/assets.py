"""The assets of serving, one for each place that kompas.yaml names: the last steps of the build.

Nothing comes after them, so a database that is down stops nothing; and the night is visibly not green.
"""

import dagster as dg

from connectors.errors import ConnectorError
from pipelines import freshness, in_words, owners
from pipelines.serving.attempts import served
from pipelines.serving.postgres import Served
from pipelines.serving.settings import PostgresSettings
from pipelines.settings import Settings
from pipelines.warehouse_assets import PUBLISHED

POSTGRES = dg.AssetKey(["warehouse", "postgres"])
GUIDE = "docs/bi/postgres.md"


def serving_assets(settings: Settings) -> list[dg.AssetsDefinition]:
    """None, where kompas.yaml has no `serving`."""
    chosen = settings.serving.postgres if settings.serving else None
    return [_postgres(settings, chosen)] if chosen else []


def _postgres(settings: Settings, chosen: PostgresSettings) -> dg.AssetsDefinition:
    @dg.asset(
        key=POSTGRES,
        deps=[PUBLISHED],
        group_name="published",
        kinds={"postgres"},
        owners=owners.of_kpis(settings.kpis),
        freshness_policy=freshness.policy(settings),
        # Two at once would wait for each other.
        pool="postgres",
        description="The published warehouse in PostgreSQL, for BI tools: its tables' rows replaced in one transaction",
    )
    def postgres(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        with in_words.failures("postgres"):
            try:
                done = served(settings.warehouse, chosen, context.log.warning)
            except ConnectorError as error:
                raise _failure(error) from None
        for note in done.notes:
            context.log.warning(note)
        return _materialized(done)

    return postgres


def _failure(error: ConnectorError) -> dg.Failure:
    return dg.Failure(description=str(error), metadata={"what_to_do": error.hint, "guide": GUIDE}, allow_retries=False)


def _materialized(done: Served) -> dg.MaterializeResult:
    return dg.MaterializeResult(
        metadata={
            "database": done.database,
            "tables": len(done.tables),
            "dagster/row_count": sum(done.tables.values()),
            "seconds": round(done.seconds, 2),
            "notes": dg.MetadataValue.md("\n".join(f"- {note}" for note in done.notes) or "none"),
        }
    )
