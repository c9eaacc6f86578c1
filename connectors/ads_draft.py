"""A slice of an advertising report, whole or not at all.

An answer may break off, or turn into an error, when half of it has been read. What came before is then a draft, which
is thrown away and fetched again, so that no row is handed over twice and no half slice passes for a whole one. A
draft is kept as compressed Arrow in memory, or on disk (unnamed) when it grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile

import pyarrow as pa
import pyarrow.ipc

from connectors.http import ONCE, RetryPolicy, retrying
from connectors.load import Load
from connectors.stream import Stream

Draw = Callable[[Load], Iterator[pa.RecordBatch]]
_IN_MEMORY_BYTES = 32 << 20
_OPTIONS = pa.ipc.IpcWriteOptions(compression="lz4")


def whole(stream: Stream, draw: Draw, load: Load, policy: RetryPolicy = ONCE) -> Iterator[pa.RecordBatch]:
    """All batches of a call of `draw` that ended well. One that raises is made again as `policy` allows, from scratch.

    `draw` notes into the Load that it is given; of one that failed only the number of requests is kept.
    """
    with SpooledTemporaryFile(_IN_MEMORY_BYTES) as spool:
        retrying(lambda: _write(spool, stream.schema, draw, load), policy)
        spool.seek(0)
        with pa.ipc.open_stream(spool) as batches:
            yield from batches


def _write(spool: SpooledTemporaryFile[bytes], schema: pa.Schema, draw: Draw, load: Load) -> None:
    spool.seek(0)
    spool.truncate()
    draft = Load()
    try:
        with pa.ipc.new_stream(spool, schema, options=_OPTIONS) as sink:
            for batch in draw(draft):
                sink.write_batch(batch)
    finally:
        for _ in range(draft.requests):
            load.request()
    load.flag(*draft.flags)
    load.note(**draft.notes)
    for rejected in draft.rejected:
        load.reject(rejected.reason, rejected.row)
