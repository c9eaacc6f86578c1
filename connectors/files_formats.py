"""Each format of a file as Arrow batches, a part of the file at a time.

Cells of CSV, XLSX and JSON stay text, so that an order number keeps its leading zeros and a bad cell is rejected with
its own row; Parquet keeps its types.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO, Protocol, cast

import fsspec
import ijson
import openpyxl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from connectors.errors import BadDataError, ConfigurationError
from connectors.files_settings import Format, ReadOptions
from connectors.load import Load

_BATCH_ROWS = 20_000
_CSV_BLOCK_BYTES = 1 << 22
_DELIMITERS = ";,\t|"


@dataclass(frozen=True)
class File:
    """One file that was found. `redact` takes personal data out of the text of a row."""

    fs: fsspec.AbstractFileSystem
    path: str
    options: ReadOptions
    load: Load
    redact: Callable[[str], str] = field(default=str)

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.path.rsplit("/", 1)[-1]

    @contextmanager
    def open(self, *, compressed: bool = True) -> Iterator[BinaryIO]:
        self.load.request()
        with self.fs.open(self.path, "rb", compression="infer" if compressed else None) as opened:
            yield cast(BinaryIO, opened)

    def reject(self, reason: str, row: str) -> None:
        self.load.reject(f"{self.name}: {reason}", self.redact(row)[:500])


class Reader(Protocol):
    """How a format is read: first the columns (none: an empty file), then the rows."""

    def schema(self, file: File) -> pa.Schema: ...

    def batches(self, file: File, schema: pa.Schema) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True)
class _Head:
    """Of a CSV file: its columns, its delimiter, the lines through the header, and whether anything follows."""

    names: list[str]
    delimiter: str
    lines: int
    rows_follow: bool


class Csv:
    """Text with a delimiter, through Arrow's reader, which also tells of rows that are too long or too short."""

    def schema(self, file: File) -> pa.Schema:
        return _texts(self._head(file).names)

    def batches(self, file: File, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        head, options = self._head(file), file.options
        if not head.rows_follow:
            return
        last = ""
        with file.open() as opened:
            for batch in pyarrow.csv.open_csv(
                opened,
                read_options=pyarrow.csv.ReadOptions(
                    column_names=head.names,
                    skip_rows=head.lines,
                    use_threads=False,
                    encoding=options.encoding,
                    block_size=_CSV_BLOCK_BYTES,
                ),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=head.delimiter,
                    quote_char=options.quote or False,
                    newlines_in_values=bool(options.quote),
                    invalid_row_handler=lambda row: self._reject(file, row),
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(head.names, pa.string()), strings_can_be_null=False
                ),
            ):
                last = batch.column(batch.num_columns - 1)[-1].as_py() if batch.num_rows else last
                yield batch
        if last.endswith(("\n", "\r")):
            # Arrow takes a quote that is never closed as closed by the end of the file.
            raise BadDataError(
                f"{file.name}: a quote is opened and never closed, so rows would be lost: {file.redact(last[:80])!r}",
                hint='write the file anew, or set options.quote: "" when quotes are part of the text',
            )

    @staticmethod
    def _head(file: File) -> _Head:
        options = file.options
        encoding = "utf-8-sig" if options.encoding.lower().replace("_", "-") in ("utf-8", "utf8") else options.encoding
        with file.open() as opened, io.TextIOWrapper(opened, encoding=encoding, newline="") as lines:
            for _ in range(options.skip_rows):
                lines.readline()
            first = lines.readline()
            delimiter = options.delimiter or max(_DELIMITERS, key=first.count)
            rows = csv.reader(
                chain([first], lines),
                delimiter=delimiter,
                quotechar=options.quote or None,
                quoting=csv.QUOTE_MINIMAL if options.quote else csv.QUOTE_NONE,
            )
            cells = next(rows, [])
            return _Head(_header(cells), delimiter, options.skip_rows + rows.line_num, bool(lines.read(1)))

    @staticmethod
    def _reject(file: File, row: pyarrow.csv.InvalidRow) -> str:
        file.reject(f"row {row.number} has {row.actual_columns} cells, the header {row.expected_columns}", row.text)
        return "skip"


class Parquet:
    """Columns with types of their own."""

    def schema(self, file: File) -> pa.Schema:
        with file.open(compressed=False) as opened:
            if not opened.read(1):
                return pa.schema([])
            opened.seek(0)
            return pyarrow.parquet.ParquetFile(opened).schema_arrow.remove_metadata()

    def batches(self, file: File, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with file.open(compressed=False) as opened:
            yield from pyarrow.parquet.ParquetFile(opened).iter_batches(_BATCH_ROWS)


class Xlsx:
    """A sheet of a workbook, as it was last calculated; its first row names the columns."""

    def schema(self, file: File) -> pa.Schema:
        with self._rows(file) as rows:
            return _texts(_header(_filled(next(rows, ()))))

    def batches(self, file: File, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        with self._rows(file) as rows:
            next(rows, ())
            yield from _batches(schema.names, self._texts(file, rows, len(schema)))

    @staticmethod
    def _texts(file: File, rows: Iterator[tuple[Any, ...]], width: int) -> Iterator[list[str | None]]:
        for number, row in enumerate(rows, file.options.skip_rows + 2):
            cells = [_text(cell, file.options.decimal) for cell in _filled(row)]
            if len(cells) > width:
                file.reject(f"row {number} has {len(cells)} cells, the header {width}", str(cells))
            elif cells:
                yield cells + [None] * (width - len(cells))

    @staticmethod
    @contextmanager
    def _rows(file: File) -> Iterator[Iterator[tuple[Any, ...]]]:
        """The rows from the header on. Raises ConfigurationError when the sheet is not there."""
        with file.open(compressed=False) as opened:
            book = openpyxl.load_workbook(opened, read_only=True, data_only=True)
            try:
                name = file.options.sheet or book.sheetnames[0]
                if name not in book.sheetnames:
                    sheets = ", ".join(book.sheetnames)
                    raise ConfigurationError(f"{file.name} has no sheet {name}", hint=f"its sheets are {sheets}")
                sheet = book[name]
                sheet.reset_dimensions()  # some tools write a size that is too small
                yield islice(sheet.iter_rows(values_only=True), file.options.skip_rows, None)
            finally:
                book.close()


class Json:
    """An array of objects, objects one after another (JSON Lines), or an object of values as rows of key and value."""

    def schema(self, file: File) -> pa.Schema:
        names: dict[str, None] = {}
        for row in self._rows(file):
            names.update(dict.fromkeys(row))
        return _texts(names)

    def batches(self, file: File, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        names, decimal = schema.names, file.options.decimal
        yield from _batches(names, ([_text(row.get(name), decimal) for name in names] for row in self._rows(file)))

    def _rows(self, file: File) -> Iterator[dict[str, Any]]:
        records = file.options.records
        with file.open() as opened:
            shape = self._shape(file, opened)
        if shape is None:
            return
        with file.open() as opened:
            if shape == "start_array":
                rows = ijson.items(opened, f"{records}.item".lstrip("."), use_float=False)
            elif records:
                rows = ({"key": key, "value": value} for key, value in ijson.kvitems(opened, records))
            else:
                rows = ijson.items(opened, "", multiple_values=True)
            for number, row in enumerate(rows, 1):
                if isinstance(row, dict):
                    yield row
                else:
                    raise BadDataError(f"{file.name}: record {number} is no object but {str(row)[:40]!r}")

    @staticmethod
    def _shape(file: File, opened: BinaryIO) -> str | None:
        """Whether the records are a `start_array` or a `start_map`; None for an empty file."""
        if not opened.read(1):
            return None
        opened.seek(0)
        records = file.options.records
        top: list[str] = []
        for prefix, event, value in ijson.parse(opened, multiple_values=True):
            if prefix == records and event in ("start_array", "start_map"):
                return str(event)
            if prefix == "" and event == "map_key":
                top.append(value)
        raise ConfigurationError(
            f"{file.name} has no records under {records or 'its top'}",
            hint=f"set options.records; it has {', '.join(top)}",
        )


FORMATS: dict[Format, Reader] = {"csv": Csv(), "parquet": Parquet(), "xlsx": Xlsx(), "json": Json()}


def _texts(names: Iterable[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _header(cells: Sequence[Any]) -> list[str]:
    """Names of columns, all there and all different: `column_3` for an empty one, `amount_2` for a second one."""
    names: list[str] = []
    for index, cell in enumerate(cells, 1):
        name = str(cell).strip() if cell is not None else ""
        name = name or f"column_{index}"
        names.append(name if name not in names else f"{name}_{index}")
    return names


def _filled(row: Sequence[Any]) -> Sequence[Any]:
    """A row of a sheet without the empty cells behind it."""
    width = max((index for index, cell in enumerate(row, 1) if cell is not None), default=0)
    return row[:width]


def _text(cell: Any, decimal: str) -> str | None:
    """A typed cell as the text that files of this mapping would hold."""
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return str(cell.date()) if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float | Decimal):
        return str(cell).replace(".", decimal)
    return json.dumps(cell, default=str) if isinstance(cell, dict | list) else str(cell)


def _batches(names: list[str], rows: Iterable[Sequence[str | None]]) -> Iterator[pa.RecordBatch]:
    rows = iter(rows)
    while part := list(islice(rows, _BATCH_ROWS)):
        columns = [pa.array(cells, pa.string()) for cells in zip(*part, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=_texts(names))
