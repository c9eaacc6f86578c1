"""Vendors' Python packages that cannot be installed beside others, kept in KOMPAS_VENDOR_CACHE.

Code generators call every vendor's package `openapi_client`: Klaviyo's and Microsoft's would overwrite each other. Such
a package lies in a folder of its own, and can be imported while a test needs it.
"""

from __future__ import annotations

import functools
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from filelock import FileLock

from tests.contract.vendor_files import cache

_PIP_S = 300


def from_pypi(*requirements: str) -> Path:
    """A folder with packages `name==version` alone. Skips the test with a reason when they cannot be fetched."""
    folder = cache() / requirements[0].replace("==", "-")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{folder}.lock"):
        why_not = "" if folder.exists() else _install(requirements, folder)
    if why_not:
        pytest.skip(f"{requirements[0]} cannot be fetched: {why_not}")
    return folder


@functools.cache
def _install(requirements: tuple[str, ...], folder: Path) -> str:
    """Why it did not come, empty when it did. A failure is remembered: the next test need not wait for it again."""
    if importlib.util.find_spec("pip") is None:
        return "pip is not installed"
    half = folder.with_suffix(".half")
    words = ["install", "--quiet", "--no-deps", "--no-compile", "--upgrade", "--target", str(half), *requirements]
    try:
        done = subprocess.run([sys.executable, "-m", "pip", *words], check=False, capture_output=True, timeout=_PIP_S)
    except subprocess.TimeoutExpired:
        return f"pip took longer than {_PIP_S} s"
    if done.returncode:
        return f"pip failed: {done.stderr.decode(errors='replace').strip()[-200:]}"
    half.rename(folder)
    return ""


@contextmanager
def importable(folder: Path, *packages: str) -> Iterator[None]:
    """The named packages come from a folder, whatever else is called like them; afterwards all is as it was."""
    before = _taken(packages)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        _taken(packages)
        sys.modules.update(before)


def _taken(packages: tuple[str, ...]) -> dict[str, ModuleType]:
    """The modules of the packages, which are imported anew from here on."""
    names = [name for name in sys.modules if name.split(".")[0] in packages]
    return {name: sys.modules.pop(name) for name in names}
