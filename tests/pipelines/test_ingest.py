"""One platform's part of a night: windows, whole days, ledgers, and failures that stay where they are."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.errors import AuthorisationError, QuotaError
from connectors.load import SAMPLED, Load
from connectors.stream import Window
from pipelines import ledger
from pipelines.ingest import StreamResult, pull_night, window_of
from pipelines.lake import Lake
from pipelines.ledger import Reached
from tests.pipelines.acme import ORDERS, SPEND, Acme, Source, daily, night

D = date(2026, 11, 20)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.at(str(tmp_path / "lake"))


def pull(connector: Acme, lake: Lake, *streams: Any, last: date = D, first: date | None = None) -> StreamResult:
    (result,) = pull_night(connector, streams, night(last, first), lake)
    return result


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    found = lake.table(table)
    return found.to_pylist() if found else []


def spend(lake: Lake, day: date = D) -> dict[str, int]:
    table = lake.read("acme", "spend", day)
    return {row["account_id"]: row["spend"] for row in table.to_pylist()} if table else {}


def days_back(count: int) -> date:
    return D - timedelta(days=count)


def through(count: int) -> Reached:
    """Nothing is missing until so many days ago."""
    return Reached(days_back(count), None)


def test_a_new_account_brings_its_history(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(7)), lake, SPEND)
    assert lake.days("acme", "spend") == Window(days_back(4), D).days


def test_the_next_night_pulls_the_look_back() -> None:
    window = window_of(Acme(["a"]), SPEND, night(D), through(1))
    assert window == Window(days_back(2), D)


def test_after_nights_without_a_run_the_window_starts_where_the_first_of_them_would_have_started() -> None:
    first_of_them = window_of(Acme(["a"]), SPEND, night(days_back(8)), through(9))
    assert window_of(Acme(["a"]), SPEND, night(D), through(9)) == Window(first_of_them.start, D)
    assert first_of_them.start == days_back(10)


def test_after_nights_that_failed_the_window_reaches_back_to_the_first_day_that_is_not_complete() -> None:
    failed = Reached(days_back(1), days_back(8))
    assert window_of(Acme(["a"]), SPEND, night(D), failed) == Window(days_back(8), D)


def test_a_first_pull_starts_as_much_earlier_as_the_stream_needs() -> None:
    leading = replace(SPEND, lead_days=7)
    assert window_of(Acme(["a"]), leading, night(D), None) == Window(days_back(11), D)
    assert window_of(Acme(["a"]), leading, night(D, days_back(30)), through(0)) == Window(days_back(37), D)
    assert window_of(Acme(["a"]), leading, night(D), through(1)) == Window(days_back(2), D)


def test_a_hole_in_the_history_is_pulled_again_the_next_night(lake: Lake) -> None:
    def first_slice_fails(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        if window.start == days_back(4):
            raise QuotaError("too fast")
        return daily(7)(account, window, load)

    pull(Acme(["a"], spend=first_slice_fails), lake, SPEND)
    pull(Acme(["a"], spend=daily(7)), lake, SPEND, last=D + timedelta(days=1))
    assert lake.days("acme", "spend") == Window(days_back(4), D + timedelta(days=1)).days


def test_a_back_fill_pulls_the_days_asked_for() -> None:
    window = window_of(Acme(["a"]), SPEND, night(D, days_back(30)), through(0))
    assert window == Window(days_back(30), D)


def test_an_entity_window_overlaps_the_night_before() -> None:
    assert window_of(Acme(["a"]), ORDERS, night(D), through(1)) == Window(days_back(1), D)


def test_a_restated_day_is_replaced_and_its_change_kept(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(7)), lake, SPEND)
    result = pull(Acme(["a"], spend=daily(9)), lake, SPEND)
    assert spend(lake) == {"a": 9}
    assert result.restated == 3
    assert {(row["day"], row["old_value"], row["new_value"]) for row in rows(lake, "restatements")} == {
        (day, 7.0, 9.0) for day in Window(days_back(2), D).days
    }


def test_the_same_answer_restates_nothing(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(7)), lake, SPEND)
    assert pull(Acme(["a"], spend=daily(7)), lake, SPEND).restated == 0


def test_the_first_load_of_another_account_restates_nothing(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(7)), lake, SPEND)
    assert pull(Acme(["a", "b"], spend=daily(7)), lake, SPEND).restated == 0
    assert spend(lake) == {"a": 7, "b": 7}


def test_an_empty_day_that_gets_rows_is_restated(lake: Lake) -> None:
    pull(Acme(["a"], spend=lambda account, window, load: []), lake, SPEND)
    pull(Acme(["a"], spend=daily(9)), lake, SPEND)
    assert {(row["old_value"], row["new_value"]) for row in rows(lake, "restatements")} == {(0.0, 9.0)}


def test_a_failed_account_keeps_its_old_rows(lake: Lake) -> None:
    pull(Acme(["a", "b"], spend=daily(7)), lake, SPEND)

    def b_fails(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        if account.id == "b":
            raise AuthorisationError("the token was revoked", hint="connect it again")
        return daily(9)(account, window, load)

    result = pull(Acme(["a", "b"], spend=b_fails), lake, SPEND)
    assert spend(lake) == {"a": 9, "b": 7}
    assert {str(error) for error in result.errors} == {"acme b spend: the token was revoked (connect it again)"}


def test_a_failure_stands_in_the_ledger_with_its_reason(lake: Lake) -> None:
    def fails(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        raise QuotaError("no tokens left today", retry_after=3600)

    pull(Acme(["a"], spend=fails), lake, SPEND)
    assert {(row["complete"], row["reason"], row["action"]) for row in rows(lake, "loads")} == {
        (False, "no tokens left today", "defer")
    }


def test_a_failed_slice_costs_its_own_days_only(lake: Lake) -> None:
    def first_slice_fails(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        if window.start == days_back(4):
            raise QuotaError("too fast")
        return daily(7)(account, window, load)

    pull(Acme(["a"], spend=first_slice_fails), lake, SPEND)
    assert lake.days("acme", "spend") == Window(days_back(2), D).days
    assert {row["day"]: row["complete"] for row in rows(lake, "loads")} == {
        days_back(4): False,
        days_back(3): False,
        days_back(2): True,
        days_back(1): True,
        D: True,
    }


def test_a_bug_in_one_stream_does_not_stop_the_other(lake: Lake) -> None:
    def bug(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        raise ZeroDivisionError("oops")

    connector = Acme(["a"], spend=daily(7), orders=bug)
    results = {result.stream.name: result for result in pull_night(connector, (SPEND, ORDERS), night(D), lake)}
    assert results["spend"].complete
    assert "this is a bug of Kompas" in str(results["orders"].errors[0])


def test_a_day_without_rows_is_complete_and_empty(lake: Lake) -> None:
    pull(Acme(["a"], spend=lambda account, window, load: []), lake, SPEND)
    table = lake.read("acme", "spend", D)
    assert table is not None
    assert table.num_rows == 0
    assert all(row["complete"] for row in rows(lake, "loads"))


def test_days_that_were_not_asked_for_are_refused(lake: Lake) -> None:
    outside = [{"date": D + timedelta(days=1), "spend": 1}]
    result = pull(Acme(["a"], spend=lambda account, window, load: outside), lake, SPEND)
    assert "though" in str(result.errors[0])
    assert lake.days("acme", "spend") == []


def test_flags_stand_in_the_ledger(lake: Lake) -> None:
    def sampled(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        load.flag(SAMPLED)
        return daily(7)(account, window, load)

    pull(Acme(["a"], spend=sampled), lake, SPEND)
    assert {row["flags"] for row in rows(lake, "loads")} == {"sampled"}


def in_zone(name: str) -> Source:
    """The same spend on every day, from a platform that tells the account's time zone."""

    def told(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        load.note(time_zone=name)
        return daily(7)(account, window, load)

    return told


def flags_by_age(connector: Acme, lake: Lake, zone: str) -> dict[int, str]:
    """The flags of the newest days, by how many days before today, where the account is."""
    today = datetime.now(ZoneInfo(zone)).date()
    pull(connector, lake, SPEND, last=today)
    return {(today - row["day"]).days: row["flags"] for row in rows(lake, "loads")}


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_a_day_that_is_not_over_where_the_account_is_is_provisional(lake: Lake, zone: str) -> None:
    found = flags_by_age(Acme(["a"], spend=in_zone(zone)), lake, zone)
    assert found == {0: "provisional", 1: "", 2: "", 3: "", 4: ""}


def test_days_that_a_platform_still_works_on_are_provisional(lake: Lake) -> None:
    found = flags_by_age(Acme(["a"], 2, spend=in_zone("Europe/Amsterdam")), lake, "Europe/Amsterdam")
    assert found == {0: "provisional", 1: "provisional", 2: "provisional", 3: "", 4: ""}


def test_a_time_zone_that_nobody_knows_is_taken_for_the_company_s(lake: Lake) -> None:
    found = flags_by_age(Acme(["a"], spend=in_zone("Mars/Olympus")), lake, "Europe/Amsterdam")
    assert found[0] == "provisional"


def test_a_bad_row_goes_to_quarantine_and_is_counted(lake: Lake) -> None:
    def one_bad(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        return [{"date": day, "spend": "many" if day == D else 7} for day in window.days]

    pull(Acme(["a"], spend=one_bad), lake, SPEND)
    (row,) = rows(lake, "quarantine")
    assert row["reason"] == "spend is not a whole number: 'many'"
    assert sum(load["quarantined"] for load in rows(lake, "loads")) == 1
    assert sum(load["rows"] for load in rows(lake, "loads")) == 4


def test_an_answer_that_hardly_fits_replaces_nothing(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(7)), lake, SPEND)

    def renamed(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        return [{"date": day, "cost": 7} for day in window.days]

    result = pull(Acme(["a"], spend=renamed), lake, SPEND)
    assert "2 of 2 rows do not fit: spend" in str(result.errors[0])
    assert spend(lake) == {"a": 7}
    assert len(rows(lake, "quarantine")) == result.quarantined == 3


def order(name: str, changed: datetime, total: int = 10) -> dict[str, Any]:
    return {"order_id": name, "updated_at": changed, "total": total}


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def orders(lake: Lake, day: date) -> list[str]:
    table = lake.read("acme", "orders", day)
    return sorted(table["order_id"].to_pylist()) if table else []


def test_a_record_is_filed_under_the_local_day_of_its_change(lake: Lake) -> None:
    late = at(days_back(1), 23)  # 00:00 in Amsterdam on the next day
    pull(Acme(["a"], orders=lambda account, window, load: [order("1", late)]), lake, ORDERS)
    assert orders(lake, D) == ["1"]


def test_what_changed_after_the_window_belongs_to_its_last_day(lake: Lake) -> None:
    pull(
        Acme(["a"], orders=lambda account, window, load: [order("1", at(D + timedelta(days=3)))]),
        lake,
        ORDERS,
    )
    assert orders(lake, D) == ["1"]


def test_a_record_that_changed_again_is_not_lost(lake: Lake) -> None:
    pull(Acme(["a"], orders=lambda account, window, load: [order("1", at(days_back(1)))]), lake, ORDERS)
    tomorrow = D + timedelta(days=1)
    changed = [order("1", at(tomorrow))]
    pull(Acme(["a"], orders=lambda account, window, load: changed), lake, ORDERS, last=tomorrow)
    kept = [name for day in lake.days("acme", "orders") for name in orders(lake, day)]
    assert "1" in kept
    assert orders(lake, tomorrow) == ["1"]


def keeps(since: date) -> Any:
    """A platform that keeps its days from `since` on, and says so."""

    def source(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        load.note(since=since)
        return [{"date": day, "spend": 7} for day in window.days if day >= since]

    return source


def test_days_that_the_platform_no_longer_keeps_are_unknown_and_not_zero(lake: Lake) -> None:
    pull(Acme(["a"], spend=keeps(days_back(2))), lake, SPEND)
    told = {row["day"]: row["complete"] for row in rows(lake, "loads")}
    assert [day for day in sorted(told) if not told[day]] == [days_back(4), days_back(3)]


def test_days_that_the_platform_no_longer_keeps_stay_as_the_lake_has_them(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(5)), lake, SPEND)
    pull(Acme(["a"], spend=keeps(days_back(2))), lake, SPEND, first=days_back(4))
    assert (spend(lake, days_back(3)), spend(lake, days_back(2))) == ({"a": 5}, {"a": 7})


def reaches(through: date) -> Any:
    """A platform that has finished its days through `through`, and says so."""

    def source(account: Any, window: Window, load: Load) -> list[dict[str, Any]]:
        if window.end > through:
            load.note(through=through)
        return [{"date": day, "spend": 7} for day in window.days if day <= through]

    return source


def test_days_that_the_platform_has_not_finished_are_waited_for(lake: Lake) -> None:
    pull(Acme(["a"], spend=reaches(days_back(2))), lake, SPEND)
    told = {row["day"]: (row["complete"], row["action"]) for row in rows(lake, "loads")}
    assert [day for day in sorted(told) if told[day] == (False, "wait")] == [days_back(1), D]
    assert lake.days("acme", "spend") == [days_back(4), days_back(3), days_back(2)]
    assert ledger.reached(ledger.loads(lake, "acme")) == {("spend", "a"): Reached(D, days_back(1))}


def test_a_platform_that_falls_behind_its_own_days_takes_nothing_away(lake: Lake) -> None:
    pull(Acme(["a"], spend=daily(5)), lake, SPEND)
    pull(Acme(["a"], spend=reaches(days_back(2))), lake, SPEND)
    assert (spend(lake, days_back(2)), spend(lake, days_back(1))) == ({"a": 7}, {"a": 5})


def test_days_that_the_platform_no_longer_keeps_are_not_asked_for_every_night(lake: Lake) -> None:
    pull(Acme(["a"], spend=keeps(days_back(2))), lake, SPEND)
    assert ledger.reached(ledger.loads(lake, "acme")) == {("spend", "a"): Reached(D, None)}
