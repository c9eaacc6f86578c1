"""Files: tools without a connector of their own come in as CSV, Parquet, XLSX or JSON, mapped by kompas.yaml.

A mapping is an account; it fills one canonical table (files_tables.py). The whole source is read every night, and all
its days are replaced. fetched = loaded + rejected: a row that cannot be read, lacks its day or repeats a key is
rejected with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from connectors import columns
from connectors.connector import Account, AccountFacts, Connector, PlatformSettings
from connectors.errors import ConfigurationError
from connectors.files_privacy import Pseudonyms
from connectors.files_reader import Source
from connectors.files_settings import FileAccount, FilesSettings
from connectors.files_sql import REASON, query
from connectors.files_tables import EMAIL, TABLES, Table
from connectors.load import Load
from connectors.stream import Kind, Stream, Window

_CHECKED_BATCHES = 1


def _stream(table: Table) -> Stream:
    """A canonical table as a stream that is read whole."""

    def pull(connector: Any, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
        yield from connector.pull_table(connector.stream(table.name), account, window, load)

    return Stream(
        table.name,
        table.description,
        Kind.FULL,
        table.fields,
        ("account_id", *table.key),
        table.day_field,
        pull,
    )


class Files(Connector[FilesSettings]):
    """Reads files through fsspec, maps them with DuckDB, and keeps no more than a batch and the keys in memory."""

    name = "files"
    title = "Files (CSV, Parquet, XLSX, JSON)"
    Settings: ClassVar[type[PlatformSettings]] = FilesSettings
    max_concurrent = 2
    streams: ClassVar[tuple[Stream, ...]] = tuple(_stream(table) for table in TABLES.values())

    def streams_of(self, account: Account) -> tuple[Stream, ...]:
        return (self.stream(_mapping(account).table),)

    def check(self, account: Account) -> AccountFacts:
        """Read the start of the files; says what is there. Raises ConfigurationError when the mapping does not fit."""
        stream = self.streams_of(account)[0]
        load = Load()
        source = self._source(account, load)
        batches = list(self._rows(stream, account, source, islice(source.batches(), _CHECKED_BATCHES), load))
        start = pa.Table.from_batches(batches, stream.schema)
        currencies = pc.unique(start["currency"]).to_pylist() if "currency" in start.column_names else []
        return AccountFacts(
            name=account.name,
            currency=currencies[0] if len(currencies) == 1 else None,
            time_zone=self._zone(account),
            notes=tuple(_notes(account, source, start, load)),
        )

    def pull_table(self, stream: Stream, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
        """All rows of the files, whatever the window; notes through which day they are complete."""
        source = self._source(account, load)
        last: date | None = None
        for batch in self._rows(stream, account, source, source.batches(), load):
            last = max(filter(None, (last, pc.max(batch[stream.day_field]).as_py())), default=None)
            yield batch
        load.note(through=self._through(account, source, last) or window.start - timedelta(days=1))

    def _through(self, account: Account, source: Source, last: date | None) -> date | None:
        if last is None or _mapping(account).complete_through == "last_row":
            return last
        return source.newest().astimezone(ZoneInfo(self._zone(account))).date() - timedelta(days=1)

    def _zone(self, account: Account) -> str:
        return _mapping(account).time_zone or self.company.time_zone

    def _source(self, account: Account, load: Load) -> Source:
        return Source(_mapping(account), load, Pseudonyms(self.company).redact)

    def _rows(
        self, stream: Stream, account: Account, source: Source, raw: Iterator[pa.RecordBatch], load: Load
    ) -> Iterator[pa.RecordBatch]:
        """Typed rows with distinct keys. Raises ConfigurationError when there are rows and none of them fits."""
        if not source.schema.names:
            return
        mapping, keys, loaded = _mapping(account), _Keys(stream), 0
        for answer in query(mapping, source.schema, raw, self._zone(account), Pseudonyms(self.company).redact):
            clean = self._without_emails(answer)
            readable = columns.batch(stream, _named(account, _read(clean, load)), load)
            batch = keys.first(readable, load)
            loaded += batch.num_rows
            yield batch
        if not loaded and load.rejected:
            raise ConfigurationError(
                f"none of the {len(load.rejected)} rows fits: {load.rejected[0].reason}", hint="mend the mapping"
            )

    def _without_emails(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        pseudonyms = Pseudonyms(self.company)
        cells = {
            name: pseudonyms.of(column)
            if name == EMAIL
            else pseudonyms.clean(column)
            if pa.types.is_string(column.type)
            else column
            for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        return pa.RecordBatch.from_pydict({"email_hash" if name == EMAIL else name: cells[name] for name in cells})


class _Keys:
    """The keys that were seen: about 100 bytes a row, more where keys are long."""

    def __init__(self, stream: Stream) -> None:
        self._fields = [name for name in stream.key if name != "account_id"]
        self._seen: set[str] = set()

    def first(self, batch: pa.RecordBatch, load: Load) -> pa.RecordBatch:
        """The rows whose key was not there before; the others are rejected."""
        texts = [batch[name].cast(pa.string()) for name in self._fields]
        keys = pc.binary_join_element_wise(*texts, "\x1f", null_handling="replace", null_replacement="\x00").to_pylist()
        fresh = self._fresh(keys)
        if fresh is None:
            return batch
        for row in (row for row, new in enumerate(fresh) if not new):
            cells = {name: batch[name][row].as_py() for name in batch.schema.names}
            key = ", ".join(f"{name} {cells[name]}" for name in self._fields)
            load.reject(f"duplicate of {key}: an earlier row has the same key", str(cells)[:500])
        return batch.filter(pa.array(fresh))

    def _fresh(self, keys: list[str]) -> list[bool] | None:
        """Whether each key is new; None when all of them are, which sets tell without a look at every row."""
        new = set(keys)
        if len(new) == len(keys) and self._seen.isdisjoint(new):
            self._seen |= new
            return None
        fresh = []
        for key in keys:
            fresh.append(key not in self._seen)
            self._seen.add(key)
        return fresh


def _mapping(account: Account) -> FileAccount:
    return cast(FileAccount, account.settings)


def _read(batch: pa.RecordBatch, load: Load) -> pa.RecordBatch:
    """The rows without a reason, and without that column; the others are rejected."""
    reasons = batch[REASON]
    rows = batch.drop_columns([REASON])
    if reasons.null_count == len(reasons):
        return rows
    bad = pc.is_valid(reasons)
    for reason, cells in zip(reasons.filter(bad).to_pylist(), rows.filter(bad).to_pylist(), strict=True):
        load.reject(reason, str({name: str(cell) for name, cell in cells.items()})[:500])
    return rows.filter(pc.invert(bad))


def _named(account: Account, batch: pa.RecordBatch) -> dict[str, Any]:
    ids = pa.array([account.id] * batch.num_rows, pa.string())
    return {"account_id": ids, **dict(zip(batch.schema.names, batch.columns, strict=True))}


def _notes(account: Account, source: Source, start: pa.Table, load: Load) -> Iterator[str]:
    """Sentences for a person: what the mapping reads, and what does not fit."""
    mapping = _mapping(account)
    day = TABLES[mapping.table].day_field
    days = f"{pc.min(start[day])}..{pc.max(start[day])}" if start.num_rows else "no rows"
    files = f"{len(source.files)} file" + "s" * (len(source.files) > 1)
    yield f"{mapping.table} from {files}, with {', '.join(mapping.columns)}; the first rows are of {days}"
    if load.rejected:
        yield f"{len(load.rejected)} of the first rows do not fit, such as: {load.rejected[0].reason}"
