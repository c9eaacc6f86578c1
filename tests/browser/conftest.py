"""A real browser for tests: the system's Chromium, driven by Playwright."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import chromium, missing


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window. Skips where there is none."""
    if why := missing():
        pytest.skip(why)
    with chromium() as started:
        yield started
