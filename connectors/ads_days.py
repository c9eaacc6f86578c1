"""The days that were asked for, and no others."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from connectors.stream import Window


def within(rows: pa.RecordBatch, window: Window) -> pa.RecordBatch:
    """The rows whose `date` is in the window: days that nobody asked for would replace files of other nights."""
    inside = pc.and_(
        pc.greater_equal(rows["date"], pa.scalar(window.start)), pc.less_equal(rows["date"], pa.scalar(window.end))
    )
    return rows.filter(inside)
