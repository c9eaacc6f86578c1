"""A year of nights: every verdict is the one that the simulated company deserves, figure by figure.

96 nights, half an hour on two idle cores. `KOMPAS_NIGHTS=all` runs each of the 324: two hours, as before a release.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pytest

from tests.end_to_end.oracle import year
from tests.end_to_end.oracle.judge import Verdict
from tests.end_to_end.oracle.trial import Trial, trial

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3 * 3600)]
JULY = date(2026, 7, 1)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("year")
    span = (year.FIRST_NIGHT, year.LAST_NIGHT)
    with trial(folder, year.KPIS, year.COMPANY_FROM, year.HISTORY_FROM, span) as running:
        for night in year.every_night() if os.environ.get("KOMPAS_NIGHTS") == "all" else year.nights():
            running.run(night, year.FAULTS.get(night), year.connected(night))
        yield running


def words(verdict: Verdict) -> str:
    return verdict.reason or verdict.verdict


def test_every_verdict_of_every_night_is_the_judge_s(done: Trial) -> None:
    wrong = {night: found[:10] for night, found in done.wrong.items() if found}
    assert wrong == {}


def test_the_year_has_every_verdict_and_most_reasons(done: Trial) -> None:
    assert {words(verdict) for verdict in done.verdicts} >= {
        *("on_target", "at_risk", "off_target", "guardrail"),
        *("no_target", "not_connected", "missing", "quota", "no_base", "immature", "no_value", "too_early", "too_few"),
    }


def test_traffic_that_does_not_buy_is_at_risk_though_it_is_on_target(done: Trial) -> None:
    """The quarter in which traffic rises and conversion falls."""
    traffic = done.verdict(year.LAST_NIGHT, "website_traffic", "quarter", JULY)
    assert (traffic.before_guardrail, traffic.guardrail, traffic.verdict) == ("on_target", "broken", "at_risk")


def test_a_source_that_failed_takes_the_verdict_away_and_gives_it_back(done: Trial) -> None:
    nights = [date(2026, 2, day) for day in (9, 10, 11, 12, 13)]
    found = [words(done.verdict(night, "revenue", "month", date(2026, 2, 1))) for night in nights]
    assert found[1:4] == ["missing"] * 3
    assert "missing" not in (found[0], found[4])


def test_a_target_that_changes_within_a_month_leaves_that_month_its_own(done: Trial) -> None:
    bounds = [done.verdict(year.LAST_NIGHT, "revenue", "month", date(2026, month, 1)).low for month in (8, 9, 10)]
    assert bounds == [22_000, 22_000, 28_000]


def test_restatements_change_verdicts_of_past_periods(done: Trial) -> None:
    changed = set()
    for before, after in pairwise(sorted(done.judged)):
        past = {key: v for key, v in done.judged[before].items() if not v.figure.in_progress and not v.figure.problem}
        changed |= {key for key, verdict in past.items() if verdict.verdict != done.judged[after][key].verdict}
    assert len(changed) > 10


def test_each_verdict_that_was_replaced_stands_beside_the_one_that_replaced_it(done: Trial) -> None:
    assert done.wrong_history() == []
