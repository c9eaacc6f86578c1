"""A PostgreSQL of the tests' own, on a free port, gone when they are."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

USER, PASSWORD = "kompas", "geheim@1/2#3"
"""A password with every character that an address has to spell in another way."""
SPELLED = "geheim%401%2F2%233"
_START_S = 60
_FAST = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "autovacuum=off")


def programs() -> Path | None:
    """Where initdb and postgres are; Debian keeps them off the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int

    def url(self, database: str, user: str = USER, password: str = SPELLED) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database), autocommit=True)

    def database(self) -> str:
        """A new, empty database."""
        name = f"bi_{secrets.token_hex(6)}"
        with self.connect() as connection:
            connection.execute(f"create database {name}")
        return name


@contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """A server in a folder of its own, as the user `postgres` where we are root, which it refuses to be."""
    folder = Path(tempfile.mkdtemp(prefix="kompas_postgres_"))
    owner = "postgres" if os.geteuid() == 0 else None
    try:
        if owner:
            shutil.chown(folder, owner)
        yield from _served(binaries, folder, owner)
    finally:
        shutil.rmtree(folder)


def _served(binaries: Path, folder: Path, owner: str | None) -> Iterator[Server]:
    password = folder / "password"
    password.write_text(PASSWORD)
    init = [binaries / "initdb", "-D", folder / "data", "-U", USER, "-A", "scram-sha-256", f"--pwfile={password}"]
    init += ["-E", "UTF8", "--locale=C", "--no-sync"]
    subprocess.run(init, check=True, capture_output=True, user=owner, cwd=folder)
    port = _free_port()
    command = [binaries / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, "-h", "127.0.0.1", *_FAST]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, user=owner, cwd=folder)
    try:
        yield _awaited(Server(port), process, folder / "log")
    finally:
        # At once: nothing in it is worth a checkpoint.
        process.send_signal(signal.SIGQUIT)
        process.wait(_START_S)


def _awaited(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    until = time.monotonic() + _START_S
    while True:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        else:
            return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
