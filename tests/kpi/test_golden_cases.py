"""The worked examples of the method, G1 to G23, the whole way: from rows of files and platforms to the verdict.

G19, G22 and G23 speak of the register and not of rows: tests/pipelines/test_lint.py and test_kpi.py have them by name.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipelines import quantity
from tests.kpi.golden_company import golden
from tests.warehouse import Warehouse, once

TESTS = Path(__file__).parents[1]
JANUARY = date(2026, 1, 1)


class Said(NamedTuple):
    """What a verdict says of a case."""

    actual: Any
    verdict: str
    reason_code: str | None


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return once(tmp_path_factory, "golden", golden)


def said(warehouse: Warehouse, kpi_id: str, brand: str, start: date = JANUARY) -> Said:
    return Said(*column(warehouse, "actual, verdict, reason_code", kpi_id, brand, start))


def column(warehouse: Warehouse, names: str, kpi_id: str, brand: str, start: date = JANUARY) -> tuple[Any, ...]:
    sql = f"""select {names} from kpi.kpi_verdicts
              where kpi_id = $kpi_id and brand = $brand and grain = 'month' and period_start = $start"""
    return warehouse.row(sql, kpi_id=kpi_id, brand=brand, start=start)


def met(value: float) -> Said:
    return Said(pytest.approx(value, rel=1e-12), "on_target", None)


def test_g1_five_purchases_of_50_visitors_are_10_per_cent(warehouse: Warehouse) -> None:
    assert said(warehouse, "conversion_rate", "g1") == met(0.10)


def test_g2_fifty_purchases_of_1000_visitors_are_5_per_cent(warehouse: Warehouse) -> None:
    assert said(warehouse, "conversion_rate", "g2") == met(0.05)


def test_g3_500_euros_for_5_customers_are_100_each(warehouse: Warehouse) -> None:
    assert said(warehouse, "cpa", "g3") == met(100)


def test_g4_1000_euros_for_20_customers_are_50_each(warehouse: Warehouse) -> None:
    assert said(warehouse, "cpa", "g4") == met(50)


def test_g5_10_returned_of_100_sold_are_10_per_cent(warehouse: Warehouse) -> None:
    assert said(warehouse, "return_rate", "g5") == met(0.10)


def test_g6_500_euros_of_profit_per_customer_is_a_lifetime_value_of_500(warehouse: Warehouse) -> None:
    assert said(warehouse, "clv", "g6") == met(500)


def test_g7_2000_visitors_of_a_month(warehouse: Warehouse) -> None:
    assert said(warehouse, "website_traffic", "g7") == met(2000)


def test_g8_5000_unique_visitors_of_a_month_are_no_sum_of_days(warehouse: Warehouse) -> None:
    assert said(warehouse, "website_traffic", "g8") == met(5000)
    days = """select sum(value) from kpi.kpi_unique_measures
              where brand = 'g8' and country = 'all' and grain = 'day' and month(day) = 1"""
    assert warehouse.row(days) == (31_000,)


def test_g9_position_1_meets_a_first_place(warehouse: Warehouse) -> None:
    assert said(warehouse, "search_position", "g9") == met(1)


def test_g10_the_first_page_is_10_or_better(warehouse: Warehouse) -> None:
    assert said(warehouse, "search_position", "g10") == met(6.5)


def test_g11_500_likes_are_500(warehouse: Warehouse) -> None:
    assert said(warehouse, "social_engagement", "g11") == met(500)


def test_g12_100_likes_and_20_shares_are_120(warehouse: Warehouse) -> None:
    assert said(warehouse, "social_engagement", "g12") == met(120)


def test_g13_300_opens_of_1000_mails_are_30_per_cent(warehouse: Warehouse) -> None:
    assert said(warehouse, "email_open_rate", "g13") == met(0.30)


def test_g14_20_per_cent_equals_the_benchmark(warehouse: Warehouse) -> None:
    assert said(warehouse, "email_open_rate", "g14") == met(0.20)


def test_g15_a_mean_of_8_meets_8_or_higher(warehouse: Warehouse) -> None:
    assert said(warehouse, "csat", "g15") == met(8.0)


def test_g16_6_weeks_are_42_days(warehouse: Warehouse) -> None:
    assert said(warehouse, "lead_time", "g16") == met(42)
    assert column(warehouse, "target", "lead_time", "g16") == (42,)


@pytest.mark.parametrize(
    ("brand", "won", "days"), [("g17_short", date(2026, 3, 1), 59), ("g17_long", date(2025, 9, 1), 62)]
)
def test_g17_2_months_are_as_many_days_as_the_calendar_has(
    warehouse: Warehouse, brand: str, won: date, days: int
) -> None:
    assert said(warehouse, "lead_time", brand, won).actual == days


def test_g17_2_months_are_not_silently_60_days() -> None:
    with pytest.raises(ValueError, match="no number with a unit"):
        quantity.parse("2 maanden")


def test_g18_a_fifth_more_than_last_year_is_met_by_it(warehouse: Warehouse) -> None:
    assert said(warehouse, "revenue", "g18") == met(1200)
    assert column(warehouse, "target, target_base, target_text", "revenue", "g18") == (1200, 1000, "+20 %")


def test_g18_a_tenth_more_than_last_year_misses_it(warehouse: Warehouse) -> None:
    assert said(warehouse, "revenue", "g18_missed") == Said(1100, "off_target", None)


def test_g18_without_a_last_year_there_is_no_target_to_judge_by(warehouse: Warehouse) -> None:
    assert said(warehouse, "revenue", "g18_new") == Said(1200, "no_verdict", "no_base")


def test_g20_revenue_up_while_satisfaction_is_under_its_target_does_not_last(warehouse: Warehouse) -> None:
    assert said(warehouse, "revenue", "g20") == Said(1200, "at_risk", "guardrail")
    assert said(warehouse, "csat", "g20").verdict == "off_target"
    state, rail, words = column(warehouse, "guardrail_state, guardrail_kpi_id, reason", "revenue", "g20")
    assert (state, rail) == ("broken", "csat")
    assert "groei niet duurzaam" in words.lower()


def test_g20_revenue_up_with_satisfied_customers_is_on_target(warehouse: Warehouse) -> None:
    assert said(warehouse, "revenue", "g20_lasting") == met(1200)
    assert column(warehouse, "guardrail_state", "revenue", "g20_lasting") == ("holds",)


def test_g21_traffic_up_while_conversion_falls_is_never_plain_green(warehouse: Warehouse) -> None:
    assert said(warehouse, "website_traffic", "g21") == Said(20_000, "at_risk", "guardrail")
    names = "guardrail_kpi_id, verdict_before_guardrail, trend"
    assert column(warehouse, names, "website_traffic", "g21") == ("conversion_rate", "on_target", "better")


def test_g21_traffic_up_at_the_same_conversion_is_green(warehouse: Warehouse) -> None:
    assert said(warehouse, "website_traffic", "g21_lasting") == met(20_000)


@pytest.mark.parametrize("number", range(1, 24))
def test_each_golden_case_has_a_test_by_its_name(number: int) -> None:
    named = re.compile(rf"def test_g{number}_")
    assert any(named.search(file.read_text(encoding="utf-8")) for file in TESTS.rglob("test_*.py"))
