"""The scorecard page in a real browser: what people who look at it, print it, or have it read to them get."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.visit import DESKTOP, PHONE, Visit, visit
from tests.page.companies import HOSTILE, WRITERS

LARGEST = 1_000_000


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=pytest.mark.slow) if name == "many" else name for name in WRITERS],
)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of each company: of one with everything, one on its first night, one without KPIs, one with many."""
    return WRITERS[request.param](tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="module")
def shop_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return WRITERS["shop"](tmp_path_factory.mktemp("looked_at"))


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


def test_it_says_the_same_without_javascript(browser: Browser, page: Path) -> None:
    told = []
    for allowed in (True, False):
        with visit(browser, page, java_script_enabled=allowed) as seen:
            told.append(seen.page.inner_text("body"))
    assert told[0] == told[1]


def test_everything_can_be_reached_by_keyboard(browser: Browser, shop_page: Path) -> None:
    with visit(browser, shop_page) as seen:
        places = seen.page.locator(":is(a, summary, [tabindex='0']):visible").count()
        reached = [_focused(seen) for _ in range(places)]
        assert reached[0] == "#kpis"
        assert len(set(reached)) == len(reached)
        assert [what for what in reached if what.endswith("hidden")] == []


def _focused(seen: Visit) -> str:
    """Press Tab, and say what has the focus now: where it stands, and whether it can be seen."""
    seen.page.keyboard.press("Tab")
    return str(
        seen.page.evaluate("""() => {
            const at = document.activeElement, box = at.getBoundingClientRect()
            const outline = getComputedStyle(at).outlineStyle
            const all = [...document.querySelectorAll('*')]
            const where = at.getAttribute('href') === '#kpis' ? '#kpis' : all.indexOf(at)
            return `${where}${box.width && outline !== 'none' ? '' : ' hidden'}`
        }""")
    )


def test_enter_opens_what_is_folded_away(browser: Browser, shop_page: Path) -> None:
    with visit(browser, shop_page) as seen:
        seen.page.locator("summary").first.focus()
        seen.page.keyboard.press("Enter")
        assert seen.page.locator("details[open] table").first.is_visible()


def test_a_hostile_name_does_nothing(browser: Browser, shop_page: Path) -> None:
    with visit(browser, shop_page) as seen:
        assert HOSTILE in seen.page.inner_text("body")
        assert seen.page.locator("script").count() == 0


def test_cards_do_not_break_on_paper(browser: Browser, shop_page: Path) -> None:
    with visit(browser, shop_page) as seen:
        seen.page.emulate_media(media="print")
        inside = seen.page.locator(".card").first.evaluate("each => getComputedStyle(each).breakInside")
        folded = seen.page.locator("details").first.is_visible()
        assert (inside, folded) == ("avoid", False)
