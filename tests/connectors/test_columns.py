"""Raw columns into typed batches: what fits is kept as it was, what does not is put aside with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.columns import batch
from connectors.errors import BadDataError
from connectors.load import Load
from connectors.stream import COUNT, DATE, FLAG, MONEY, NUMBER, TEXT, TIMESTAMP, Field, Kind, Stream

TYPES = (TEXT, COUNT, NUMBER, MONEY, DATE, TIMESTAMP, FLAG)


def stream_of(type_: pa.DataType, *, nullable: bool = True) -> Stream:
    fields = (Field("id", TEXT, "Key"), Field("value", type_, "What is tested", nullable=nullable))
    return Stream("things", "Things", Kind.REPORT, fields, ("id",), "id", lambda *_: iter(()))


def read(type_: pa.DataType, values: Sequence[Any] | pa.Array, *, nullable: bool = True) -> tuple[list[Any], Load]:
    """The values that were kept, and the notes."""
    load = Load()
    ids = [str(row) for row in range(len(values))]
    made = batch(stream_of(type_, nullable=nullable), {"id": ids, "value": values}, load)
    return made["value"].to_pylist(), load


def reason(type_: pa.DataType, value: Any, *, nullable: bool = True) -> str:
    kept, load = read(type_, [value], nullable=nullable)
    assert kept == []
    return load.rejected[0].reason


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        (COUNT, "12", 12),
        (NUMBER, "1.25", 1.25),
        (MONEY, "12.345678", Decimal("12.345678")),
        (DATE, "2026-01-31", date(2026, 1, 31)),
        (TIMESTAMP, "2026-01-31T10:00:00+01:00", datetime(2026, 1, 31, 9, tzinfo=UTC)),
        (FLAG, "true", True),
    ],
)
def test_text_becomes_the_type_of_its_field(type_: pa.DataType, text: str, value: Any) -> None:
    assert read(type_, [text])[0] == [value]


@pytest.mark.parametrize("type_", TYPES)
def test_null_stays_null(type_: pa.DataType) -> None:
    assert read(type_, [None])[0] == [None]


@pytest.mark.parametrize("type_", [type_ for type_ in TYPES if type_ != TEXT])
def test_empty_text_is_null_and_not_zero(type_: pa.DataType) -> None:
    assert read(type_, [""])[0] == [None]


@pytest.mark.parametrize("type_", TYPES)
def test_a_required_value_that_is_null_rejects_its_row(type_: pa.DataType) -> None:
    assert reason(type_, None, nullable=False) == "value is missing"


def test_an_absent_nullable_column_is_null() -> None:
    made = batch(stream_of(COUNT), {"id": ["1", "2"]}, Load())
    assert made["value"].to_pylist() == [None, None]


def test_an_absent_required_column_is_bad_data_that_names_it() -> None:
    with pytest.raises(BadDataError, match="lacks the field value"):
        batch(stream_of(COUNT, nullable=False), {"id": ["1"]}, Load())


def test_columns_of_different_lengths_are_bad_data() -> None:
    with pytest.raises(BadDataError, match=r"different lengths: \[1, 2\]"):
        batch(stream_of(COUNT), {"id": ["1", "2"], "value": [1]}, Load())


def test_no_rows_give_an_empty_batch_of_the_schema() -> None:
    made = batch(stream_of(MONEY), {"id": [], "value": []}, Load())
    assert (made.num_rows, made.schema) == (0, stream_of(MONEY).schema)


def test_the_batch_has_the_schema_of_its_stream_after_a_rejection_too() -> None:
    made = batch(stream_of(COUNT, nullable=False), {"id": ["1", "2"], "value": ["x", "2"]}, Load())
    assert made.schema.equals(stream_of(COUNT, nullable=False).schema, check_metadata=True)


def test_only_the_bad_row_is_rejected() -> None:
    kept, load = read(COUNT, ["1", "many", "3"])
    assert (kept, [rejected.reason for rejected in load.rejected]) == (
        [1, 3],
        ["value is not a whole number: 'many'"],
    )


def test_a_rejected_row_shows_its_other_cells() -> None:
    assert read(COUNT, ["1", "many"])[1].rejected[0].row == "{'id': '1', 'value': 'many'}"


def test_a_long_row_is_cut_off_in_the_quarantine() -> None:
    assert len(read(COUNT, ["x" * 10_000])[1].rejected[0].row) == 500


def test_a_row_with_two_faults_is_rejected_once() -> None:
    fields = (Field("id", COUNT, "Key"), Field("value", MONEY, "Amount"))
    stream = Stream("things", "Things", Kind.REPORT, fields, ("id",), "id", lambda *_: iter(()))
    load = Load()
    batch(stream, {"id": ["x"], "value": ["y"]}, load)
    assert len(load.rejected) == 1


@pytest.mark.parametrize("value", ["1.5", 1.5, Decimal("1.5"), "9223372036854775808", 2**63, [1], {"a": 1}])
def test_a_fraction_or_a_huge_number_is_no_count(value: Any) -> None:
    assert "value is not a whole number" in reason(COUNT, value)


@pytest.mark.parametrize("value", ["12,50", "EUR 5", True, "1e13", Decimal("Infinity"), "NaN", float("nan")])
def test_what_is_no_amount_is_rejected(value: Any) -> None:
    assert "value is not an amount of money" in reason(MONEY, value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "nan", "-inf"])
def test_what_would_spoil_a_sum_is_rejected(value: Any) -> None:
    assert "value is not a double" in reason(NUMBER, value)


@pytest.mark.parametrize("value", ["31-01-2026", "2026-02-30", "20260131", 1])
def test_a_day_is_written_as_iso_8601(value: Any) -> None:
    assert "value is not a date" in reason(DATE, value)


def test_a_moment_without_a_zone_is_rejected() -> None:
    assert "value is not a timestamp" in reason(TIMESTAMP, "2026-01-31T10:00:00")


def test_half_a_surrogate_pair_rejects_its_row() -> None:
    assert read(TEXT, ["\ud800", "fine"])[0] == ["fine"]


def test_a_binary_float_becomes_money_by_its_shortest_text() -> None:
    assert read(MONEY, [0.1, 19.99])[0] == [Decimal("0.1"), Decimal("19.99")]


def test_arrow_columns_are_taken_as_they_are() -> None:
    assert read(COUNT, pa.array([1, None, 3]))[0] == [1, None, 3]


def test_chunked_arrow_columns_are_taken_whole() -> None:
    assert read(COUNT, pa.chunked_array([[1], [2, None]]))[0] == [1, 2, None]


RAW = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(),
    st.dates().map(str),
    st.lists(st.integers(), max_size=2),
)


@settings(deadline=None)
@given(st.sampled_from(TYPES), st.lists(RAW, max_size=20), st.booleans())
def test_whatever_is_sent_every_row_is_loaded_or_rejected(
    type_: pa.DataType, values: list[Any], nullable: bool
) -> None:
    kept, load = read(type_, values, nullable=nullable)
    assert len(kept) + len(load.rejected) == len(values)


@settings(deadline=None)
@given(st.sampled_from(TYPES), st.lists(RAW, max_size=20))
def test_whatever_is_sent_an_unknown_value_never_becomes_a_known_one(type_: pa.DataType, values: list[Any]) -> None:
    load = Load()
    ids = [str(row) for row in range(len(values))]
    made = batch(stream_of(type_), {"id": ids, "value": values}, load)
    kept = dict(zip(made["id"].to_pylist(), made["value"].to_pylist(), strict=True))
    unknown = [row for row, value in zip(ids, values, strict=True) if value is None]
    assert all(kept[row] is None for row in unknown)


AMOUNTS = st.decimals(min_value=-(10**11), max_value=10**11, places=6)


@settings(deadline=None)
@given(st.lists(AMOUNTS, max_size=20), st.sampled_from([str, Decimal]))
def test_money_is_exact_to_six_decimals(amounts: list[Decimal], sent_as: Any) -> None:
    kept, load = read(MONEY, [sent_as(amount) for amount in amounts])
    assert (kept, load.rejected) == (amounts, [])


@settings(deadline=None)
@given(st.lists(AMOUNTS, min_size=1, max_size=20))
def test_money_is_exact_beside_a_bad_row_too(amounts: list[Decimal]) -> None:
    kept, _ = read(MONEY, [*map(str, amounts), "no amount"])
    assert kept == amounts


@settings(deadline=None)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20))
def test_counts_are_exact_up_to_64_bits(counts: list[int]) -> None:
    assert read(COUNT, [str(count) for count in counts])[0] == counts


@settings(deadline=None)
@given(st.lists(st.dates(min_value=date(1900, 1, 1)), max_size=20))
def test_days_are_exact(days: list[date]) -> None:
    assert read(DATE, [day.isoformat() for day in days])[0] == days


@settings(deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8")), max_size=20))
def test_texts_are_not_touched(texts: list[str]) -> None:
    assert read(TEXT, texts)[0] == texts


@settings(deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1)), st.integers(-12, 14))
def test_moments_are_the_same_moment_in_utc(local: datetime, hours: int) -> None:
    text = f"{local.isoformat()}{hours:+03d}:00"
    assert read(TIMESTAMP, [text])[0] == [(local - timedelta(hours=hours)).replace(tzinfo=UTC)]
