"""The lake: one Parquet file per stream and day, replaced whole. It is the only state there is.

    <lake>/<connector>/<stream>/<YYYY-MM-DD>.parquet
    <lake>/kompas/<table>/<name>.parquet

Readers list `*.parquet`; a file under way has a name that does not match. A crash leaves the old file or the new one.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Protocol

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq

EMPTY = "0000-empty"
"""Name of the file that holds a stream's schema and no rows, so that every dbt model always has a table to read."""
_TEMPORARY = ".tmp"
_COMPRESSION = "zstd"


class Store(Protocol):
    """Where files are: a local folder or an object store. Paths are relative to the lake, with `/`."""

    url: str

    def names(self, folder: str) -> list[str]:
        """File names of a folder, sorted; none where the folder is absent."""

    def open(self, path: str) -> IO[bytes]:
        """Read a file. Raises FileNotFoundError."""

    @contextmanager
    def replacing(self, path: str) -> Iterator[IO[bytes]]:
        """Write a file that appears whole, or not at all when the block raises."""

    def remove(self, path: str) -> None:
        """Remove a file that is there."""

    def sweep(self) -> int:
        """Remove what a crash left behind; the number of files removed."""


class LocalStore:
    """A folder: written under a temporary name, then renamed, which no reader can see half-way."""

    def __init__(self, folder: str) -> None:
        self.url = os.path.abspath(folder)  # noqa: PTH100 - kept as text, it goes into SQL

    def names(self, folder: str) -> list[str]:
        try:
            entries = os.scandir(self._full(folder))
        except FileNotFoundError:
            return []
        with entries:
            return sorted(entry.name for entry in entries if entry.is_file() and _visible(entry.name))

    def open(self, path: str) -> IO[bytes]:
        return open(self._full(path), "rb")  # noqa: PTH123

    @contextmanager
    def replacing(self, path: str) -> Iterator[IO[bytes]]:
        full = self._full(path)
        folder, name = os.path.split(full)
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
        temporary = f"{folder}/.{name}.{uuid.uuid4().hex}{_TEMPORARY}"
        try:
            with open(temporary, "wb") as file:  # noqa: PTH123
                yield file
            os.replace(temporary, full)  # noqa: PTH105
        except BaseException:
            if os.path.exists(temporary):  # noqa: PTH110
                os.unlink(temporary)  # noqa: PTH108
            raise

    def remove(self, path: str) -> None:
        os.unlink(self._full(path))  # noqa: PTH108

    def sweep(self) -> int:
        swept = 0
        for folder, _, files in os.walk(self.url):
            for name in files:
                if name.endswith(_TEMPORARY):
                    os.unlink(os.path.join(folder, name))  # noqa: PTH108, PTH118
                    swept += 1
        return swept

    def _full(self, path: str) -> str:
        return f"{self.url}/{path}"


class ObjectStore:
    """Any other fsspec URL: a file is one PUT, which is atomic on S3, GCS and Azure."""

    def __init__(self, url: str, **options: Any) -> None:
        self._fs, self._root = fsspec.core.url_to_fs(url, **options)
        self.url = url.rstrip("/")

    def names(self, folder: str) -> list[str]:
        try:
            found = self._fs.ls(self._full(folder), detail=False)
        except FileNotFoundError:
            return []
        self._fs.invalidate_cache(self._full(folder))
        return sorted(name for path in found if _visible(name := str(path).rsplit("/", 1)[-1]))

    def open(self, path: str) -> IO[bytes]:
        return self._fs.open(self._full(path), "rb")  # type: ignore[no-any-return]

    @contextmanager
    def replacing(self, path: str) -> Iterator[IO[bytes]]:
        buffer = pa.BufferOutputStream()
        yield buffer
        self._fs.pipe_file(self._full(path), buffer.getvalue().to_pybytes())

    def remove(self, path: str) -> None:
        self._fs.rm_file(self._full(path))

    def sweep(self) -> int:
        return 0

    def _full(self, path: str) -> str:
        return f"{self._root.rstrip('/')}/{path}"


def _visible(name: str) -> bool:
    return name.endswith(".parquet") and not name.startswith(".")


@dataclass(frozen=True)
class Written:
    """A file as written: its rows and bytes."""

    rows: int
    bytes: int


class Lake:
    """Days of streams, and Kompas' own tables, over a store."""

    def __init__(self, store: Store) -> None:
        self.store = store

    @property
    def url(self) -> str:
        return self.store.url

    @classmethod
    def at(cls, url: str) -> Lake:
        return cls(ObjectStore(url) if "://" in url else LocalStore(url))

    def days(self, connector: str, stream: str) -> list[date]:
        """The days that have a file, in order."""
        names = self.store.names(f"{connector}/{stream}")
        return [date.fromisoformat(name.removesuffix(".parquet")) for name in names if not name.startswith(EMPTY)]

    def read(self, connector: str, stream: str, day: date) -> pa.Table | None:
        """A day's rows, or None where the day has no file."""
        return self.read_file(f"{connector}/{stream}/{day.isoformat()}.parquet")

    def write(self, connector: str, stream: str, day: date, schema: pa.Schema, batches: Iterable[Any]) -> Written:
        """Replace a day's file by these batches, which may be larger than memory together."""
        return self.write_file(f"{connector}/{stream}/{day.isoformat()}.parquet", schema, batches)

    def write_empty(self, connector: str, stream: str, schema: pa.Schema) -> None:
        """Put the schema there, unless that very schema is there already."""
        path = f"{connector}/{stream}/{EMPTY}.parquet"
        present = self.read_file(path)
        if present is None or not present.schema.equals(schema, check_metadata=True):
            self.write_file(path, schema, [])

    def table(self, name: str, part: str = "") -> pa.Table | None:
        """One of Kompas' own tables, all its files with `part` in their names together; None where there is no file."""
        folder = f"kompas/{name}"
        found = [self.read_file(f"{folder}/{file}") for file in self.store.names(folder) if part in file]
        parts = [part for part in found if part is not None]
        return pa.concat_tables(parts, promote_options="default") if parts else None

    def write_table(self, name: str, file: str, table: pa.Table) -> None:
        """Write one file of one of Kompas' own tables."""
        self.write_file(f"kompas/{name}/{file}.parquet", table.schema, table.to_batches())

    def read_file(self, path: str) -> pa.Table | None:
        try:
            with self.store.open(path) as file:
                return pq.read_table(file, partitioning=None)
        except FileNotFoundError:
            return None

    def write_file(self, path: str, schema: pa.Schema, batches: Iterable[Any]) -> Written:
        with self.store.replacing(path) as file:
            with pq.ParquetWriter(file, schema, compression=_COMPRESSION) as writer:
                rows = 0
                for batch in batches:
                    writer.write_batch(batch)
                    rows += batch.num_rows
            size = file.tell()
        return Written(rows, size)

    def sweep(self) -> int:
        """Remove left-over temporary files; only while nothing writes."""
        return self.store.sweep()
