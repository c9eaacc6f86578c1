"""The shop of these tests, built once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines import publish, settings
from pipelines.lake import Lake
from tests.explain import company
from tests.warehouse import Warehouse, once

KEPT = {date(2026, 4, 2): "at_risk", company.NIGHT: "off_target"}
"""Nights whose verdicts the lake has, and what each said of the cost per acquisition in March."""


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "explained_shop", _published)


@pytest.fixture(scope="session")
def shop(warehouse: Warehouse) -> settings.Settings:
    """Its settings, with the warehouse published. Tests read, and write nothing here."""
    return settings.read(warehouse.file.parents[2] / settings.FILE_NAME)


def _published(folder: Path) -> Warehouse:
    built = company.shop(folder)
    shop = settings.read(folder / settings.FILE_NAME)
    publish.publish(built.file, shop.warehouse)
    for night, told in KEPT.items():
        _keep(built, Lake.at(shop.lake_url), night, told)
    return built


def _keep(built: Warehouse, lake: Lake, night: date, told: str) -> None:
    """A night's verdicts, those of the whole month of March being what was thought then."""
    with duckdb.connect(str(built.file), read_only=True) as connection:
        kept = connection.execute(
            """select $night as run_day, * replace (
                   case when period_start = date '2026-03-01' and kpi_id = 'cpa' then $told else verdict end as verdict)
               from kpi.kpi_verdicts where period_end <= $night or period_start <= $night and grain = 'month'""",
            {"night": night, "told": told},
        ).to_arrow_table()
    lake.write_table("verdicts", night.isoformat(), kept)
