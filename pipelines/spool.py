"""Rows on their way into the lake: kept on disk by day until a stream's pull has ended, so memory holds one batch."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, tzinfo
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.compute as pc

from connectors.stream import Stream, Window


class Spool:
    """Batches of one pull of one account and window, split by day, in one Arrow file on disk.

    Entity rows are filed under the day of their last change, clamped into the window: what changed after it belongs
    to the last day, so that a re-pull of the same window replaces every file that may hold an older version.
    """

    def __init__(self, stream: Stream, window: Window | None, tz: tzinfo) -> None:
        self._stream, self._window, self._tz = stream, window, tz
        self._folder = tempfile.TemporaryDirectory(prefix="kompas-spool-", ignore_cleanup_errors=True)
        self._path = str(Path(self._folder.name) / "rows.arrow")
        self._writer = pa.ipc.new_file(self._path, stream.schema)
        self._batches: dict[date, list[int]] = defaultdict(list)
        self._written = 0
        self.rows: dict[date, int] = defaultdict(int)

    def add(self, batch: pa.RecordBatch) -> None:
        """File the rows of a batch under their days."""
        for day, part in _by_day(batch, self._days(batch)):
            self._writer.write_batch(part)
            self._batches[day].append(self._written)
            self._written += 1
            self.rows[day] += part.num_rows

    def _days(self, batch: pa.RecordBatch) -> pa.Array:
        column = batch.column(self._stream.day_field)
        if pa.types.is_timestamp(column.type):
            local = pc.local_timestamp(column.cast(pa.timestamp("us", tz=str(self._tz))))
            column = local.cast(pa.date32(), safe=False)
        if self._window is None:
            return column
        low, high = (pa.scalar(day, pa.date32()) for day in (self._window.start, self._window.end))
        return pc.max_element_wise(pc.min_element_wise(column, high), low)

    def close(self) -> None:
        """End writing; rows can be read from now on."""
        self._writer.close()

    def batches(self, day: date) -> Iterator[pa.RecordBatch]:
        """The rows of a day, in the order in which they came."""
        if day not in self._batches:
            return
        with pa.memory_map(self._path) as source:
            reader = pa.ipc.open_file(source)
            for index in self._batches[day]:
                yield reader.get_batch(index)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.discard()

    def discard(self) -> None:
        """Remove the rows from disk."""
        self.close()
        self._folder.cleanup()


def _by_day(batch: pa.RecordBatch, days: pa.Array) -> Iterator[tuple[date, pa.RecordBatch]]:
    counts = pc.value_counts(days)
    if len(counts) == 1:
        yield counts[0]["values"].as_py(), batch
        return
    ordered = batch.take(pc.array_sort_indices(days))
    start = 0
    for count in sorted(counts.to_pylist(), key=lambda entry: entry["values"]):
        yield count["values"], ordered.slice(start, count["counts"])
        start += count["counts"]
