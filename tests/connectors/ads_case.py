"""What the tests of the advertising connectors share: a pull of one stream, and secrets of a test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.connector import Connector
from connectors.load import Load
from connectors.stream import Window


def pulled(source: Connector[Any], window: Window, load: Load | None = None) -> list[dict[str, Any]]:
    """The rows of the connector's first account and only stream."""
    [stream] = source.streams
    batches = source.pull(stream, source.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def kept_secret(folder: Path, name: str, value: str) -> str:
    """A secret of a file, as kompas.yaml names it."""
    (folder / name).write_text(value, encoding="utf-8")
    return f"file:{folder / name}"
