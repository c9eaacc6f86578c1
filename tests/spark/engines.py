"""The engines beside DuckDB, each in an environment of its own (`make test-all` makes them): build, and read back."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.house import REPOSITORY
from tests.warehouse import PROJECT

START_S = 30
BUILD_S = 1500
_SPARK_CONF = """\
spark.driver.bindAddress 127.0.0.1
spark.driver.host 127.0.0.1
spark.driver.memory 1g
spark.sql.shuffle.partitions 2
spark.ui.enabled false
"""
"""Small, and seen by this machine only."""


@dataclass(frozen=True)
class Engine:
    """`layout` is where a table's files are in the warehouse folder, as a regular expression of schema and table."""

    name: str
    layout: str

    @property
    def bin(self) -> Path:
        return REPOSITORY / f".venv-{self.name}" / "bin"

    def missing(self) -> str | None:
        """Why it cannot run here, if it cannot."""
        if not (self.bin / "dbt").exists():
            return f"there is no .venv-{self.name}: `make test-all` makes it"
        if self.name == "spark" and shutil.which("java") is None:
            return "Spark needs Java 17"
        return None

    def build(self, lake: str, folder: Path) -> Path:
        """Build from the lake; the folder of the warehouse. Raises AssertionError with dbt's output."""
        own = {"KOMPAS_LAKE": lake, "KOMPAS_SPARK_FOLDER": str(folder), "DO_NOT_TRACK": "1"}
        start = {"sail": _sail, "spark": _spark}[self.name]
        with start(self.bin, folder) as more:
            self._dbt(folder, own | more)
        return folder / "warehouse"

    def _dbt(self, folder: Path, told: dict[str, str]) -> None:
        command = [str(self.bin / "dbt"), "--no-use-colors", "build", "--target", "spark"]
        command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
        command += ["--target-path", str(folder / "dbt"), "--log-path", str(folder / "dbt")]
        known = os.environ | told
        done = subprocess.run(
            command, env=known, cwd=folder, capture_output=True, text=True, timeout=BUILD_S, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]

    def files(self, warehouse: Path, schema: str, table: str) -> str:
        """The Parquet files of a table, as a pattern."""
        wanted = re.compile(self.layout.format(schema=schema, table=table))
        folders = [path for path in warehouse.glob("**/") if wanted.fullmatch(str(path.relative_to(warehouse)))]
        (folder,) = folders
        return f"{folder}/*.parquet"


ENGINES = (
    # Sail's catalogue is in memory: each table is a folder by its name and a UUID of its own.
    Engine("sail", r"{table}-[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}"),
    Engine("spark", r"{schema}\.db/{table}"),
)


@contextmanager
def _spark(bin_: Path, folder: Path) -> Iterator[dict[str, str]]:
    conf = folder / "conf"
    conf.mkdir()
    (conf / "spark-defaults.conf").write_text(_SPARK_CONF, encoding="utf-8")
    yield {"SPARK_CONF_DIR": str(conf)}


@contextmanager
def _sail(bin_: Path, folder: Path) -> Iterator[dict[str, str]]:
    port = _free_port()
    command = [str(bin_ / "sail"), "spark", "server", "--ip", "127.0.0.1", "--port", str(port)]
    with (
        (folder / "sail.log").open("wb") as log,
        subprocess.Popen(command, cwd=folder, stdout=log, stderr=log) as server,
    ):
        try:
            _wait(server, port)
            yield {"SPARK_REMOTE": f"sc://127.0.0.1:{port}"}
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert server.poll() is None, "Sail ended at once; sail.log says why"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"Sail did not answer within {START_S} s")
