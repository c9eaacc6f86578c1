"""What a card says of a KPI."""

from __future__ import annotations

from pipelines.page.cards import Card
from pipelines.page.facts import Night
from pipelines.page.view import Page
from tests.page.companies import HOSTILE
from tests.page.conftest import viewed
from tests.spaces import plain


def card(page: Page, kpi: str, segment: str = "") -> Card:
    (found,) = (each for each in (*page.judged, *page.supporting) if each.key[0] == kpi and each.segment == segment)
    return found


def told(found: Card) -> dict[str, str]:
    return {fact.label: plain(fact.text) for fact in found.facts}


def test_a_sum_in_progress_says_pace_forecast_and_interval(page: Page) -> None:
    facts = told(card(page, "revenue"))
    assert facts["Tempo"] == "130,15% van wat er nu zou moeten zijn (€ 108.000,00)"
    assert facts["Prognose"] == "€ 174.732,62"
    assert facts["95%-interval"] == "€ 167.155,42 tot € 182.309,82"


def test_a_change_says_whether_it_is_better(page: Page) -> None:
    facts = told(card(page, "revenue"))
    assert facts["T.o.v. vorige periode"] == "+19,2%, beter"
    assert facts["T.o.v. een jaar eerder"] == "−4,0%, slechter"


def test_a_guardrail_is_named_with_its_state(page: Page) -> None:
    assert told(card(page, "revenue"))["Niet ten koste van"] == "Klanttevredenheidsscore (CSAT): geschonden"


def test_a_target_is_told_in_words(page: Page) -> None:
    targets = {kpi: plain(card(page, kpi).target) for kpi in ("revenue", "cpa", "email_open_rate", "roas")}
    assert targets == {
        "revenue": "minstens € 135.000,00",
        "cpa": "hoogstens € 25,00",
        "email_open_rate": "20,00% tot 30,00%",
        "roas": "geen doel",
    }


def test_the_history_of_targets_is_told(page: Page) -> None:
    assert [plain(text) for text in card(page, "revenue").targets] == [
        "vanaf 1 januari 2025: minstens € 110.000,00",
        "vanaf 1 mei 2026: minstens € 135.000,00",
    ]


def test_a_period_in_progress_says_its_day(page: Page) -> None:
    assert card(page, "revenue").period == "november 2026 (loopt, dag 26 van 30)"


def test_a_source_that_lacks_days_is_named(page: Page) -> None:
    assert (
        told(card(page, "cpa"))["Gegevens"] == "niet compleet: Files (CSV, Parquet, XLSX, JSON) (Winkel ad_performance)"
    )


def test_a_kpi_without_its_data_has_no_verdict_and_the_reason(page: Page) -> None:
    found = card(page, "cpa")
    assert (found.verdict.name, found.reason) == ("no_verdict", f"gegevens ontbreken: {HOSTILE}")


def test_a_segment_has_a_card_of_its_own(page: Page) -> None:
    assert card(page, "website_traffic", HOSTILE).verdict.name == "on_target"


def test_what_moved_the_gap_is_said(page: Page) -> None:
    assert HOSTILE in card(page, "revenue").why


def test_the_calendar_shows_the_past_year(page: Page) -> None:
    assert len(card(page, "revenue").calendar) == 13
    assert len(card(page, "website_traffic").calendar) == 52


def test_a_figure_without_a_target_is_not_judged(page: Page) -> None:
    found = card(page, "roas")
    assert (found.is_judged, found.reason, found.calendar) == (False, "", [])


def test_english_is_english(night: Night) -> None:
    found = card(viewed(night, "en"), "revenue")
    assert found.reason == "growth that does not last; target missed by Customer satisfaction score (CSAT)"
    assert (found.name, found.figure, found.target) == ("Revenue", "€140,559.00", "at least €135,000.00")
