"""Nights of a company that Kompas has just come to: no base yet, a source that fails, nights that nobody ran.

The whole year is in test_a_year_of_verdicts.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from tests.end_to_end.many_nights import DENIED
from tests.end_to_end.oracle import year
from tests.end_to_end.oracle.trial import Trial, trial

pytestmark = pytest.mark.timeout(900)
HISTORY_FROM = date(2026, 6, 1)
"""A Monday, and a look-back before the first night: no platform brings more."""
FIRST, LATER, FAILED, AGAIN = date(2026, 6, 30), date(2026, 7, 21), date(2026, 7, 22), date(2026, 7, 23)
THIS_WEEK, JULY = date(2026, 7, 20), date(2026, 7, 1)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("nights")
    with trial(folder, year.KPIS, date(2026, 5, 1), HISTORY_FROM, (FIRST, AGAIN)) as running:
        for night in (FIRST, LATER, FAILED, AGAIN):
            running.run(night, {"shopify": DENIED} if night == FAILED else None)
        yield running


@pytest.mark.parametrize("night", [FIRST, LATER, FAILED, AGAIN], ids=str)
def test_every_verdict_is_the_judge_s(done: Trial, night: date) -> None:
    assert done.wrong[night] == []


def test_the_first_quarter_tells_no_pace_of_visitors(done: Trial) -> None:
    assert done.verdict(LATER, "website_traffic", "quarter", JULY).reason == "no_profile"


def test_the_nights_that_nobody_ran_are_caught_up(done: Trial) -> None:
    assert done.verdict(LATER, "cpa", "month", JULY).figure.problem is None


def test_a_source_that_fails_takes_the_verdict_away_and_gives_it_back(done: Trial) -> None:
    found = [done.verdict(night, "revenue", "month", JULY).reason for night in (LATER, FAILED, AGAIN)]
    assert [reason == "missing" for reason in found] == [False, True, False]


def test_a_relative_target_without_the_year_before_has_no_base(done: Trial) -> None:
    assert done.verdict(AGAIN, "website_traffic", "month", JULY).reason == "no_base"


def test_each_verdict_that_was_replaced_stands_beside_the_one_that_replaced_it(done: Trial) -> None:
    assert done.wrong_history() == []
