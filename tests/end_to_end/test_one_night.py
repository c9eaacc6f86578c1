"""One night, as a user runs it, and what can be done with it: every figure is the company's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.conftest import HISTORY_FROM, NIGHT, FirstNight, Seen, seen, world_after
from tests.end_to_end.the_truth import ALL, KPIS, days, kpi_differences, measure_differences, periods
from tests.house import House, differing, of, rows

# More than others have: it begins first, and the first night is there when they want it (tests/conftest.py).
pytestmark = pytest.mark.timeout(1200)
PERIODS = periods(HISTORY_FROM, NIGHT)
TODAY = {"grain": "day", "period_start": NIGHT, **ALL}
_READER = """
import duckdb, sys
connection = duckdb.connect(sys.argv[1], read_only=True)
newest = "select count(*), max(loaded_at) from marts.data_quality"
print(connection.execute(newest).fetchone(), flush=True)
for line in sys.stdin:
    print(connection.execute(newest).fetchone(), flush=True)
"""


class Reader:
    """A BI tool in a process of its own, with the published warehouse open."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.first = self._line()

    def ask(self) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def reading(warehouse: Path) -> Iterator[Reader]:
    command = [sys.executable, "-c", _READER, str(warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Reader(process)
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture(scope="module")
def house(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with first_night.moved(tmp_path_factory.mktemp("one_night"), world_after(NIGHT)) as house:
        yield house


@pytest.fixture(scope="module")
def first(first_night: FirstNight) -> Seen:
    return first_night.seen


@pytest.fixture(scope="module")
def answers(house: House, first: Seen) -> dict[str, str]:
    """What a reader is told who opened the warehouse before the second run, and one who opened it after."""
    warehouse = house.settings.warehouse
    with reading(warehouse) as early:
        done = house.kompas("run", "--date", NIGHT.isoformat())
        told = {"output": done.output, "code": str(done.code), "before": early.first, "after": early.ask()}
    with reading(warehouse) as late:
        return told | {"reopened": late.first}


@pytest.fixture(scope="module")
def again(house: House, first: Seen, answers: dict[str, str]) -> Seen:
    """The house after a second run of the same night."""
    assert answers["code"] == "0", answers["output"]
    return seen(house, first.done)


@pytest.fixture(scope="module")
def rebuilt(house: House, again: Seen) -> Seen:
    """The house after its warehouse was lost and made anew."""
    settings = house.settings
    settings.warehouse.unlink()
    settings.build_file.unlink()
    done = house.kompas("rebuild")
    assert done.code == 0, done.output
    return seen(house, done)


def test_weeks_months_and_quarters_are_whole_or_in_progress() -> None:
    assert {(period.grain, period.through == NIGHT) for period in PERIODS} == {
        *((grain, whole) for grain in ("week", "month", "quarter") for whole in (True, False))
    }


def test_every_kpi_of_every_period_is_true(house: House, first: Seen) -> None:
    assert kpi_differences(first.tables, house.world, PERIODS) == []


def test_every_measure_of_every_period_is_true(house: House, first: Seen) -> None:
    assert measure_differences(first.tables, house.world, PERIODS) == []


def test_what_each_customer_brought_adds_up_to_the_lifetime_value(first: Seen) -> None:
    """Python tells customer by customer what SQL tells of all of them."""
    won = of(first.tables["marts.customer_value"], is_first_order_known=True)
    (profit,) = of(first.tables["kpi.kpi_period_measures"], measure="customer_profit", **TODAY)
    (customers,) = of(first.tables["kpi.kpi_period_measures"], measure="customers_acquired", **TODAY)
    assert customers["value"] == len(won) > 500
    assert profit["value"] == pytest.approx(float(sum(row["gross_profit_eur"] for row in won)), rel=1e-9)


def test_four_months_are_too_few_for_a_model_of_customers(first: Seen) -> None:
    assert {fit["reason"] for fit in first.tables["marts.clv_fit"].to_pylist()} == {"too_short_history"}


def test_every_measure_of_every_recent_day_is_true(house: House, first: Seen) -> None:
    recent = list(days(NIGHT - timedelta(days=13), NIGHT))
    assert measure_differences(first.tables, house.world, recent) == []


def test_a_period_that_began_before_the_history_is_not_whole(first: Seen) -> None:
    straddling = of(first.tables["kpi.kpi_values"], grain="week", period_start=date(2026, 6, 29), brand="all")
    # Unique visitors are an exception: Google counts them from the start of the week, wherever our history starts. A
    # lifetime value is another: it is of all days until then, whichever period they are in.
    missing = {row["kpi_id"] for row in straddling if row["problem_code"] == "missing"}
    assert missing == {*KPIS} - {"website_traffic", "clv"}


def test_the_scorecard_is_shown_at_the_end(first: Seen) -> None:
    assert all(words in first.done.words for words in ("Duurzame Mode", "op koers", "Warehouse", "Dagster UI"))


def test_the_night_s_page_is_named_at_the_end(first_night: FirstNight, first: Seen) -> None:
    page = first_night.data / "scorecards" / f"{NIGHT}.html"
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert f"scorecards/{NIGHT}.html" in first.done.output.replace("\n", "")


def test_every_kpi_stands_on_the_scorecard(first: Seen) -> None:
    assert set(first.tables["kpi.kpi_scorecard"]["kpi_id"].to_pylist()) == set(KPIS)


def test_every_account_is_complete_for_every_day(first: Seen) -> None:
    lacking = of(first.tables["marts.data_quality"], is_complete=False)
    # Google finishes a day two days later.
    assert {(row["platform"], NIGHT - row["day"]) for row in lacking} == {
        ("search_console", timedelta(days=0)),
        ("search_console", timedelta(days=1)),
    }


def test_no_address_of_a_person_is_in_the_lake(first_night: FirstNight, first: Seen) -> None:
    found = rows(first_night.lake, first.files)
    assert not [name for name, told in found.items() if any("@" in row for row in told)]


def test_the_verdicts_of_the_night_are_kept_in_the_lake(house: House, first: Seen) -> None:
    kept = {(row["kpi_id"], row["grain"], row["period_start"]) for row in house.ledger("verdicts")}
    judged = first.tables["kpi.kpi_verdicts"].to_pylist()
    assert kept == {(row["kpi_id"], row["grain"], row["period_start"]) for row in judged}


def test_a_reader_keeps_the_old_warehouse_while_the_night_runs(answers: dict[str, str]) -> None:
    assert answers["before"] == answers["after"] != ""


def test_a_reader_who_opens_it_anew_sees_the_new_one(answers: dict[str, str]) -> None:
    assert answers["reopened"] not in ("", answers["before"])


def test_the_same_night_again_publishes_the_same(first: Seen, again: Seen) -> None:
    assert differing(first.tables, again.tables) == []


def test_the_same_night_again_leaves_the_same_rows_in_the_lake(
    house: House, first_night: FirstNight, again: Seen
) -> None:
    before = first_night.seen.files
    assert again.files.keys() == before.keys()
    written = [name for name, digest in again.files.items() if digest != before[name]]
    assert rows(Path(house.settings.lake_url), written) == rows(first_night.lake, written)


def test_the_same_night_again_restates_nothing(house: House, again: Seen) -> None:
    assert house.ledger("restatements") == []


def test_a_lost_warehouse_is_rebuilt_from_the_lake(first: Seen, rebuilt: Seen) -> None:
    assert differing(first.tables, rebuilt.tables) == []


def test_a_rebuild_asks_the_platforms_for_nothing(again: Seen, rebuilt: Seen) -> None:
    assert rebuilt.files == again.files
