"""docs/start.md, done as it says, by somebody who has just got the repository."""

from __future__ import annotations

import csv
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import yaml

from tests.docs.pages import DOCS, Block, blocks_of
from tests.docs.typing_shell import commands_in, session
from tests.faults.one_platform import world_of_now
from tests.house import REPOSITORY, House, environment

PAGE = list(blocks_of(DOCS / "start.md"))
PATIENCE_S = 240
_LEFT_OUT = (".*", "data", "build", "target", "logs", "__pycache__", "*.egg-info")


def block(start: str) -> Block:
    """The block of the page that starts so."""
    (only,) = [one for one in PAGE if one.text.startswith(start)]
    return only


def fill_in(folder: Path, platforms: dict[str, Any]) -> None:
    """What the page leaves to the user: the accounts."""
    file = folder / "kompas.yaml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump(told | {"platforms": platforms}, allow_unicode=True), encoding="utf-8")


def test_check_answers_as_the_page_shows(tmp_path: Path) -> None:
    with House(tmp_path / "platforms", world_of_now()) as house:
        platforms = {name: house.plain()["platforms"][name] for name in ("ga4", "google_ads", "ecb")}
        del platforms["google_ads"]["login_customer_id"]
        (tmp_path / "here").mkdir()
        session(tmp_path / "here", block("kompas init").text)
        shutil.copytree(house.folder, tmp_path / "mijn-bedrijf", dirs_exist_ok=True, ignore=lambda *_: ["kompas.yaml"])
        fill_in(tmp_path / "mijn-bedrijf", platforms)
        done = session(tmp_path / "mijn-bedrijf", block("kompas check").text)
    assert done.returncode == 1
    assert is_as_shown(done.stdout + done.stderr, block("kompas.yaml is right").text)


def is_as_shown(answer: str, shown: str) -> bool:
    """Whether a command answered what a page shows, where `…` stands for anything and lines may break anywhere."""
    parts = (re.escape(" ".join(part.split())) for part in shown.split("…"))
    return re.fullmatch(r"\s*.*?\s*".join(parts), " ".join(answer.split())) is not None


def test_another_answer_would_be_noticed() -> None:
    assert is_as_shown("✔ ga4 a: told at length\n", "✔ ga4 a:\n… length")
    assert not is_as_shown("✘ ga4 a: told at length\n", "✔ ga4 a:\n… length")


# The whole page


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_whole_page_from_make_to_the_ui(tmp_path: Path) -> None:
    repository = copied(tmp_path / "kompas")
    told = session(repository, block("make run").text + block("kompas init").text + "pwd\n", before=MADE)
    assert told.returncode == 0, told.stdout + told.stderr
    assert "Duurzame Mode" in told.stdout
    company = tmp_path / "mijn-bedrijf"
    assert told.stdout.strip().endswith(str(company))
    sales(company / "orders.csv")
    fill_in(company, {"files": {"accounts": [SALES]}})
    for command in ("kompas check", "kompas run"):
        done = session(company, block(command).text)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "Omzet" in done.stdout
    with started(company, block("kompas ui").text) as process:
        assert answers("http://127.0.0.1:3000/server_info", process)


MADE = "export MAKEFLAGS=--old-file=.venv/run.done\n"
"""The environment that this test runs in is the one that `make run` would make."""
SALES = {
    "id": "winkel",
    "table": "orders",
    "path": "orders.csv",
    "complete_through": "file_date",
    "columns": {
        "order_id": "id",
        "order_date": "day",
        "total_amount": "total",
        "tax_amount": {"value": 0},
        "currency": {"value": "EUR"},
        "test": {"value": False},
        "cancelled": {"value": False},
    },
}


def sales(file: Path) -> None:
    """Two months of a shop, through yesterday."""
    with file.open("w", encoding="utf-8", newline="") as target:
        rows = csv.writer(target)
        rows.writerow(("id", "day", "total"))
        rows.writerows((ago, date.today() - timedelta(days=ago), 1500 + ago) for ago in range(1, 61))


def copied(folder: Path) -> Path:
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


# Commands that stay


@contextmanager
def started(folder: Path, script: str) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until Ctrl-C."""
    path = f"{commands_in(folder.parent)}:{os.environ['PATH']}"
    process = subprocess.Popen(
        ["bash", "-c", f"exec {script}"],
        cwd=folder,
        env=environment() | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)


def answers(url: str, process: subprocess.Popen[str]) -> bool:
    """Whether something serves there, before the process ends or patience does."""
    end = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < end:
        try:
            with urlopen(url) as answer:
                return bool(answer.status == 200)
        except URLError:
            time.sleep(0.5)
    return False


def test_the_sandbox_serves_by_itself(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with started(tmp_path / "here", "kompas sandbox --port 0 --grpc-port 0 --scale 0.05") as process:
        assert process.stdout
        (host, port) = re.findall(r"http://([\d.]+):(\d+)", process.stdout.readline())[0]
        socket.create_connection((host, int(port))).close()
