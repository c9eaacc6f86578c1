"""The scorecard page in a real browser: what people who look at it, print it, or have it read to them get."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.visit import DESKTOP, PHONE, visit
from tests.page.companies import WRITERS

LARGEST = 1_000_000


@pytest.fixture(scope="module", params=WRITERS)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of each company: of one with everything, one on its first night, one without KPIs, one with many."""
    return WRITERS[request.param](tmp_path_factory.mktemp(request.param))


def test_it_is_under_a_megabyte(page: Path) -> None:
    assert page.stat().st_size < LARGEST


def test_it_asks_nothing_of_the_outside_and_complains_of_nothing(browser: Browser, page: Path) -> None:
    for file in (page, page.with_name("index.html")):
        with visit(browser, file) as seen:
            assert (seen.requests, seen.complaints) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_to_mend(browser: Browser, page: Path, scheme: str) -> None:
    for file in (page, page.with_name("index.html")):
        with visit(browser, file, color_scheme=scheme) as seen:
            seen.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            found = Axe().run(seen.page)
            assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_it_never_scrolls_sideways(browser: Browser, page: Path, size: dict[str, int]) -> None:
    for file in (page, page.with_name("index.html")):
        with visit(browser, file, size) as seen:
            seen.page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert seen.page.evaluate("document.documentElement.scrollWidth") == size["width"]


def test_it_prints(browser: Browser, page: Path) -> None:
    with visit(browser, page) as seen:
        assert seen.page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")
