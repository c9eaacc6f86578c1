"""Three platforms fail in one night: the others go on, and what depends on the three has no verdict, and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from sandbox.faults import Answer
from tests.conftest import HISTORY_FROM, NIGHT, FirstNight, Seen, seen, world_after
from tests.end_to_end.the_truth import kpi_differences, periods
from tests.house import House, closed_port, figure, of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
BROKEN = NIGHT + timedelta(days=1)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
FOREVER = 10_000
DOWN = Answer(503, "<html><h1>Service Unavailable</h1></html>", {"Retry-After": "0", "content-type": "text/html"})
UNAFFECTED = ("conversion_rate", "website_traffic")


@pytest.fixture(scope="module")
def house(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Shopify answers 503, nobody answers for Mailchimp, and Google Ads no longer shows one of its two accounts."""
    folder = tmp_path_factory.mktemp("broken")
    with first_night.moved(folder, world_after(BROKEN)) as house, closed_port() as port:
        house.faults.script("shopify", [DOWN] * FOREVER)
        told = house.plain()
        told["platforms"]["mailchimp"]["base_url"] = f"http://127.0.0.1:{port}"
        del told["platforms"]["google_ads"]["login_customer_id"]
        house.write(told)
        yield house


@pytest.fixture(scope="module")
def broken(house: House) -> Seen:
    return seen(house, house.kompas("run", "--date", BROKEN.isoformat()))


def november(seen: Seen, kpi: str) -> dict[str, Any]:
    (row,) = of(seen.tables["kpi.kpi_scorecard"], kpi_id=kpi, grain="month", period_start=NOVEMBER)
    return row


def test_the_command_says_so_by_its_exit_code(broken: Seen) -> None:
    assert broken.done.code != 0
    assert "did not end well" in broken.done.words


def test_the_steps_of_the_broken_platforms_failed_and_the_others_did_not(broken: Seen) -> None:
    lines = broken.done.output.splitlines()
    failed = {name for name in ("ga4", "google_ads", "meta_ads", "mailchimp", "shopify", "ecb") if f"✗ {name}" in lines}
    assert failed == {"shopify", "mailchimp", "google_ads"}


@pytest.mark.parametrize(
    "words",
    [
        "shopify Webshop",
        "mailchimp nieuwsbrief",
        "is the network up, and base_url right?",
        "google_ads Agency UK",
        "login_customer_id",
    ],
)
def test_the_output_names_account_and_remedy(broken: Seen, words: str) -> None:
    assert words in broken.done.words


@pytest.mark.parametrize(
    ("kpi", "account"),
    [
        ("revenue", "shopify Webshop"),
        ("return_rate", "shopify Webshop"),
        ("email_open_rate", "mailchimp nieuwsbrief"),
        ("cpa", "google_ads Agency UK"),
    ],
)
def test_a_kpi_that_needs_a_broken_account_has_no_verdict_and_names_it(broken: Seen, kpi: str, account: str) -> None:
    row = november(broken, kpi)
    assert (row["verdict"], row["reason_code"]) == ("no_verdict", "missing")
    assert account in row["reason"]
    assert BROKEN.isoformat() in row["reason"]


@pytest.mark.parametrize("kpi", UNAFFECTED)
def test_a_kpi_that_needs_none_of_them_is_judged(broken: Seen, kpi: str) -> None:
    assert november(broken, kpi)["verdict"] != "no_verdict"


def test_the_kpis_that_need_none_of_them_are_true(house: House, broken: Seen) -> None:
    wrong = kpi_differences(broken.tables, house.world, periods(HISTORY_FROM, BROKEN))
    assert not [difference for difference in wrong if difference.split()[0] in UNAFFECTED]


@pytest.mark.parametrize("kpi", ["revenue", "aov"])
def test_earlier_periods_stay_as_they_were_published(first_night: FirstNight, broken: Seen, kpi: str) -> None:
    before = figure(first_night.seen.tables, kpi, "month", OCTOBER)
    assert figure(broken.tables, kpi, "month", OCTOBER) == pytest.approx(before, rel=1e-12)


def test_what_was_known_of_the_newsletters_stays(first_night: FirstNight, broken: Seen) -> None:
    before, after = (of(one.tables["marts.email_campaign"], platform="mailchimp") for one in (first_night.seen, broken))
    assert before == after


@pytest.mark.parametrize("platform", ["shopify", "mailchimp"])
def test_the_lake_keeps_the_files_of_a_broken_platform(first_night: FirstNight, broken: Seen, platform: str) -> None:
    assert files_of(broken, platform) == files_of(first_night.seen, platform)


def test_the_account_that_is_still_shown_is_pulled(house: House, broken: Seen) -> None:
    assert accounts_on(house, BROKEN) == {"1112223334"}


def test_the_account_that_is_no_longer_shown_keeps_its_rows(house: House, broken: Seen) -> None:
    assert accounts_on(house, NIGHT) == {"1112223334", "5556667778"}


def files_of(seen: Seen, platform: str) -> dict[str, str]:
    return {name: digest for name, digest in seen.files.items() if name.startswith(f"{platform}/")}


def accounts_on(house: House, day: date) -> set[str]:
    table = house.lake.read("google_ads", "campaign_day", day)
    return set() if table is None else set(table["account_id"].to_pylist())
