"""Ingestion as `kompas run` loads it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines import settings
from tests import parsed

REPOSITORY = Path(__file__).parents[2]
_SAME = """
from pipelines import definitions, ingestion
whole, alone = (module.defs.resolve_job_def("ingest") for module in (definitions, ingestion))
print(sorted(whole.asset_layer.executable_asset_keys) == sorted(alone.asset_layer.executable_asset_keys) != [])
print(whole.get_job_snapshot().dep_structure_snapshot == alone.get_job_snapshot().dep_structure_snapshot)
"""
_DBT = "import sys, pipelines.ingestion; print({'dbt', 'dagster_dbt'} & set(sys.modules))"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(REPOSITORY / "kompas.yaml", tmp_path)
    parsed.hand_to(settings.read(tmp_path / "kompas.yaml"))
    return tmp_path


def printed(code: str, folder: Path) -> list[str]:
    environment = os.environ | {"KOMPAS_SETTINGS": str(folder / "kompas.yaml")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def test_the_job_is_that_of_all_definitions(folder: Path) -> None:
    assert printed(_SAME, folder) == ["True", "True"]


def test_it_is_loaded_without_dbt(folder: Path) -> None:
    assert printed(_DBT, folder) == ["set()"]
