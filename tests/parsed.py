"""dbt's parse of the project, made once and handed to every call of dbt in the tests.

A parse takes ten CPU seconds, and dbt makes it anew for every other lake and file to build in. It differs in these two
paths only: here they are put in. dbt still looks at each file of the project, and parses those that changed.
"""

from __future__ import annotations

import os
import pprint
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgpack
from filelock import FileLock

from pipelines.settings import Settings

PROJECT = Path(__file__).parents[1] / "dbt_project"
SHARED = PROJECT / "target" / "of_tests"
LAKE, BUILD = "/the/lake/of/somebody", "/the/file/of/somebody/build.duckdb"
"""What stands in the shared parse for the paths of a house."""
_SOURCES, _MADE = {".sql", ".py", ".yml", ".csv", ".md"}, {"target", "logs", "dbt_packages"}
_PARSE, _MANIFEST = "partial_parse.msgpack", "manifest.json"


def hand_over(target: Path, lake: str, build: Path, variables: str = "") -> None:
    """Put the parse into dbt's folder of artefacts, if that has none: as dbt with these two paths would write it.

    `variables` are those of dbt's command line, as YAML.
    """
    if (target / _PARSE).exists():
        return
    target.mkdir(parents=True, exist_ok=True)
    shared = _shared(variables)
    paths = {LAKE: lake, BUILD: str(build)}
    parse = _moved(msgpack.unpackb((shared / _PARSE).read_bytes(), strict_map_key=False), paths)
    parse["state_check"]["profile_hash"]["checksum"] = _of_profile(build)
    (target / _PARSE).write_bytes(msgpack.packb(parse))
    (target / _MANIFEST).write_text(str(_moved((shared / _MANIFEST).read_text("utf-8"), paths)), "utf-8")


def hand_to(settings: Settings) -> None:
    """Put it where Kompas looks for it."""
    hand_over(settings.dbt_parse, settings.lake_url, settings.build_file)


def _moved(value: Any, paths: dict[str, str]) -> Any:
    if isinstance(value, str):
        for one, other in paths.items():
            value = value.replace(one, other)
        return value
    if isinstance(value, dict):
        return {key: _moved(part, paths) for key, part in value.items()}
    return [_moved(part, paths) for part in value] if isinstance(value, list) else value


def _of_profile(build: Path) -> str:
    """dbt's own digest of a profile (dbt.parser.manifest.ManifestLoader.build_manifest_state_check)."""
    from dbt.adapters.duckdb.credentials import DuckDBCredentials

    told = DuckDBCredentials.from_dict({"path": str(build), "schema": "main"}).connection_info()
    return sha256(pprint.pformat(sorted(told)).encode("utf-8")).hexdigest()


@cache
def _shared(variables: str) -> Path:
    """The folder of the parse that all tests share, made by the first process that asks for it."""
    folder = SHARED / sha256(variables.encode()).hexdigest()[:8]
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        sources, of_sources = _digest(), folder / "digest"
        if not of_sources.exists() or of_sources.read_text("utf-8") != sources:
            _parse(folder, variables)
            of_sources.write_text(sources, "utf-8")
    return folder


def _digest() -> str:
    """Of the project's files: with another one, the parse is made anew."""
    files = (path for path in sorted(PROJECT.rglob("[!.]*")) if path.suffix in _SOURCES)
    kept = (path for path in files if path.relative_to(PROJECT).parts[0] not in _MADE)
    return sha256(b"".join(sha256(path.read_bytes()).digest() for path in kept)).hexdigest()


def _parse(folder: Path, variables: str) -> None:
    command = [str(Path(sys.executable).with_name("dbt")), "parse", "--no-use-colors", *told(variables)]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(folder), "--log-path", str(folder)]
    paths = {"KOMPAS_LAKE": LAKE, "KOMPAS_BUILD": BUILD, "DO_NOT_TRACK": "1"}
    done = subprocess.run(command, env=os.environ | paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def told(variables: str) -> list[str]:
    """dbt's words for variables."""
    return ["--vars", variables] if variables else []
