"""Night after night in one process: platforms into the lake, register, dbt's KPI tables, verdicts kept.

The same functions as a night under Dagster calls (`pipelines/platform_assets.py`, `pipelines/warehouse_assets.py`),
without what does not touch a verdict: Dagster itself, marts, data tests, publishing.
"""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

import duckdb
import pyarrow as pa

from pipelines import ingest, register
from pipelines.vocabulary import DBT_PROJECT
from sandbox.faults import Answer, Call
from tests import parsed
from tests.conftest import morning_after
from tests.house import House

DENIED = Answer(403, b"denied")
BUSY = Answer(429, b"{}", {"Retry-After": "7200"})
LIMITED = Answer(403, b"Access Denied")
"""What stands before Mailchimp says so to who asks too often."""
QUOTAS = (BUSY, LIMITED)
"""Answers of a quota that is used up until tomorrow."""
_MANY = 5_000
_FIRST = ("build", "--select", "+kpi_verdicts", "resource_type:seed")
_LATER = ("run", "--select", "+kpi_verdicts,config.materialized:table")
"""Views and seeds stay as the first night made them."""
Faults = Mapping[str, Answer]
"""The answer of each platform that fails."""


@dataclass
class Nights:
    """The nights of a house. `run` pulls, builds and keeps one; `table` reads what dbt built of the newest."""

    house: House
    _manifest: Any = field(default=None, init=False)

    def run(self, day: date, faults: Faults | None = None) -> None:
        """The night after `day`: the company's clock moves to the morning after it."""
        self.pull(day, faults or {})
        self.build(day)

    def pull(self, day: date, faults: Faults) -> set[str]:
        """Pull every platform; gives back the names of those that failed, which are those of `faults`."""
        self.house.world.now = morning_after(day)
        settings, lake = self.house.settings, self.house.lake
        night = ingest.Night(day.isoformat(), day, day, settings.night.history_days, settings.tz)
        failed = set()
        for connector in settings.connectors():
            with connector, _failing(self.house, connector.name, faults):
                results = list(ingest.pull_night(connector, connector.streams, night, lake))
            failed |= {connector.name for result in results if not result.complete}
        assert failed == set(faults), f"{day}: {failed} failed, not {set(faults)}"
        return failed

    def build(self, day: date) -> None:
        """Write the register, build the KPI tables, keep the verdicts."""
        settings, lake = self.house.settings, self.house.lake
        register.write(settings, lake, day)
        settings.state.mkdir(parents=True, exist_ok=True)
        self._dbt(*(_LATER if self._manifest else _FIRST))
        register.keep_verdicts(lake, day, self.table("kpi.kpi_verdicts"))

    def history(self) -> pa.Table:
        """The verdicts that were replaced, from those that the lake keeps."""
        self._dbt("run", "--select", "+verdict_history")
        return self.table("kpi.verdict_history")

    def table(self, name: str) -> pa.Table:
        with duckdb.connect(str(self.house.settings.build_file), read_only=True) as connection:
            return connection.execute(f"from {name}").to_arrow_table()

    def _dbt(self, *words: str) -> None:
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        target = str(self.house.folder / "dbt")
        told = ["--quiet", "--no-use-colors", "--no-partial-parse", *words, "--indirect-selection", "empty"]
        places = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", target]
        settings = self.house.settings
        ours = {"KOMPAS_LAKE": settings.lake_url, "KOMPAS_BUILD": str(settings.build_file), "DO_NOT_TRACK": "1"}
        with warnings.catch_warnings(), patch.dict(os.environ, ours):
            warnings.simplefilter("ignore")
            if self._manifest is None:
                parsed.hand_over(Path(target), settings.lake_url, settings.build_file)
                self._manifest = dbtRunner().invoke(["--quiet", "parse", *places, "--log-path", target]).result
            done = dbtRunner(manifest=self._manifest).invoke([*told, *places, "--log-path", target])
            DuckDBConnectionManager.close_all_connections()  # dbt keeps the file open for the next call
            gc.collect()  # and leaves its pool of threads to whoever comes by, with a warning
        failed = [result.message for result in done.result or [] if result.status in ("error", "fail")]
        assert done.success, done.exception or failed


@contextmanager
def _failing(house: House, platform: str, faults: Faults) -> Iterator[None]:
    """Every call of the platform gets its answer of `faults`, if it has one."""
    house.faults.script(platform, [faults[platform]] * _MANY if platform in faults else [])
    yield
    while house.faults.pending(platform):
        house.faults.next_answer(Call(platform, "", "", "", b""))
