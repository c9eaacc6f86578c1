"""The dbt project, built once over an empty lake: every table is there, with its columns and without rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from filelock import FileLock

from pipelines import register, settings
from pipelines.lake import Lake
from tests import parsed

PROJECT_FOLDER = Path(__file__).parents[2] / "dbt_project"
Node = dict[str, Any]
NIGHT = date(2026, 1, 31)
_NO_COMPANY: Node = {"platforms": {}, "kpis": []}
_QUIET = {"DO_NOT_TRACK": "1"}


@dataclass(frozen=True)
class Built:
    """The project as dbt built it in a folder that holds kompas.yaml, the lake, the file and dbt's own artefacts."""

    folder: Path

    @property
    def settings(self) -> settings.Settings:
        return settings.read(self.folder / settings.FILE_NAME)

    @property
    def target(self) -> Path:
        return self.folder / "target"

    def dbt(
        self, *words: str, file: Path | None = None, target: Path | None = None, variables: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run dbt, in this build's own file and folder of artefacts unless others are named."""
        lake, file, target = self.settings.lake_url, file or self.settings.build_file, target or self.target
        parsed.hand_over(target, lake, file, variables)
        command = [str(Path(sys.executable).with_name("dbt")), *words, "--no-use-colors"]
        command += ["--project-dir", str(PROJECT_FOLDER), "--profiles-dir", str(PROJECT_FOLDER)]
        command += ["--target-path", str(target), "--log-path", str(target), *parsed.told(variables)]
        places = {"KOMPAS_LAKE": lake, "KOMPAS_BUILD": str(file)}
        return subprocess.run(command, env=os.environ | _QUIET | places, capture_output=True, text=True, check=False)

    @cached_property
    def manifest(self) -> Node:
        return json.loads((self.target / "manifest.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]

    def nodes(self, kind: str) -> list[Node]:
        """The project's own models, seeds or macros."""
        held = self.manifest["macros" if kind == "macro" else "nodes"].values()
        return [node for node in held if node["resource_type"] == kind and node["package_name"] == "kompas"]

    @cached_property
    def columns(self) -> dict[str, list[str]]:
        """The columns of every table that was built, by `schema.table`."""
        with duckdb.connect(str(self.settings.build_file), read_only=True) as connection:
            rows = connection.execute(
                """select schema_name || '.' || table_name, list(column_name order by column_index)
                   from duckdb_columns() where not internal group by 1"""
            ).fetchall()
        return dict(rows)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Built:
    """Built by the first of the workers that asks for it. About ten seconds."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "empty_lake"
    made = Built(folder)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "done").exists():
            _build(made)
            (folder / "done").touch()
    return made


def _build(made: Built) -> None:
    made.folder.mkdir(exist_ok=True)
    (made.folder / settings.FILE_NAME).write_text(yaml.safe_dump(_NO_COMPANY), encoding="utf-8")
    register.write(made.settings, Lake.at(made.settings.lake_url), NIGHT)
    made.settings.build_file.parent.mkdir(parents=True, exist_ok=True)
    done = made.dbt("build")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
