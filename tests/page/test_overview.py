"""The top of the page, the channels, and the sources."""

from __future__ import annotations

from pathlib import Path

from pipelines.page.view import Page
from tests.page import companies
from tests.page.conftest import of
from tests.spaces import plain


def test_the_page_begins_with_one_sentence(page: Page) -> None:
    assert page.summary == "3 van 6 KPI’s op koers"
    assert {count.verdict.name: count.count for count in page.counts} == {
        "on_target": 3,
        "at_risk": 1,
        "off_target": 1,
        "no_verdict": 1,
    }


def test_what_changed_since_the_night_before_is_told(page: Page) -> None:
    told = [
        (change.name, change.before.name, change.now.name) for change in page.changes if change.before and change.now
    ]
    assert told == [
        ("Omzet", "on_target", "at_risk"),
        ("Klanttevredenheidsscore (CSAT)", "on_target", "off_target"),
        ("Kosten per acquisitie (CPA)", "on_target", "no_verdict"),
        ("Omzet", "at_risk", "on_target"),
    ]


def test_a_revised_verdict_says_so(page: Page) -> None:
    revised = page.changes[-1]
    assert (revised.when, revised.note) == ("oktober 2026", "herzien door nieuwere gegevens")


def test_several_revisions_of_a_kpi_are_one_line(tmp_path: Path) -> None:
    shop = companies.shop(tmp_path, revised=3)
    assert [change.when for change in of(shop).changes if change.note] == ["3 eerdere perioden"]


def test_objectives_come_with_their_kpis_and_those_without_one_last(page: Page) -> None:
    assert [(each.name, [card.key[0] for card in each.cards]) for each in page.objectives] == [
        ("Omzet laten groeien", ["revenue"]),
        ("Klanten behouden", ["csat", "email_open_rate"]),
        ("Winstgevend groeien", ["cpa"]),
        ("Zonder doelstelling", ["website_traffic", "website_traffic"]),
    ]


def test_channels_are_those_of_the_last_whole_month(page: Page) -> None:
    assert page.channels is not None
    assert page.channels.about.startswith("Oktober 2026 naast september 2026. Aankopen en omzet zoals Google Analytics")
    search = dict(page.channels.lines)["Paid Search"]
    assert [plain(cell.figure) for cell in search] == ["900", "€ 310,00", "31", "€ 3.300,00", "€ 10,00", "10,65"]


def test_a_channel_of_which_nothing_is_known_is_left_out(page: Page) -> None:
    assert page.channels is not None
    assert "Referral" not in dict(page.channels.lines)


def test_a_channel_without_cost_has_neither_cpa_nor_roas(page: Page) -> None:
    assert page.channels is not None
    assert [cell.figure for cell in dict(page.channels.lines)["Direct"]][-2:] == ["–", "–"]


def test_each_account_says_through_which_day_it_is_complete(page: Page) -> None:
    told = {origin.account: (origin.through, origin.is_whole) for origin in page.origins}
    assert told["Winkel orders"] == ("26 nov 2026", True)
    assert told["Winkel ad_performance"] == ("24 nov 2026", False)


def test_on_the_first_night_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    page = of(companies.first_night(tmp_path))
    assert (page.night_before, page.changes) == ("", [])


def test_a_company_without_kpis_has_a_page(tmp_path: Path) -> None:
    page = of(companies.without_kpis(tmp_path))
    assert (page.summary, page.counts, page.judged) == ("Nog geen KPI’s om te beoordelen", [], [])


def test_a_company_without_targets_shows_its_figures(tmp_path: Path) -> None:
    page = of(companies.without_targets(tmp_path))
    assert (page.judged, [card.figure for card in page.supporting]) == ([], ["3,00"])
