"""The notes of a pull, and pagination that turns in circles."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import BadDataError
from connectors.load import OTHER_ROW, SAMPLED, Load, Pages, Rejected


def at_once(action: Callable[[int], object], times: int = 2000) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(action, range(times)))


def test_requests_of_several_threads_are_all_counted() -> None:
    load = Load()
    at_once(lambda _: load.request())
    assert load.requests == 2000


def test_rows_rejected_by_several_threads_are_all_kept() -> None:
    load = Load()
    at_once(lambda number: load.reject("no day", str(number)))
    assert {rejected.row for rejected in load.rejected} == {str(number) for number in range(2000)}


def test_a_rejected_row_keeps_its_reason() -> None:
    load = Load()
    load.reject("date is missing", "{'clicks': '1'}")
    assert load.rejected == [Rejected("date is missing", "{'clicks': '1'}")]


def test_a_flag_is_raised_once() -> None:
    load = Load()
    load.flag(SAMPLED, OTHER_ROW)
    load.flag(SAMPLED)
    assert load.flags == {SAMPLED, OTHER_ROW}


def test_a_later_note_replaces_an_earlier_one() -> None:
    load = Load()
    load.note(currency="EUR", quota=10)
    load.note(quota=9)
    assert load.notes == {"currency": "EUR", "quota": 9}


def test_two_loads_share_nothing() -> None:
    first, second = Load(), Load()
    first.flag(SAMPLED)
    first.note(quota=1)
    first.reject("bad", "row")
    assert (second.flags, second.notes, second.rejected) == (set(), {}, [])


def test_a_page_that_was_there_before_is_refused() -> None:
    pages = Pages()
    pages.next("a")
    pages.next("b")
    with pytest.raises(BadDataError, match="page 3 repeats an earlier page"):
        pages.next("a")


@settings(deadline=None)
@given(st.lists(st.text(), unique=True))
def test_different_pages_are_never_refused(tokens: list[str]) -> None:
    pages = Pages()
    for token in tokens:
        pages.next(token)
