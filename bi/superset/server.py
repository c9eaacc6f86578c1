"""Superset on this machine: a home of its own, a secret key of its own, on 127.0.0.1."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

USER = "kompas"
_START_S, _STOP_S = 300, 20
_CONFIG = """\
# Written by `python -m bi.superset` when it is missing; yours to change.
from pathlib import Path

_HOME = Path(__file__).parent
SECRET_KEY = (_HOME / "secret.key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"
# The warehouse is new every night: no chart may show what was asked yesterday.
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# Listens on this machine only, without TLS.
TALISMAN_ENABLED = False
# The figures as the Dutch write them.
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["€ ", ""]}
"""


@dataclass(frozen=True)
class Server:
    """A running Superset, and who may come in."""

    url: str
    user: str
    password: str


@contextmanager
def running(binaries: Path, home: Path, port: int = 0) -> Iterator[Server]:
    """Superset from the environment of `binaries`, until the block is left. The first start takes a minute."""
    password = _settle(home)
    environment = _environment(home)
    if not (home / "ready").exists():
        _prepare(binaries, environment, password)
        (home / "ready").touch()
    port = port or _free_port()
    command = [str(binaries / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--threads", "4", "--timeout", "120"]
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "superset.app:create_app()"], env=environment, stdout=log, stderr=log, cwd=home
        )
    try:
        yield _awaited(Server(f"http://127.0.0.1:{port}", USER, password), process, home / "server.log")
    finally:
        _stop(process)


def _settle(home: Path) -> str:
    """The home with its configuration and secrets; the password of its user."""
    home.mkdir(parents=True, exist_ok=True)
    config = home / "superset_config.py"
    if not config.exists():
        config.write_text(_CONFIG, encoding="utf-8")
    _secret(home / "secret.key")
    return _secret(home / "password")


def _secret(file: Path) -> str:
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(42), encoding="utf-8")
    return file.read_text(encoding="utf-8")


def _environment(home: Path) -> dict[str, str]:
    own = {"SUPERSET_HOME": home, "SUPERSET_CONFIG_PATH": home / "superset_config.py", "FLASK_APP": "superset"}
    return os.environ | {name: str(value) for name, value in own.items()}


def _prepare(binaries: Path, environment: dict[str, str], password: str) -> None:
    person = ["--username", USER, "--firstname", "Kompas", "--lastname", "Kompas", "--email", "kompas@localhost"]
    for words in (["db", "upgrade"], ["fab", "create-admin", *person, "--password", password], ["init"]):
        done = subprocess.run(
            [binaries / "superset", *words], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"superset {words[0]} failed:\n{done.stderr[-2000:]}")


def _awaited(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    until = time.monotonic() + _START_S
    while process.poll() is None and time.monotonic() < until:
        try:
            if requests.get(f"{server.url}/health", timeout=5).ok:
                return server
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.5)
    raise RuntimeError(f"Superset did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
