"""Alerts alone, as `kompas run` loads them: without dbt's part of the definitions, as in `pipelines.ingestion`."""

import warnings

import dagster as dg

from pipelines import settings as kompas_settings
from pipelines.alerts import asset as alerts

# As in `pipelines.definitions`.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
warnings.filterwarnings("ignore", category=dg.PreviewWarning)

defs = dg.Definitions(assets=alerts.assets(kompas_settings.read()), jobs=[alerts.job()])
