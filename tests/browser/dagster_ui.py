"""Dagster's own webserver over the history of a company's nights, and its pages in a browser."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Page, ViewportSize

from tests.house import REPOSITORY

SIZE: ViewportSize = {"width": 1440, "height": 900}
_START_S = 240
_PAGE_S, _QUIET_S = 90, 3
_CLOCK = re.compile(r"\b\d+:\d\d\b|\d+ (?:second|minute)s? ago")
"""What a page counts by itself: until it asks again, and how long ago something was."""
_RUNS = "{runsOrError{... on Runs{results{runId status jobName tags{key value}}}}}"


@dataclass(frozen=True)
class Ui:
    """A running webserver."""

    url: str

    def ask(self, query: str) -> Any:
        """The answer of Dagster's GraphQL, from which its pages are made."""
        answer = requests.post(f"{self.url}/graphql", json={"query": query}, timeout=60)
        answer.raise_for_status()
        return answer.json()["data"]

    def runs(self) -> list[dict[str, Any]]:
        """The runs, the newest first, with their tags as a dictionary."""
        found = self.ask(_RUNS)["runsOrError"]["results"]
        return [run | {"tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found]

    def run(self, job: str, day: str) -> str:
        """The id of the newest run of a job for a run day."""
        return next(
            run["runId"] for run in self.runs() if run["jobName"] == job and run["tags"].get("kompas/run_day") == day
        )

    def open(self, page: Page, path: str) -> None:
        """Show a page, and wait until it has loaded what it shows."""
        page.goto(f"{self.url}{path}")
        settled(page)


def settled(page: Page) -> None:
    """Wait until the page says nothing new: Dagster fills it by and by, over a socket that never rests."""
    deadline, shown, since = time.monotonic() + _PAGE_S, "", time.monotonic()
    while time.monotonic() < deadline:
        page.wait_for_timeout(250)
        if (now := _CLOCK.sub("", page.inner_text("body"))) != shown:
            shown, since = now, time.monotonic()
        elif time.monotonic() - since > _QUIET_S and "Loading" not in now:
            return
    raise TimeoutError(f"{page.url} still says:\n{shown[:2000]}")


@contextmanager
def served(settings_file: Path, home: Path, log: Path) -> Iterator[Ui]:
    """The webserver for a kompas.yaml and its Dagster home, on a free port. Raises TimeoutError with its log."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("dagster-webserver")), "-w", str(REPOSITORY / "workspace.yaml")]
    told = {"DAGSTER_HOME": str(home), "KOMPAS_SETTINGS": str(settings_file), "DO_NOT_TRACK": "1"}
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "-h", "127.0.0.1", "-p", str(port)],
            env=os.environ | told,
            cwd=settings_file.parent,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield _ready(Ui(f"http://127.0.0.1:{port}"), log)
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(30)
            finally:
                os.killpg(server.pid, signal.SIGKILL) if server.poll() is None else None


def _ready(ui: Ui, log: Path) -> Ui:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        try:
            ui.ask("{version}")
        except (requests.RequestException, json.JSONDecodeError):
            time.sleep(0.3)
        else:
            return ui
    raise TimeoutError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
