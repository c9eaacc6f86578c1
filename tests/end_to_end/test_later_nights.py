"""The nights after the first: what changed since is restated, what was not pulled is caught up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from tests.conftest import HISTORY_FROM, NIGHT, FirstNight, Seen, morning_after, seen, world_after
from tests.end_to_end.the_truth import Period, kpi_differences, measure_differences, periods
from tests.house import House, figure

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
SKIPPED = NIGHT + timedelta(days=1)
LATER = NIGHT + timedelta(days=2)
PERIODS = periods(HISTORY_FROM, LATER)
JUNE = Period("month", date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture(scope="module")
def house(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with first_night.moved(tmp_path_factory.mktemp("later"), world_after(LATER)) as house:
        yield house


@pytest.fixture(scope="module")
def later(house: House) -> Seen:
    """Two days on; nobody ran the night in between."""
    house.world.now = morning_after(LATER)
    done = house.kompas("run", "--date", LATER.isoformat())
    assert done.code == 0, done.output
    return seen(house, done)


@pytest.fixture(scope="module")
def filled(house: House, later: Seen) -> Seen:
    """After the month before the history was pulled in one go."""
    done = house.kompas("backfill", "2026-06-01", "2026-06-30")
    assert done.code == 0, done.output
    return seen(house, done)


def test_every_kpi_is_true_again(house: House, later: Seen) -> None:
    assert kpi_differences(later.tables, house.world, PERIODS) == []


def test_every_measure_is_true_again(house: House, later: Seen) -> None:
    assert measure_differences(later.tables, house.world, PERIODS) == []


def test_late_conversions_are_noted_as_restatements(house: House, later: Seen) -> None:
    noted = {
        row["connector"]
        for row in house.ledger("restatements")
        if row["run_day"] == LATER and row["day"] <= NIGHT and row["measure"].startswith(("conversion", "purchase"))
    }
    assert {"google_ads", "meta_ads"} <= noted


def test_late_returns_change_the_months_that_they_belong_to(first_night: FirstNight, later: Seen) -> None:
    october = ("return_rate", "month", date(2026, 10, 1))
    before, after = figure(first_night.seen.tables, *october), figure(later.tables, *october)
    assert before is not None
    assert after is not None
    assert after > before


def test_the_night_that_was_skipped_is_caught_up(house: House, later: Seen) -> None:
    caught_up = {row["connector"] for row in house.ledger("loads") if row["day"] == SKIPPED and row["complete"]}
    # Google finishes a day two days later.
    assert caught_up == set(house.plain()["platforms"]) - {"search_console"}


def test_earlier_verdicts_stay_as_they_were_known_then(house: House, later: Seen) -> None:
    assert {row["run_day"] for row in house.ledger("verdicts")} >= {NIGHT, LATER}


def test_a_back_fill_makes_an_older_month_whole_and_true(house: House, filled: Seen) -> None:
    assert kpi_differences(filled.tables, house.world, [JUNE], JUNE.start) == []


def test_a_back_fill_leaves_the_newer_periods_as_they_are(house: House, filled: Seen) -> None:
    assert kpi_differences(filled.tables, house.world, PERIODS, JUNE.start) == []


def test_a_back_fill_shows_the_newest_night_and_not_an_old_one(filled: Seen) -> None:
    assert max(filled.tables["kpi.kpi_scorecard"]["through_day"].to_pylist()) == LATER


def test_a_back_fill_of_a_month_is_one_run(house: House, filled: Seen) -> None:
    # Files are read whole by every night, whatever its days.
    loads = [row for row in house.ledger("loads") if row["connector"] != "files"]
    runs = {row["run_id"] for row in loads if row["day"] == date(2026, 6, 1)}
    assert len(runs) == 1
