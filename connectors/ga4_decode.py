"""A GA4 report's page, from the bytes on the wire into columns, without a Python object per row.

A row of RunReportResponse is a message that holds 19 small messages, and touching each from Python costs ten times
more than all the rest of a pull. Two promises of the protobuf encoding [1] avoid it:

* Where a field that may occur once occurs several times, a parser merges the occurrences, and repeated fields
  inside are joined. So a message that declares `rows` as one row reads all rows as two flat lists.
* A message inside a message is encoded as bytes are. So the values may be read as bytes: a tag, a length, the text.

Fields that the flat message does not declare are kept as they came, and read by Google's own class afterwards.

[1] https://protobuf.dev/programming-guides/encoding/#last-one-wins
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from google.analytics.data_v1beta.types import DimensionValue, MetricType, MetricValue, RunReportResponse
from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass

from connectors.errors import BadDataError
from connectors.stream import COUNT, MONEY, NUMBER

_ANSWER, _DIMENSION, _METRIC = RunReportResponse.pb(), DimensionValue.pb(), MetricValue.pb()
_TEXT_START, _ONE_BYTE_LENGTH = 2, 128
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


def _flat_answer() -> Any:
    """The class of RunReportResponse with all of its rows as one, and the values in it as bytes."""
    whole, row = _ANSWER.DESCRIPTOR, _ANSWER.DESCRIPTOR.fields_by_name["rows"].message_type
    file = FileDescriptorProto(name="kompas/ga4_flat.proto", package="kompas", syntax="proto3")
    rows = file.message_type.add(name="Rows")
    for name in ("dimension_values", "metric_values"):
        rows.field.add(
            name=name,
            number=row.fields_by_name[name].number,
            type=FieldDescriptorProto.TYPE_BYTES,
            label=FieldDescriptorProto.LABEL_REPEATED,
        )
    file.message_type.add(name="Answer").field.add(
        name="rows",
        number=whole.fields_by_name["rows"].number,
        type=FieldDescriptorProto.TYPE_MESSAGE,
        type_name=".kompas.Rows",
        label=FieldDescriptorProto.LABEL_OPTIONAL,
    )
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return GetMessageClass(pool.FindMessageTypeByName("kompas.Answer"))


_Flat = _flat_answer()


class Page:
    """One page of a report. `head` is Google's RunReportResponse without its rows; `rows` counts them.

    Raises BadDataError when the bytes are no report, or rows and headers do not fit.
    """

    def __init__(self, payload: bytes) -> None:
        try:
            flat = _Flat.FromString(payload)
            self._dimensions, self._metrics = list(flat.rows.dimension_values), list(flat.rows.metric_values)
            flat.ClearField("rows")
            self.head: Any = _ANSWER.FromString(flat.SerializeToString())
        except DecodeError as error:
            raise BadDataError(f"the answer is no GA4 report: {error}") from None
        self.dimensions = [header.name for header in self.head.dimension_headers]
        self.metrics = {header.name: int(header.type_) for header in self.head.metric_headers}
        self.rows = self._row_count()

    def _row_count(self) -> int:
        cells = ((self._dimensions, len(self.dimensions)), (self._metrics, len(self.metrics)))
        counts = {len(values) / width for values, width in cells if width}
        stray = any(values and not width for values, width in cells)
        if stray or len(counts) > 1 or any(count % 1 for count in counts):
            raise BadDataError("the rows of the answer do not have one value for each of its headers")
        return int(counts.pop()) if counts else 0

    @cached_property
    def first(self) -> tuple[bytes, ...]:
        """The dimensions of the first row: rows differ by their dimensions, so this tells one page from another."""
        return tuple(self._dimensions[: len(self.dimensions)])

    def dimension(self, name: str) -> pa.StringArray:
        """The values as sent. Raises BadDataError when the answer lacks the dimension."""
        column = _position(self.dimensions, name, "dimension")
        return _texts(self._dimensions[column :: len(self.dimensions)], _DIMENSION)

    def metric(self, name: str, wanted: pa.DataType) -> pa.Array:
        """The values by the type that the answer states, money where money is wanted.

        As sent, where a value is not of the stated type or the type is new to us: whoever casts the column to the
        stream's schema then names the row. Raises BadDataError when the answer lacks the metric.
        """
        column = _position(list(self.metrics), name, "metric")
        texts = _texts(self._metrics[column :: len(self.metrics)], _METRIC)
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


def _texts(cells: list[bytes], message: Any) -> pa.StringArray:
    """The one text inside each encoded DimensionValue or MetricValue."""
    wire = pa.array(cells, pa.binary())
    try:
        if _short(wire, message):
            return pc.binary_slice(wire, _TEXT_START, _TEXT_START + _ONE_BYTE_LENGTH).cast(pa.string())
        return pa.array([message.FromString(cell).value for cell in cells], pa.string())
    except (pa.ArrowInvalid, DecodeError) as error:
        raise BadDataError(f"a value of the answer is not text: {error}") from None


def _short(wire: pa.BinaryArray, message: Any) -> bool:
    """Whether each cell is exactly the text's tag, its length in one byte, and the text."""
    _, offsets, text = wire.buffers()
    if not len(wire) or text is None:
        return not len(wire)
    ends, data = np.frombuffer(offsets, np.int32)[: len(wire) + 1], np.frombuffer(text, np.uint8)
    starts, lengths = ends[:-1], np.diff(ends)
    if lengths.min() < _TEXT_START or lengths.max() >= _TEXT_START + _ONE_BYTE_LENGTH:
        return False
    tag = message.DESCRIPTOR.fields_by_name["value"].number << 3 | 2
    return bool(np.all(data[starts] == tag) and np.all(data[starts + 1] == lengths - _TEXT_START))
