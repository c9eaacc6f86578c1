"""The system's Chromium, without a window."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = ["--no-sandbox", "--disable-gpu"]


def missing() -> str | None:
    """Why there is none, if there is none."""
    return None if _found() else "there is no Chromium here: apt-get install chromium"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Raises LookupError where there is none."""
    found = _found()
    if found is None:
        raise LookupError(missing())
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=found, args=_OPTIONS)
        yield started
        started.close()


def _found() -> str | None:
    return next(filter(None, map(shutil.which, _NAMES)), None)
