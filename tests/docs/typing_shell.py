"""A shell in which the pages' commands are typed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.docs.tables import REPOSITORY
from tests.house import environment


def session(folder: Path, script: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run lines in bash until one fails. `kompas` is that of this repository, whatever else is installed."""
    path = f"{commands_in(folder.parent)}:{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-c", f"set -euo pipefail\n{before}{script}"],
        cwd=folder,
        env=environment() | {"PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def commands_in(folder: Path) -> Path:
    """A folder with the command `kompas`, for PATH."""
    command = folder / "kompas-command" / "kompas"
    command.parent.mkdir(exist_ok=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -m pipelines.cli "$@"\n')
    command.chmod(0o755)
    return command.parent
