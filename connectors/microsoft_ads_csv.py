"""The CSV in the ZIP of a report, batch by batch: nothing of it is in memory but the rows of a batch."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import IO

from connectors.errors import BadDataError
from connectors.microsoft_ads_errors import ReportLostError

_BATCH_ROWS = 5_000
_LINE_BYTES = 1 << 20
_TEXT_BYTES = 8 << 30
"""Unpacked. A file that says it is larger is no report; one that is larger than it says is cut off by zipfile."""

Table = dict[str, list[str]]


def tables(file: IO[bytes]) -> Iterator[Table]:
    """Columns by their names, so many rows at a time; none of a report without rows.

    Raises ReportLostError for a file that is damaged, BadDataError for one that is no report.
    """
    try:
        with zipfile.ZipFile(file) as archive, archive.open(_only(archive)) as member:
            yield from _tables(csv.reader(_lines(member), strict=True))
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ReportLostError(f"the report's file is damaged: {error}") from None
    except (csv.Error, UnicodeDecodeError, NotImplementedError) as error:
        raise BadDataError(f"the report's file cannot be read: {type(error).__name__}") from None


def _only(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = archive.infolist()
    if len(members) != 1 or members[0].file_size > _TEXT_BYTES:
        raise BadDataError(f"the report's file holds {len(members)} files, or one that is too large")
    return members[0]


def _lines(member: IO[bytes]) -> Iterator[str]:
    """Lines without the mark at the start, and without the NULs that Microsoft now and then leaves in texts."""
    encoding = "utf-8-sig"
    while line := member.readline(_LINE_BYTES):
        if len(line) == _LINE_BYTES:
            raise BadDataError(f"a line of the report is longer than {_LINE_BYTES >> 10} KiB")
        yield line.replace(b"\0", b"").decode(encoding)
        encoding = "utf-8"


def _tables(rows: Iterator[list[str]]) -> Iterator[Table]:
    names = next(rows, [])
    if len(set(names)) < len(names):
        raise BadDataError(f"the report has a column twice: {', '.join(names)}"[:300])
    while batch := list(islice(rows, _BATCH_ROWS)):
        if wrong := next((row for row in batch if len(row) != len(names)), None):
            raise BadDataError(f"a row of the report has {len(wrong)} cells under {len(names)} columns")
        yield dict(zip(names, map(list, zip(*batch, strict=True)), strict=True))
