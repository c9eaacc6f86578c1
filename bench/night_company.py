"""The demo's company in a folder, and its platforms in a process of their own, as they are in a given night."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Self

import yaml

REPOSITORY = Path(__file__).parents[1]
_CREDENTIALS = REPOSITORY / "sandbox" / "credentials"


@dataclass(frozen=True)
class Company:
    """The demo's company in a folder: its settings, pointed at a sandbox on free ports."""

    folder: Path
    port: int
    grpc_port: int
    latency: float

    @classmethod
    def at(cls, folder: Path, latency: float, history_days: int) -> Self:
        made = cls(folder, *_free_ports(), latency)
        told = yaml.safe_load((REPOSITORY / "kompas.yaml").read_text(encoding="utf-8"))
        del told["sandbox"]
        told["night"]["history_days"] = history_days
        for name, platform in told["platforms"].items():
            if name != "files":
                platform["base_url"] = made.url(name)
        made.file.write_text(made._with_secrets(yaml.safe_dump(told, sort_keys=False)), encoding="utf-8")
        return made

    @property
    def file(self) -> Path:
        return self.folder / "kompas.yaml"

    @property
    def lake(self) -> Path:
        return self.folder / "data" / "lake"

    def url(self, platform: str) -> str:
        return f"grpc://127.0.0.1:{self.grpc_port}" if platform == "ga4" else f"http://127.0.0.1:{self.port}/{platform}"

    def _with_secrets(self, text: str) -> str:
        """The demo's credentials where they lie, but Google's: it names the port of its token endpoint."""
        google = json.loads((_CREDENTIALS / "google_oauth.json").read_text(encoding="utf-8"))
        google["token_uri"] = self.url("google_oauth") + "/token"
        (self.folder / "google_oauth.json").write_text(json.dumps(google), encoding="utf-8")
        text = text.replace("file:sandbox/credentials/google_oauth.json", "file:google_oauth.json")
        return text.replace("file:sandbox/credentials/", f"file:{_CREDENTIALS}/")

    @contextmanager
    def open_on(self, day: date) -> Iterator[None]:
        """The platforms as they are in the night after a day."""
        now = f"{day + timedelta(days=1)}T04:10:00+00:00"
        ports = ["--port", str(self.port), "--grpc-port", str(self.grpc_port)]
        files = str(self.folder / "data" / "exports")
        options = ["--no-faults", "--latency", str(self.latency), "--now", now, "--files", files, *ports]
        command = [sys.executable, "-m", "sandbox", *options]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                if not (line := process.stdout.readline()).startswith("Sandbox ready"):
                    raise RuntimeError(f"the sandbox did not start: {line}")
                yield
            finally:
                process.terminate()


def _free_ports() -> tuple[int, int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(2)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        first, second = (probe.getsockname()[1] for probe in probes)
    return first, second
