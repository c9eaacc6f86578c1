"""A real browser for tests: the system's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium, missing


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; skips where there is none. A module long: Playwright keeps its thread's event loop."""
    if why := missing():
        pytest.skip(why)
    with chromium() as started:
        yield started
