"""A mapping as one DuckDB query: the columns of a file in, the columns of a canonical table out.

The user's expressions run in a sandbox: one in-memory connection that reaches no file, no network, no extension and no
Python variable, and whose settings are locked. Rows stream through it; only the groups of `group_by` are held.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from connectors.errors import ConfigurationError
from connectors.files_settings import ColumnMapping, FileAccount, ReadOptions
from connectors.files_tables import TABLES
from connectors.stream import COUNT, DATE, FLAG, MONEY, NUMBER, TEXT, TIMESTAMP, Field

REASON = "kompas_reason"
"""The extra column of the answer: why a row does not fit; NULL when it does."""
_SOURCE = "kompas_source"
_ROW = "kompas_row"
_BATCH_ROWS = 20_000
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "memory_limit": "1GB",
    # Groups stay in memory: they may hold e-mail addresses, which are never written to disk.
    "temp_directory": "",
    # One thread keeps the rows in the order of the files.
    "threads": "1",
}
_LOCKS = (
    "enable_progress_bar = false",
    "python_enable_replacements = false",
    "autoinstall_known_extensions = false",
    "autoload_known_extensions = false",
    "lock_configuration = true",
)
_ISO = r"\d{4}-\d{1,2}-\d{1,2}([ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?"

_MACROS = {
    "kompas_bare": "(x) as trim(cast(x as varchar), '€$£ ' || chr(160) || chr(8239))",
    # A number in text, with the mapping's signs, as DuckDB writes it; NULL when it is none.
    "kompas_plain": r"""(x) as case
        when typeof(x) <> 'VARCHAR' then cast(x as varchar)
        when regexp_full_match(kompas_bare(x), «number»)
        then replace(replace(kompas_bare(x), «thousands», ''), «decimal», '.') end""",
    "as_amount": "(x) as try_cast(kompas_plain(x) as decimal(18, 6))",
    "as_number": """(x) as case when isfinite(try_cast(kompas_plain(x) as double))
        then try_cast(kompas_plain(x) as double) end""",
    # Through a decimal, as DuckDB rounds 12.5 to a whole number without a word.
    "as_count": """(x) as case
        when try_cast(kompas_plain(x) as decimal(38, 9)) = trunc(try_cast(kompas_plain(x) as decimal(38, 9)))
        then try_cast(try_cast(kompas_plain(x) as decimal(38, 9)) as bigint) end""",
    "as_time": f"""(x, format := null) as coalesce(
        cast(try_strptime(cast(x as varchar), format) as timestamptz),
        case when regexp_full_match(cast(x as varchar), '{_ISO}')
            then try_cast(cast(x as varchar) as timestamptz) end)""",
    # A year of two digits that is read as one of four gives the year 24.
    "as_day": """(x, format := null) as case when year(as_time(x, format := format)) between 1900 and 2199
        then cast(as_time(x, format := format) as date) end""",
    "as_flag": """(x) as case
        when lower(cast(x as varchar)) in ('true', 't', 'yes', 'y', '1', 'ja', 'j', 'waar') then true
        when lower(cast(x as varchar)) in ('false', 'f', 'no', 'n', '0', 'nee', 'onwaar') then false end""",
    # An id that became a fraction because other rows lack it: 17850.0.
    "as_text": r"""(x) as case when typeof(x) in ('DOUBLE', 'FLOAT') then regexp_replace(cast(x as varchar), '\.0$', '')
        else nullif(cast(x as varchar), '') end""",
}

_CONVERSIONS: dict[pa.DataType, tuple[str, str]] = {
    TEXT: ("as_text", "a text"),
    DATE: ("as_day", "a date"),
    TIMESTAMP: ("as_time", "a moment"),
    MONEY: ("as_amount", "an amount of money"),
    COUNT: ("as_count", "a whole number"),
    NUMBER: ("as_number", "a number"),
    FLAG: ("as_flag", "a yes or a no"),
}
_TAKES = {
    "sum": "case when count({0}) = count(*) then sum({0}) end",
    "min": "min({0})",
    "max": "max({0})",
    "first": "any_value({0})",
}


def query(
    account: FileAccount,
    schema: pa.Schema,
    rows: Iterator[pa.RecordBatch],
    time_zone: str,
    redact: Callable[[str], str] = str,
) -> Iterator[pa.RecordBatch]:
    """The mapped rows with their REASON, as they come. Values that cannot be read are NULL.

    Raises ConfigurationError when an expression does not fit the file. What goes wrong in `rows` is raised as it was.
    """
    failures: list[BaseException] = []
    with _sandbox(account.options, time_zone) as connection:
        connection.register(_SOURCE, pa.RecordBatchReader.from_batches(schema, _watched(rows, failures)))
        try:
            yield from connection.sql(_only(connection, sql_of(account))).to_arrow_reader(_BATCH_ROWS)
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            if failures:
                raise failures[0] from None
            raise ConfigurationError(
                f"the mapping does not run: {redact(_short(error))}",
                hint=f"the file's columns are {', '.join(schema.names)}; as_amount, as_count, as_number, as_day and "
                "as_time read its texts",
            ) from None  # DuckDB's own text may show personal data


def _watched(rows: Iterator[pa.RecordBatch], failures: list[BaseException]) -> Iterator[pa.RecordBatch]:
    """The rows; an error is kept, as DuckDB hands on no more than its text."""
    try:
        yield from rows
    except Exception as error:
        failures.append(error)
        raise


def _sandbox(options: ReadOptions, time_zone: str) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config=_CONFIG)
    connection.execute(f"set TimeZone = {_literal(time_zone)}")
    for name, body in _MACROS.items():
        connection.execute(f"create macro {name}{_with_signs(body, options)}")
    for setting in _LOCKS:
        connection.execute(f"set {setting}")
    return connection


def _with_signs(body: str, options: ReadOptions) -> str:
    decimal, thousands = re.escape(options.decimal), re.escape(options.thousands)
    whole = rf"(?:\d+|\d{{1,3}}(?:{thousands}\d{{3}})+)" if thousands else r"\d+"
    number = rf"[+-]?(?:{whole}(?:{decimal}\d*)?|{decimal}\d+)(?:[eE][+-]?\d+)?"
    signs = {"«number»": number, "«thousands»": options.thousands, "«decimal»": options.decimal}
    for mark, sign in signs.items():
        body = body.replace(mark, _literal(sign))
    return body


def sql_of(account: FileAccount) -> str:
    """The query of a mapping over the relation of its files: the columns of its table, and REASON."""
    mappable = TABLES[account.table].mappable
    cells = {name: _Cell.of(column, mappable[name], account) for name, column in account.columns.items()}
    columns = [f"{cell.value} as {_name(name)}" for name, cell in cells.items()]
    reasons = [cell.reason for cell in cells.values() if cell.reason] or ["cast(null as varchar)"]
    columns.append(f"coalesce({', '.join(reasons)}) as {REASON}")
    where = f"\nwhere (\n{account.where}\n)" if account.where else ""
    group = f"\ngroup by {', '.join(map(_name, account.group_by))}" if account.group_by else ""
    return "select\n  " + ",\n  ".join(columns) + f"\nfrom {_relation(account)}{where}{group}"


def _relation(account: FileAccount) -> str:
    relation = _SOURCE
    if account.unpivot:
        made = account.unpivot
        columns = ", ".join(map(_name, made.columns))
        relation = f"(unpivot {relation} on {columns} into name {_name(made.name)} value {_name(made.value)})"
    if any(column.row_number for column in account.columns.values()):
        relation = f"(select *, row_number() over () as {_ROW} from {relation})"
    return relation


@dataclass(frozen=True)
class _Cell:
    """One column of the table in SQL: its value, and why it cannot be read."""

    value: str
    reason: str | None

    @classmethod
    def of(cls, column: ColumnMapping, field: Field, account: FileAccount) -> _Cell:
        macro, noun = _CONVERSIONS[field.type]
        raw = _raw(column)
        pattern = f", format := {_literal(column.format)}" if column.format and field.type in (DATE, TIMESTAMP) else ""
        read = f"{macro}({raw}{pattern})"
        told = _literal(f"{field.name} is not {noun}{_way(column, field, account.options)}: ")
        bad = f"case when {raw} is not null and {read} is null then {told} || left(cast({raw} as varchar), 80) end"
        if column.take:
            bad = f"any_value({bad})"
        return cls(_TAKES[column.take].format(read) if column.take else read, None if field.type == TEXT else bad)


def _way(column: ColumnMapping, field: Field, options: ReadOptions) -> str:
    """How the value should have been written, as the mapping says it."""
    if field.type in (DATE, TIMESTAMP):
        return f" like {column.format or '2026-01-31'}"
    if field.type in (MONEY, NUMBER, COUNT):
        thousands = f" and thousands {options.thousands!r}" if options.thousands else ""
        return f" with decimal {options.decimal!r}{thousands}"
    return ""


def _raw(column: ColumnMapping) -> str:
    if column.source is not None:
        return _name(column.source)
    if column.sql is not None:
        return f"(\n{column.sql}\n)"
    return _ROW if column.row_number else _literal(column.value)


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return repr(value)
    return "'" + str(value).replace("'", "''") + "'"


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _only(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The statement itself, when it is one query that reads the files once: they stream, and a second read is empty."""
    if sql.lower().count(_SOURCE) > 1:
        raise ConfigurationError("where and sql cannot read the files again", hint=f"leave out {_SOURCE}")
    statements = connection.extract_statements(sql)
    if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
        raise ConfigurationError("where and sql each hold one expression", hint="they cannot hold a statement")
    return sql


def _short(error: Exception) -> str:
    return str(error).split("\n\n")[0].split("\n")[0][:300]
