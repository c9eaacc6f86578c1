"""Rows on their way into the lake: kept on disk by day until a stream's pull has ended, so memory holds one batch."""

from __future__ import annotations

import shutil
import tempfile
import threading
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
    """Batches of one pull of one account and window, split by day.

    Entity rows are filed under the day of their last change, clamped into the window: what changed after it belongs
    to the last day, so that a re-pull of the same window replaces every file that may hold an older version.
    """

    def __init__(self, stream: Stream, window: Window | None, tz: tzinfo) -> None:
        self._stream, self._window, self._tz = stream, window, tz
        self._folder = Path(tempfile.mkdtemp(prefix="kompas-"))
        self._writers: dict[date, pa.RecordBatchFileWriter] = {}
        self.rows: dict[date, int] = defaultdict(int)
        self._lock = threading.Lock()

    def add(self, batch: pa.RecordBatch) -> None:
        """File the rows of a batch under their days."""
        days = self._days(batch)
        for day in sorted(pc.unique(days).to_pylist()):
            part = batch.filter(pc.equal(days, pa.scalar(day, pa.date32())))
            self._writer(day).write_batch(part)
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

    def _writer(self, day: date) -> pa.RecordBatchFileWriter:
        with self._lock:
            if day not in self._writers:
                path = str(self._folder / f"{day}.arrow")
                self._writers[day] = pa.ipc.new_file(path, self._stream.schema)
            return self._writers[day]

    def close(self) -> None:
        """End writing; rows can be read from now on."""
        for writer in self._writers.values():
            writer.close()

    def batches(self, day: date) -> Iterator[pa.RecordBatch]:
        """The rows of a day, from disk."""
        path = self._folder / f"{day}.arrow"
        if day not in self.rows:
            return
        with pa.memory_map(str(path)) as source:
            reader = pa.ipc.open_file(source)
            for index in range(reader.num_record_batches):
                yield reader.get_batch(index)

    def discard(self) -> None:
        """Remove the rows from disk."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
        self.discard()
