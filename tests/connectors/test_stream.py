"""Windows of days, and the declaration of a stream."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.stream import ACCOUNT_ID, COUNT, DATE, Field, Kind, Stream, Window

DAY = date(2026, 3, 10)
FIELDS = (
    ACCOUNT_ID,
    Field("date", DATE, "Day"),
    Field("clicks", COUNT, "Clicks", "count", nullable=True, measure=True),
)


def stream(**changes: object) -> Stream:
    declared = {"key": ("account_id", "date"), "day_field": "date", "look_back_days": 3} | changes
    return Stream("clicks", "Clicks per day", Kind.REPORT, FIELDS, pull=lambda *_: iter(()), **declared)  # type: ignore[arg-type]


def test_a_window_has_both_its_ends() -> None:
    assert Window(DAY, DAY).days == [DAY]


def test_a_window_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before it starts"):
        Window(DAY, DAY - timedelta(days=1))


def test_a_window_is_written_as_its_ends() -> None:
    assert str(Window(DAY, DAY + timedelta(days=1))) == "2026-03-10..2026-03-11"


WINDOWS = st.builds(
    lambda start, days: Window(start, start + timedelta(days=days)),
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.integers(0, 400),
)


@settings(deadline=None)
@given(WINDOWS, st.integers(1, 60))
def test_slices_are_the_window_without_gap_or_overlap(window: Window, days: int) -> None:
    assert [day for part in window.slices(days) for day in part.days] == window.days


@settings(deadline=None)
@given(WINDOWS, st.integers(1, 60))
def test_no_slice_is_longer_than_asked(window: Window, days: int) -> None:
    assert max(len(part.days) for part in window.slices(days)) <= days


def test_a_night_pulls_the_look_back_through_its_day() -> None:
    assert stream().window(DAY) == Window(date(2026, 3, 8), DAY)


def test_a_look_back_of_one_is_the_day_itself() -> None:
    assert stream(look_back_days=1).window(DAY) == Window(DAY, DAY)


def test_a_setting_overrules_the_look_back() -> None:
    assert stream().window(DAY, look_back_days=1) == Window(DAY, DAY)


def test_a_first_run_starts_at_the_first_day() -> None:
    assert stream().window(DAY, first_day=date(2026, 1, 1)).start == date(2026, 1, 1)


def test_a_first_day_inside_the_look_back_does_not_shorten_it() -> None:
    assert stream().window(DAY, first_day=DAY).start == date(2026, 3, 8)


def test_a_key_that_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no such field: campaign_id"):
        stream(key=("account_id", "campaign_id"))


def test_a_day_field_that_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="no such field: day"):
        stream(day_field="day")


def test_measures_are_the_fields_that_add_up() -> None:
    assert stream().measures == ("clicks",)


def test_a_field_carries_its_meaning_into_the_schema() -> None:
    assert stream().schema.field("clicks").metadata == {b"description": b"Clicks", b"unit": b"count"}


def test_a_field_is_required_unless_it_says_otherwise() -> None:
    schema = stream().schema
    assert (schema.field("date").nullable, schema.field("clicks").nullable) == (False, True)


def test_the_empty_table_has_the_schema_and_no_rows() -> None:
    assert (stream().empty().schema, stream().empty().num_rows) == (stream().schema, 0)
