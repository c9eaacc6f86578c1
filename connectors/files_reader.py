"""The files of a mapping as one table: found by fsspec, checked for their columns, read a batch at a time.

Texts are trimmed, and what means "not known" is NULL.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from zipfile import BadZipFile

import fsspec
import ijson
import pyarrow as pa
import pyarrow.compute as pc
from fsspec.core import has_magic, url_to_fs

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, TransientError
from connectors.files_formats import FORMATS, File
from connectors.files_settings import FileAccount, ReadOptions
from connectors.load import Load


class Source:
    """All files of one mapping, in one schema. Rows are read when `batches` is iterated."""

    def __init__(self, account: FileAccount, load: Load, redact: Callable[[str], str] = str) -> None:
        self._account = account
        self._format = FORMATS[account.kind]
        self.files = [File(fs, path, account.options, load, redact) for fs, path in find(account.path)]
        self._schemas = {file.path: self._schema_of(file) for file in self.files}
        self.schema = self._union()

    def _schema_of(self, file: File) -> pa.Schema:
        """The columns of a file; none at all when it is empty. Raises ConfigurationError when a named one lacks."""
        with readable(file):
            schema = self._format.schema(file)
        lacking = sorted(self._account.named - set(schema.names)) if schema.names else []
        if lacking:
            raise ConfigurationError(
                f"{file.name} has no column {', '.join(lacking)}", hint=f"its columns are {', '.join(schema.names)}"
            )
        return pa.schema([(column.name, _plain(column.type)) for column in schema])

    def _union(self) -> pa.Schema:
        try:
            return pa.unify_schemas(list(self._schemas.values()), promote_options="permissive")
        except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
            raise ConfigurationError(
                f"the files of {self._account.path} differ in the type of a column: {error}",
                hint="give the files that differ a mapping of their own",
            ) from error

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Rows in the order of the files' names. Raises ConnectorError with the file's name."""
        for file in self.files:
            if self._schemas[file.path].names:
                with readable(file):
                    for batch in self._format.batches(file, self._schemas[file.path]):
                        yield self._conform(batch)

    def _conform(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        names = set(batch.schema.names)
        columns = [
            _clean(batch.column(column.name), self._account.options).cast(column.type)
            if column.name in names
            else pa.nulls(batch.num_rows, column.type)
            for column in self.schema
        ]
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def newest(self) -> datetime:
        """When the newest file was written. Raises ConfigurationError where the storage does not tell."""
        try:
            return max(file.fs.modified(file.path) for file in self.files)
        except (NotImplementedError, KeyError):
            raise ConfigurationError(
                f"{self._account.path} does not tell when it was written", hint="leave out complete_through"
            ) from None


def find(path: str) -> list[tuple[fsspec.AbstractFileSystem, str]]:
    """The files of a path or pattern, by name. Raises ConfigurationError when there are none."""
    with _reachable(path):
        fs, inside = url_to_fs(path)
        found = fs.glob(inside, detail=True) if has_magic(inside) else {inside: {"type": _type(fs, inside)}}
        names = sorted(name for name, info in found.items() if info["type"] == "file" and not _is_private(name))
    if not names:
        raise ConfigurationError(f"there is no file {path}", hint="paths count from the folder of kompas.yaml")
    return [(fs, name) for name in names]


def _type(fs: fsspec.AbstractFileSystem, path: str) -> str:
    return "file" if fs.isfile(path) else "none"


def _is_private(path: str) -> bool:
    """Whether a program keeps the file for itself: .part, ~$sales.xlsx (which Excel makes while a sheet is open)."""
    return path.rsplit("/", 1)[-1].startswith((".", "~$"))


@contextmanager
def _reachable(path: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ConfigurationError(f"{path}: {error}", hint="install the package that reads this storage") from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}", hint="it has to be a path or an fsspec URL") from error
    except PermissionError as error:
        raise AuthorisationError(f"{path} may not be read: {error}") from error
    except OSError as error:
        raise TransientError(f"{path} cannot be reached: {error}") from error


@contextmanager
def readable(file: File) -> Iterator[None]:
    """What goes wrong while a file is read, told with its name and what to do."""
    try:
        yield
    except UnicodeError as error:
        raise _wrong_encoding(file) from error
    except pa.ArrowInvalid as error:
        if "UTF8" in str(error):
            raise _wrong_encoding(file) from error
        raise _broken(file, error) from None  # its own text may show personal data
    except (BadZipFile, EOFError, KeyError, csv.Error, ijson.JSONError) as error:
        raise _broken(file, error) from error
    except FileNotFoundError as error:
        raise ConfigurationError(f"{file.name} is no longer there") from error
    except PermissionError as error:
        raise AuthorisationError(f"{file.name} may not be read") from error
    except OSError as error:
        raise TransientError(f"{file.name} cannot be read: {error}") from error


def _wrong_encoding(file: File) -> ConfigurationError:
    hint = "set options.encoding; files from Excel are often cp1252"
    return ConfigurationError(f"{file.name} is not written in {file.options.encoding}", hint=hint)


def _broken(file: File, error: Exception) -> BadDataError:
    what = " ".join(file.redact(str(error)).split())[:200]
    return BadDataError(
        f"{file.name} is cut off, or is not what its format says: {what}", hint="write the file anew, or set format"
    )


def _plain(type_: pa.DataType) -> pa.DataType:
    return type_.value_type if pa.types.is_dictionary(type_) else type_


def _clean(array: pa.Array, options: ReadOptions) -> pa.Array:
    """Without dictionaries, spaces around texts, texts that mean NULL, and NaN."""
    plain = array.cast(_plain(array.type))
    if pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type):
        trimmed = pc.utf8_trim_whitespace(plain)
        unknown = pc.is_in(trimmed, pa.array(["", *options.null_values], trimmed.type))
        return pc.if_else(unknown, pa.scalar(None, trimmed.type), trimmed)
    if pa.types.is_floating(plain.type):
        return pc.if_else(pc.is_nan(plain), pa.scalar(None, plain.type), plain)
    return plain
