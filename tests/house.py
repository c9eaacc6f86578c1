"""A company on trial: its platforms in this process, its settings and data in a folder, and the command of a user.

with House(folder, world) as house:
    house.kompas("run", "--date", "2026-11-15")
    house.published()["kpi.kpi_values"]
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from pipelines import settings as kompas_settings
from pipelines.lake import Lake
from pipelines.settings import Settings
from sandbox import consents, exports
from sandbox.company import World
from sandbox.faults import Faults
from sandbox.server import Sandbox
from tests import parsed

REPOSITORY = Path(__file__).parents[1]
CREDENTIALS = REPOSITORY / "sandbox" / "credentials"
DEMO = "http://127.0.0.1:18400"
OWN_TABLES = "kompas"
"""The folder of the lake that holds registers and ledgers, not rows of platforms."""
EXPORTED_MONTHS = 9
"""Enough for the months that tests fill in."""
COMMAND_S = 600
_LOAD_TIMES = {"loaded_at"}
Tables = dict[str, pa.Table]


@dataclass(frozen=True)
class Done:
    """A command that has ended: its exit code, and all that it wrote, as one line of words."""

    code: int
    output: str

    @property
    def words(self) -> str:
        return " ".join(self.output.split())


class House:
    """A folder with kompas.yaml, and a sandbox for the platforms that it names, on free ports."""

    def __init__(self, folder: Path, world: World, history_days: int = 10, latency: float = 0.0) -> None:
        self.folder, self.world, self.history_days = folder, world, history_days
        self.faults = Faults.none()
        self.sandbox = Sandbox(world, self.faults, port=0, grpc_port=0, latency=latency)
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        self.sandbox.start()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write(self.plain())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
        self.sandbox.stop()

    @property
    def file(self) -> Path:
        return self.folder / kompas_settings.FILE_NAME

    def export(self) -> None:
        """The tools without an API export their files, as they are known now; the user has given their consents."""
        folder = self.folder / "data" / "exports"
        exports.write(self.world, folder, EXPORTED_MONTHS)
        consents.hand_out(folder)

    @property
    def settings(self) -> Settings:
        return kompas_settings.read(self.file)

    @property
    def lake(self) -> Lake:
        return Lake.at(self.settings.lake_url)

    def plain(self) -> dict[str, Any]:
        """The demo's own settings, pointed at this house's sandbox. A test may change them and `write` them."""
        told: dict[str, Any] = yaml.safe_load((REPOSITORY / "kompas.yaml").read_text(encoding="utf-8"))
        del told["sandbox"]
        told["night"]["history_days"] = self.history_days
        for name, platform in told["platforms"].items():
            if name != "files":
                platform["base_url"] = ("grpc://" if name == "ga4" else "") + self.sandbox.url(name)
        return _mapped(told, self._own)  # type: ignore[no-any-return]

    def _own(self, text: str) -> str:
        """What the demo names, as it is here: other addresses of its sandbox, and its secrets."""
        if text.startswith(DEMO):
            return self.sandbox.url("").rstrip("/") + text.removeprefix(DEMO)
        if not text.startswith("file:sandbox/credentials/"):
            return text
        source = CREDENTIALS / Path(text).name
        if source.name != "google_oauth.json":
            return f"file:{source}"
        told = json.loads(source.read_text(encoding="utf-8"))
        told["token_uri"] = f"{self.sandbox.url('google_oauth')}/token"
        (self.folder / source.name).write_text(json.dumps(told), encoding="utf-8")
        return f"file:{source.name}"

    def write(self, told: dict[str, Any]) -> None:
        """Write kompas.yaml."""
        self.file.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def start(self, *words: str) -> subprocess.Popen[str]:
        """`kompas …` as a user types it, in a process group of its own. Both of its outputs come as one.

        One that still runs when the house is left is killed, with all that it started.
        """
        self.export()
        parsed.hand_to(self.settings)
        command = [sys.executable, "-m", "pipelines.cli", "--settings", str(self.file), *words]
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(process)
        return process

    def kompas(self, *words: str) -> Done:
        """Run a command to its end."""
        process = self.start(*words)
        output, _ = process.communicate(timeout=COMMAND_S)
        return Done(process.returncode, output)

    def published(self) -> Tables:
        """Every table of the published warehouse, by schema and name."""
        return tables(self.settings.warehouse)

    def files(self) -> dict[str, str]:
        """The lake's files of rows, by path, each with a digest of its bytes."""
        root = Path(self.settings.lake_url)
        found = (path for path in sorted(root.rglob("*.parquet")) if path.relative_to(root).parts[0] != OWN_TABLES)
        return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}

    def ledger(self, name: str) -> list[dict[str, Any]]:
        """The rows of one of Kompas' own tables."""
        found = self.lake.table(name)
        return found.to_pylist() if found else []


def environment() -> dict[str, str]:
    """The environment of a command: ours, wide enough to print a line as one, without what slows Python down."""
    left = {
        name: value for name, value in os.environ.items() if name not in ("PYTHONDONTWRITEBYTECODE", "DAGSTER_HOME")
    }
    return left | {"COLUMNS": "250"}


def tables(file: Path) -> Tables:
    """Every table of a DuckDB file, without the times of loading, in an order of its own."""
    with duckdb.connect(str(file), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables order by 1"
        ).fetchall()
        return {
            name: _without_times(connection.execute(f"from {name} order by all").to_arrow_table()) for (name,) in names
        }


def rows(lake: Path, files: Iterable[str]) -> dict[str, list[str]]:
    """The rows of files of a lake, as sorted text: the same rows in another order are the same."""
    return {name: sorted(map(repr, pq.read_table(lake / name).to_pylist())) for name in files}


def differing(one: Tables, other: Tables) -> list[str]:
    """The tables that are not the same in both. DuckDB adds in no fixed order: the last bits of a sum may differ, and
    with them the last place of a decimal that it is rounded to."""
    return [name for name in sorted({*one, *other}) if not _alike(one.get(name), other.get(name))]


def _alike(one: pa.Table | None, other: pa.Table | None) -> bool:
    if one is None or other is None or one.schema != other.schema or one.num_rows != other.num_rows:
        return False
    return all(_same_column(one[name], other[name]) for name in one.column_names)


def _same_column(one: pa.ChunkedArray, other: pa.ChunkedArray) -> bool:
    if pa.types.is_decimal(one.type):
        place = 10.0**-one.type.scale
        one, other = (pc.cast(column, pa.float64()) for column in (one, other))
    elif pa.types.is_floating(one.type):
        place = 1e-9
    else:
        return one.equals(other)
    return np.allclose(one.to_numpy(), other.to_numpy(), rtol=1e-9, atol=place * 1.001, equal_nan=True)


def _without_times(table: pa.Table) -> pa.Table:
    return table.select([name for name in table.column_names if name not in _LOAD_TIMES])


def _mapped(value: Any, change: Any) -> Any:
    if isinstance(value, dict):
        return {key: _mapped(part, change) for key, part in value.items()}
    if isinstance(value, list):
        return [_mapped(part, change) for part in value]
    return change(value) if isinstance(value, str) else value


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of this machine where nobody answers, and that nobody else takes meanwhile."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def of(table: pa.Table, **equal: Any) -> list[dict[str, Any]]:
    """The rows of a table that have these values; None is NULL."""
    for name, value in equal.items():
        column = table[name]
        table = table.filter(pc.is_null(column) if value is None else pc.equal(column, pa.scalar(value, column.type)))
    return table.to_pylist()  # type: ignore[no-any-return]


def figure(tables: Tables, kpi: str, grain: str, start: date) -> float | None:
    """A KPI over everything in a period, as published."""
    everything = {"brand": "all", "country": "all", "channel": "all", "keyword": "all"}
    (row,) = of(tables["kpi.kpi_values"], kpi_id=kpi, grain=grain, period_start=start, **everything)
    return row["value"]  # type: ignore[no-any-return]
