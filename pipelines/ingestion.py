"""Ingestion alone, as `kompas run` loads it: dbt's part of the definitions costs more time than a small platform.

Two processes load it in a row: the one that runs the job, and the one that its steps are forked from.
"""

import warnings

import dagster as dg

from pipelines import nights
from pipelines import settings as kompas_settings
from pipelines.platform_assets import platform_assets

# As in `pipelines.definitions`.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)


def ingestion(settings: kompas_settings.Settings) -> dg.Definitions:
    """The platforms and the job that pulls them, the same as in `pipelines.definitions`."""
    platforms = [platform_assets(connector, settings) for connector in settings.connectors()]
    ingest, _ = nights.jobs(platforms)
    return dg.Definitions(assets=platforms, jobs=[ingest], executor=nights.executor(__name__))


defs = ingestion(kompas_settings.read())
