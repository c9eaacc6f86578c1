"""A person opens the Dagster UI after a bad night, and finds the cause in two clicks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.bad_nights import BROKEN, FAULTY, bad_nights
from tests.browser.dagster_ui import SIZE, Ui, served, settled

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def ui(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ui]:
    folder = tmp_path_factory.mktemp("bad_nights")
    with bad_nights(folder) as (house, _), served(house.file, house.settings.dagster_home, folder / "log") as made:
        yield made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    made = browser.new_page(viewport=SIZE)
    yield made
    made.close()


def two_clicks(page: Page, ui: Ui, run_id: str, step: str) -> str:
    """What the page says after a click on the run in the list of runs, and one on the step that failed."""
    ui.open(page, "/runs")
    page.get_by_role("link", name=run_id[:8]).first.click()
    settled(page)
    page.get_by_text(step, exact=True).last.click()
    settled(page)
    return " ".join(page.inner_text("body").split())


def test_the_list_of_runs_names_the_platforms_that_failed(ui: Ui, page: Page) -> None:
    ui.open(page, "/runs")
    assert "kompas/failed: google_ads, mailchimp, shopify" in page.inner_text("body")


@pytest.mark.parametrize(
    ("step", "cause"),
    [
        ("mailchimp", "mailchimp nieuwsbrief campaign_report, list_activity: "),
        ("shopify", "shopify Webshop customers, order_lines, orders, refunds: HTTP 503"),
        ("google_ads", "needs login_customer_id"),
    ],
)
def test_the_cause_of_a_failed_pull_is_two_clicks_away(ui: Ui, page: Page, step: str, cause: str) -> None:
    assert cause in two_clicks(page, ui, ui.run("ingest", BROKEN.isoformat()), step)


def test_a_fault_that_dbt_found_is_two_clicks_away(ui: Ui, page: Page) -> None:
    told = two_clicks(page, ui, ui.run("build", FAULTY.isoformat()), "dbt_build")
    assert "Every staging table of Google Ads has a row per key" in told
    assert "Nothing is published" in told


def test_a_kpi_that_misses_its_target_says_so_on_its_check(ui: Ui, page: Page) -> None:
    ui.open(page, "/assets/warehouse/kpi/kpi_scorecard?view=checks&checkDetail=website_traffic")
    assert "off_target" in page.inner_text("body")
