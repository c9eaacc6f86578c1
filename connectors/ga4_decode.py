"""A GA4 report's page, from the bytes on the wire into columns, without a Python object per value.

A row of RunReportResponse is a message that holds 19 small messages, and touching each from Python costs ten times
more than all the rest of a pull. But a message inside a message is encoded as bytes are [1], so a class that
declares `rows` as bytes reads them unopened. They are opened here, all of them at once: one step of numpy for each
column. What the steps find is checked byte by byte, and a row of any other shape, such as one with a text of more
than 125 bytes, is read by Google's own class.

[1] https://protobuf.dev/programming-guides/encoding/#length-types
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from google.analytics.data_v1beta.types import DimensionValue, MetricType, MetricValue, Row, RunReportResponse
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from connectors.errors import BadDataError
from connectors.stream import COUNT, MONEY, NUMBER

Positions = npt.NDArray[np.int32]

_ANSWER, _ROW, _DIMENSION, _METRIC = (message.pb() for message in (RunReportResponse, Row, DimensionValue, MetricValue))
_HEADS, _SHORT = 4, 127
"""Bytes before the text of a short value, and the most that a length of one byte can say."""
_EXACT = pa.decimal128(38, 18)
"""GA4 writes money as the shortest text of a binary float: `34.989999999999995`."""
_TYPES: dict[int, pa.DataType] = {
    MetricType.TYPE_INTEGER: COUNT,
    MetricType.TYPE_CURRENCY: MONEY,
    MetricType.TYPE_FLOAT: NUMBER,
    MetricType.TYPE_STANDARD: NUMBER,
    MetricType.TYPE_SECONDS: NUMBER,
    MetricType.TYPE_MILLISECONDS: NUMBER,
    MetricType.TYPE_MINUTES: NUMBER,
    MetricType.TYPE_HOURS: NUMBER,
    MetricType.TYPE_FEET: NUMBER,
    MetricType.TYPE_MILES: NUMBER,
    MetricType.TYPE_METERS: NUMBER,
    MetricType.TYPE_KILOMETERS: NUMBER,
}


def _closed_answer() -> Any:
    """The class of a RunReportResponse whose rows stay bytes; its other fields are kept as they came."""
    file = FileDescriptorProto(name="kompas/ga4_closed.proto", package="kompas", syntax="proto3")
    file.message_type.add(name="Closed").field.add(
        name="rows",
        number=_ANSWER.DESCRIPTOR.fields_by_name["rows"].number,
        type=FieldDescriptorProto.TYPE_BYTES,
        label=FieldDescriptorProto.LABEL_REPEATED,
    )
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("kompas.Closed"))


_Closed = _closed_answer()


def _tag(message: Any, name: str) -> int:
    """The byte that announces a field of text, bytes or a message."""
    return int(message.DESCRIPTOR.fields_by_name[name].number) << 3 | 2


_DIMENSION_TAGS = (_tag(_ROW, "dimension_values"), _tag(_DIMENSION, "value"))
_METRIC_TAGS = (_tag(_ROW, "metric_values"), _tag(_METRIC, "value"))


class Page:
    """One page of a report. `head` is Google's RunReportResponse without its rows; `rows` counts them.

    Raises BadDataError when the bytes are no report, or a row has not one value for each header.
    """

    def __init__(self, payload: bytes) -> None:
        try:
            closed = _Closed.FromString(payload)
            rows = list(closed.rows)
            closed.ClearField("rows")
            self.head: Any = _ANSWER.FromString(closed.SerializeToString())
        except DecodeError as error:
            raise BadDataError(f"the answer is no GA4 report: {error}") from None
        self.rows = len(rows)
        self.dimensions = [header.name for header in self.head.dimension_headers]
        self.metrics = {header.name: int(header.type_) for header in self.head.metric_headers}
        self.first = rows[0] if rows else b""
        self._cells = _Cells.open(rows, len(self.dimensions), len(self.metrics))

    def dimension(self, name: str) -> pa.StringArray:
        """The values as sent. Raises BadDataError when the answer lacks the dimension."""
        return self._cells.column(_position(self.dimensions, name, "dimension"))

    def metric(self, name: str, wanted: pa.DataType) -> pa.Array:
        """The values by the type that the answer states, money where money is wanted.

        As sent, where a value is not of the stated type or the type is new to us: whoever casts the column to the
        stream's schema then names the row. Raises BadDataError when the answer lacks the metric.
        """
        position = _position(list(self.metrics), name, "metric")
        texts = self._cells.column(len(self.dimensions) + position)
        type_ = MONEY if wanted == MONEY else _TYPES.get(self.metrics[name], texts.type)
        try:
            return pc.round(texts.cast(_EXACT), 6).cast(MONEY) if type_ == MONEY else texts.cast(type_)
        except pa.ArrowInvalid:
            return texts

    @property
    def unknown_types(self) -> dict[str, int]:
        """Metrics whose stated type is none that is documented."""
        return {name: type_ for name, type_ in self.metrics.items() if type_ not in _TYPES}


def _position(names: list[str], name: str, what: str) -> int:
    if name not in names:
        raise BadDataError(f"the answer lacks the {what} {name}; it has {', '.join(names) or 'none'}")
    return names.index(name)


@dataclass(frozen=True)
class _Cells:
    """The texts of a page by column: as positions in one buffer, and as they are for rows of an odd shape.

    Odd rows come last, which is no loss, as rows have no order here.
    """

    text: pa.Buffer
    spans: Positions
    odd: list[list[str]]

    @classmethod
    def open(cls, rows: list[bytes], dimensions: int, metrics: int) -> _Cells:
        _, offsets, text = pa.array(rows, pa.binary()).buffers()
        bounds = np.frombuffer(offsets, np.int32)[: len(rows) + 1] if rows else np.zeros(1, np.int32)
        spans, good = _walk(bounds, text, [_DIMENSION_TAGS] * dimensions + [_METRIC_TAGS] * metrics)
        if good.all():
            return cls(text, spans, [])
        odd = [_by_google(rows[row], dimensions, metrics) for row in np.flatnonzero(~good)]
        return cls(text, np.ascontiguousarray(spans[:, good]), odd)

    def column(self, number: int) -> pa.StringArray:
        """Raises BadDataError when a value is not UTF-8."""
        odd = pa.array([row[number] for row in self.odd], pa.string())
        span = self.spans[number]
        if not len(span):
            return odd
        # The buffer, cut at every start and end: each second piece is a text, and the pieces between are skipped.
        cut = pa.Array.from_buffers(pa.binary(), 2 * len(span) - 1, [None, pa.py_buffer(span), self.text])
        try:
            texts = cut.take(pa.array(np.arange(0, 2 * len(span), 2))).cast(pa.string())
        except pa.ArrowInvalid as error:
            raise BadDataError(f"a value of the answer is not text: {error}") from None
        return pa.concat_arrays([texts, odd]) if odd else texts


def _walk(
    bounds: Positions, text: pa.Buffer | None, tags: list[tuple[int, int]]
) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Step through all rows at once, a value at a time. A value is a tag, a length, and inside a tag, a length, a text.

    Gives start and end of the texts, [value, row, 2], and whether a row is exactly these values, [row].
    """
    data = np.concatenate([np.frombuffer(text or b"", np.uint8), np.zeros(_HEADS, np.uint8)])
    heads = np.ndarray((len(data) - _HEADS + 1,), "<u4", data, strides=(1,))
    here, end = bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64)
    spans, good = np.empty((len(tags), len(end), 2), np.int32), np.ones(len(end), np.bool_)
    for number, (outer, inner) in enumerate(tags):
        head = heads[here]
        size = head >> 8 & 0xFF
        good &= (head & 0x00FF00FF == outer | inner << 16) & (head >> 24 == size - 2) & (size <= _SHORT)
        spans[number, :, 0] = here + _HEADS
        here = np.minimum(here + 2 + size, end)
        spans[number, :, 1] = here
    return spans, good & (here == end)


def _by_google(row: bytes, dimensions: int, metrics: int) -> list[str]:
    try:
        read = _ROW.FromString(row)
    except DecodeError as error:
        raise BadDataError(f"a row of the answer cannot be read: {error}") from None
    if (len(read.dimension_values), len(read.metric_values)) != (dimensions, metrics):
        raise BadDataError("a row of the answer does not have one value for each header")
    return [cell.value for cell in (*read.dimension_values, *read.metric_values)]
