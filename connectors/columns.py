"""Columns of raw values, as a platform sends them, into a typed record batch: in bulk, and row by row only for the bad.

Row-by-row Python objects cost ten to fifty times more than columns (DESIGN.md §4), so a connector gathers one list
per field and hands all of them over here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from math import isfinite
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from connectors.errors import BadDataError
from connectors.load import Load
from connectors.stream import DATE, MONEY, TIMESTAMP, Field, Stream

Column: TypeAlias = Sequence[Any] | pa.Array
_SCALE = Decimal("0.000001")
_ROW_TEXT_LIMIT = 500


def batch(stream: Stream, columns: Mapping[str, Column], load: Load) -> pa.RecordBatch:
    """A record batch of the stream's schema; rows that do not fit are rejected into `load` with their reason.

    Columns are lists (or Arrow arrays) of equal length, by field name; a nullable field may be absent, which makes
    it NULL. Strings are cast to the field's type; an empty string is NULL for every type but text.
    Raises BadDataError when a required column is absent or lengths differ.
    """
    rows = _row_count(stream, columns)
    reasons: dict[int, str] = {}
    arrays = [_array(field, columns.get(field.name), rows, reasons) for field in stream.fields]
    whole = pa.RecordBatch.from_arrays(arrays, schema=_nullable(stream.schema))
    if not reasons:
        return whole.cast(stream.schema)
    for row, reason in sorted(reasons.items()):
        load.reject(reason, _row_text(columns, row))
    keep = pa.array([row not in reasons for row in range(rows)])
    return whole.filter(keep).cast(stream.schema)


def pick(records: Sequence[Any], path: str) -> list[Any]:
    """The values at a dotted path of decoded JSON objects; None where a step is null or absent.

    >>> pick([{"bounces": {"hard": 3}}, {"bounces": None}, {}], "bounces.hard")
    [3, None, None]
    """
    values = list(records)
    try:
        for step in path.split("."):
            values = [None if value is None else value.get(step) for value in values]
    except AttributeError:
        raise BadDataError(f"the answer has another shape than documented at {path}") from None
    return values


def local_days(times: Column, zone: str) -> pa.Array:
    """The day (date32) of each instant (ISO 8601 text with an offset) in a time zone; NULL for what is no instant."""
    try:
        instants = _bulk(times, TIMESTAMP)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        instants = _one_by_one(Field("", TIMESTAMP, ""), times, {})
    return pc.local_timestamp(instants.cast(pa.timestamp("us", tz=zone))).cast(DATE, safe=False)


def _row_count(stream: Stream, columns: Mapping[str, Column]) -> int:
    missing = [f.name for f in stream.fields if not f.nullable and f.name not in columns]
    if missing:
        raise BadDataError(f"the answer lacks the field {', '.join(missing)}", stream=stream.name)
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        raise BadDataError(f"columns of different lengths: {sorted(lengths)}", stream=stream.name)
    return lengths.pop() if lengths else 0


def _nullable(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema], schema.metadata)


def _array(field: Field, values: Column | None, rows: int, reasons: dict[int, str]) -> pa.Array:
    """The column in the field's type; rows that cannot be cast, or lack a required value, go into `reasons`."""
    if values is None:
        return pa.nulls(rows, field.type)
    try:
        array = _bulk(values, field.type)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        array = _one_by_one(field, values, reasons)
    if array.null_count and not field.nullable:
        for row in pc.indices_nonzero(array.is_null()).to_pylist():
            reasons.setdefault(row, f"{field.name} is missing")
    return array


def _bulk(values: Column, type_: pa.DataType) -> pa.Array:
    array = values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(values)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    made = array if array.type == type_ else _cast(array, type_)
    if pa.types.is_floating(type_) and pc.any(pc.invert(pc.is_finite(made))).as_py():
        raise pa.ArrowInvalid("NaN and infinity are no quantities, and would spoil every sum")
    return made


def _cast(array: pa.Array, type_: pa.DataType) -> pa.Array:
    if pa.types.is_string(array.type) and not pa.types.is_string(type_):
        array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    if pa.types.is_floating(array.type) and type_ == MONEY:
        raise pa.ArrowInvalid("binary floats become money one by one, by their shortest decimal text")
    return pc.cast(array, type_)


def _one_by_one(field: Field, values: Column, reasons: dict[int, str]) -> pa.Array:
    cells = values.to_pylist() if isinstance(values, pa.Array | pa.ChunkedArray) else values
    made = []
    for row, cell in enumerate(cells):
        try:
            made.append(_cell(cell, field.type))
        except (ValueError, TypeError, InvalidOperation, OverflowError, pa.ArrowException):
            reasons.setdefault(row, f"{field.name} is not {_name(field.type)}: {str(cell)[:80]!r}")
            made.append(None)
    return pa.array(made, field.type)


def _cell(cell: Any, type_: pa.DataType) -> Any:
    if cell is None or (cell == "" and not pa.types.is_string(type_)):
        return None
    if type_ == MONEY:
        money = Decimal(str(cell)).quantize(_SCALE)
        return pa.scalar(money, type_).as_py()
    if pa.types.is_string(type_):
        if isinstance(cell, str):
            return pa.scalar(cell).as_py()  # raises on half a surrogate pair, which no Parquet file can hold
        raise TypeError("not a string")
    made = pc.cast(pa.scalar(cell), type_).as_py()
    if isinstance(made, float) and not isfinite(made):
        raise ValueError("not finite")
    return made


def _name(type_: pa.DataType) -> str:
    if pa.types.is_integer(type_):
        return "a whole number"
    if pa.types.is_decimal(type_):
        return "an amount of money"
    return f"a {type_}"


def _row_text(columns: Mapping[str, Column], row: int) -> str:
    cells = {name: str(column[row]) for name, column in columns.items()}
    return str(cells)[:_ROW_TEXT_LIMIT]
