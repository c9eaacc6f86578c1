"""One lake of every platform and of files, with the warehouse that DuckDB builds of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines import ingest, settings
from pipelines.lake import Lake
from sandbox import consents
from sandbox.company import World
from tests.house import House
from tests.spark import other_tools
from tests.warehouse import Warehouse, build, once

FIRST, NIGHT = date(2026, 10, 1), date(2026, 11, 15)
"""A month that is over, and one that is not; the night is a Sunday."""
MORNING = datetime(2026, 11, 16, 5, tzinfo=UTC)
SCALE = 0.1
_TARGETS: dict[tuple[str, str | None], list[dict[str, Any]]] = {
    ("lead_days", "leads_won"): [{"grain": "month", "from": FIRST, "target": 4, "brand": other_tools.BRAND}],
    ("survey_points", "survey_responses"): [{"grain": "week", "from": FIRST, "target": 8}],
    ("social_interactions", "social_posts"): [{"grain": "month", "from": FIRST, "target": 500}],
    ("search_weighted_position", "search_impressions"): [{"grain": "month", "from": FIRST, "target": 5}],
    ("ad_conversions", None): [{"grain": "week", "from": FIRST, "target": 20, "channel": "Paid Search"}],
}
"""KPIs of what the demo's own leave out, by numerator and denominator."""


@pytest.fixture(scope="session")
def duckdb_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "same_figures", _build)


@pytest.fixture(scope="session")
def lake(duckdb_warehouse: Warehouse) -> str:
    return settings.read(_company(duckdb_warehouse) / settings.FILE_NAME).lake_url


def _company(warehouse: Warehouse) -> Path:
    return next(folder for folder in warehouse.file.parents if (folder / settings.FILE_NAME).exists())


def _build(folder: Path) -> Warehouse:
    world = World(seed=7, scale=SCALE, first_day=FIRST, now=MORNING)
    with House(folder, world) as house:
        consents.hand_out(folder / "data" / "exports")
        told = house.plain()
        told["platforms"]["files"] = {"accounts": other_tools.write(folder, FIRST, NIGHT)}
        told["kpis"] += [_kpi(*parts, targets) for parts, targets in _TARGETS.items()]
        return build(folder, told, NIGHT, fill=_history(folder))


def _kpi(numerator: str, denominator: str | None, targets: list[dict[str, Any]]) -> dict[str, Any]:
    words = {"nl": numerator, "en": numerator}
    parts = {"numerator": numerator, "denominator": denominator, "minimum_sample": 30}
    return {"id": numerator, "name": words, "definition": words, "unit": "number", "direction": "higher"} | (
        {"objective": "Groeien", "owner": "marketing", "reason": "Test", "targets": targets} | parts
    )


def _history(folder: Path) -> Callable[[Lake], None]:
    def pull(lake: Lake) -> None:
        company = settings.read(folder / settings.FILE_NAME)
        days = ingest.Night("history", FIRST, NIGHT, 1, company.tz)
        for connector in company.connectors():
            for pulled in ingest.pull_night(connector, connector.streams, days, lake):
                assert pulled.complete, pulled.errors

    return pull
