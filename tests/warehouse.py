"""A kompas.yaml taken the whole way for a test: its platforms into a lake, dbt over the lake, SQL over the tables."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from filelock import FileLock

from pipelines import ingest, register, settings
from pipelines.lake import Lake
from tests import parsed

PROJECT = Path(__file__).parents[1] / "dbt_project"
Fill = Callable[[Lake], None]


def _nothing(lake: Lake) -> None:
    pass


@dataclass(frozen=True)
class Warehouse:
    """What dbt built of a folder with a kompas.yaml."""

    file: Path

    def rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query, in which `$name` stands for a value."""
        with duckdb.connect(str(self.file), read_only=True) as connection:
            return connection.execute(sql, values).fetchall()

    def row(self, sql: str, **values: Any) -> tuple[Any, ...]:
        (only,) = self.rows(sql, **values)
        return only


def build(
    folder: Path,
    document: dict[str, Any],
    night: date,
    *,
    fill: Fill = _nothing,
    by_hand: Collection[str] = (),
    select: str = "",
) -> Warehouse:
    """Pull the platforms of `document` for one night, put what `fill` has into the lake too, and build.

    Platforms named in `by_hand` are not pulled: `fill` brings their rows and their loads.

    `select` names the models to build, in dbt's words; all of them by default. Raises AssertionError with dbt's output.
    """
    file = folder / settings.FILE_NAME
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    company = settings.read(file)
    lake = Lake.at(company.lake_url)
    _pull(company, lake, night, by_hand)
    fill(lake)
    register.write(company, lake, night)
    company.state.mkdir(parents=True, exist_ok=True)
    _dbt(company, folder / "dbt", select)
    return Warehouse(company.build_file)


def once(folders: pytest.TempPathFactory, name: str, make: Callable[[Path], Warehouse]) -> Warehouse:
    """What `make` builds in a folder, for all processes of a test run: the first builds, the others wait for it."""
    folder = shared_folder(folders, name)
    with FileLock(folder / "lock"):
        done = folder / "built"
        if not done.exists():
            done.write_text(str(make(folder).file), encoding="utf-8")
    return Warehouse(Path(done.read_text(encoding="utf-8")))


def shared_folder(folders: pytest.TempPathFactory, name: str) -> Path:
    """A folder that all processes of a test run see."""
    own = folders.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / name
    folder.mkdir(exist_ok=True)
    return folder


def _pull(company: settings.Settings, lake: Lake, night: date, by_hand: Collection[str]) -> None:
    whole = ingest.Night("test", night, night, 1, company.tz)
    for connector in (connector for connector in company.connectors() if connector.name not in by_hand):
        for pulled in ingest.pull_night(connector, connector.streams, whole, lake):
            assert pulled.complete, pulled.errors


def _dbt(company: settings.Settings, target: Path, select: str) -> None:
    command = [str(Path(sys.executable).with_name("dbt")), "build", "--no-use-colors"]
    # A test that also reads models that are left out has nothing to say. dbt's own artefacts are not read.
    command += ["--indirect-selection", "cautious", "--no-write-json"]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(target), "--log-path", str(target), *(["--select", select] if select else [])]
    parsed.hand_over(target, company.lake_url, company.build_file)
    told = {"KOMPAS_LAKE": company.lake_url, "KOMPAS_BUILD": str(company.build_file), "DO_NOT_TRACK": "1"}
    done = subprocess.run(command, env=os.environ | told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
