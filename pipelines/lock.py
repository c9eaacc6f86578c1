"""Two runs that write the same days would mix them: the second is told so, and does nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from connectors.errors import ConfigurationError


class BusyError(ConfigurationError):
    """Another process is at it."""


@contextmanager
def hold(state: Path, name: str) -> Iterator[None]:
    """Hold the lock of a name on this machine. Raises BusyError at once when another process has it.

    The operating system lets go of the lock when its process ends, however it ends.
    """
    folder = state / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError(
            f"another run of {name} is under way", hint="wait until it has ended, or stop it in the Dagster UI"
        ) from None
    try:
        yield
    finally:
        lock.release()
