"""A file that is replaced whole: whoever opens it finds the old one or the new one, never half of it."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A path beside `file` to write to. In the end what stands there is on the disk, and is renamed over `file`.

    After an error the old file stays, and what was written goes. A process that is killed leaves its part: `sweep`.
    """
    temporary = file.with_name(f".{file.name}.{uuid.uuid4().hex}.tmp")
    try:
        yield temporary
        _settle(temporary)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def sweep(file: Path) -> int:
    """Remove what runs that were killed left of a file, when nothing writes it; the number removed."""
    orphans = list(file.parent.glob(f".{file.name}.*.tmp*"))
    for orphan in orphans:
        orphan.unlink(missing_ok=True)
    return len(orphans)


def _settle(file: Path) -> None:
    """Wait until the file is on the disk, before it gets its name."""
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
