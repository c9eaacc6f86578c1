"""What Dagster loads: everything that kompas.yaml names."""

import warnings

import dagster as dg

from pipelines import nights
from pipelines import settings as kompas_settings
from pipelines.alerts import asset as alerts
from pipelines.kpi_checks import kpi_checks
from pipelines.page.asset import page_asset
from pipelines.platform_assets import platform_assets
from pipelines.register_checks import register_checks
from pipelines.serving.assets import serving_assets
from pipelines.warehouse_assets import dbt_resource, warehouse_assets

# Back-fill policies and freshness warn that they are young, once per asset; DECISIONS.md says why we use them.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)


def build_definitions(settings: kompas_settings.Settings) -> dg.Definitions:
    """The code location for these settings."""
    platforms = [platform_assets(connector, settings) for connector in settings.connectors()]
    ingest, build = nights.jobs(platforms)
    tell = [alerts.job()] if settings.alerts else []
    return dg.Definitions(
        assets=[
            *platforms,
            *warehouse_assets(settings),
            *serving_assets(settings),
            page_asset(settings),
            *alerts.assets(settings),
        ],
        asset_checks=[kpi_checks(settings), register_checks(settings)],
        jobs=[ingest, build, *tell],
        schedules=[nights.schedule(settings)],
        sensors=nights.sensors(ingest, build, *tell),
        executor=nights.executor(__name__),
        resources={"dbt": dbt_resource()},
    )


defs = build_definitions(kompas_settings.read())


def ingest_job() -> dg.JobDefinition:
    """For processes that find the job by name."""
    return defs.resolve_job_def(nights.INGEST)


def build_job() -> dg.JobDefinition:
    """For processes that find the job by name."""
    return defs.resolve_job_def(nights.BUILD)
