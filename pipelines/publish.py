"""The published warehouse: marts and KPI tables copied into a new file that replaces the old one in one rename.

A BI tool that holds the old file never blocks the night and never sees half of it: it keeps the old file until it
opens the new one. dbt's own file stays private, as a reader would block dbt, and dbt a reader.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

import duckdb

SCHEMAS = ("marts", "kpi")
_STORAGE_VERSION = "v1.0.0"
"""Older DuckDB clients in BI tools can read the file; a newer version buys us nothing here."""
_MODE = 0o444


@dataclass(frozen=True)
class Published:
    """What was published: the file, its tables with their row counts, its bytes."""

    file: Path
    tables: dict[str, int]
    bytes: int


def existing(warehouse: Path) -> Path:
    """The published file. Raises FileNotFoundError before the first night."""
    if not warehouse.exists():
        raise FileNotFoundError(f"there is no {warehouse} yet: run `kompas run` first")
    return warehouse


def publish(build_file: Path, target: Path) -> Published:
    """Copy the published schemas of `build_file` into `target`. Raises duckdb.Error and leaves the old file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target)
    temporary = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        tables = _copy(build_file, temporary)
        _settle(temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return Published(target, tables, target.stat().st_size)


def sweep(target: Path) -> int:
    """Remove the temporary files of runs that were killed; the number removed."""
    orphans = list(target.parent.glob(f".{target.name}.*.tmp*"))
    for orphan in orphans:
        orphan.unlink(missing_ok=True)
    return len(orphans)


def _copy(build_file: Path, temporary: Path) -> dict[str, int]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {_text(build_file)} as build (read_only)")
        connection.execute(f"attach {_text(temporary)} as published (storage_version '{_STORAGE_VERSION}')")
        return {name: _copy_table(connection, *name.split(".")) for name in _tables(connection)}


def _tables(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """select table_schema || '.' || table_name from information_schema.tables
           where table_catalog = 'build' and list_contains(?, table_schema) order by 1""",
        [list(SCHEMAS)],
    ).fetchall()
    return [row[0] for row in rows]


def _copy_table(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> int:
    connection.execute(f'create schema if not exists published."{schema}"')
    connection.execute(f'create table published."{schema}"."{table}" as from build."{schema}"."{table}"')
    for column, comment in _comments(connection, schema, table):
        place = f'published."{schema}"."{table}"'
        what = f'column {place}."{column}"' if column else f"table {place}"
        connection.execute(f"comment on {what} is {_text(comment)}")
    count = connection.execute(f'select count(*) from published."{schema}"."{table}"').fetchone()
    return int(count[0]) if count else 0


def _comments(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> list[tuple[str | None, str]]:
    return connection.execute(
        """select null, comment from duckdb_tables()
           where database_name = 'build' and schema_name = $1 and table_name = $2 and comment is not null
           union all
           select column_name, comment from duckdb_columns()
           where database_name = 'build' and schema_name = $1 and table_name = $2 and comment is not null""",
        [schema, table],
    ).fetchall()


def _settle(file: Path) -> None:
    """Make the file read-only and wait until it is on the disk, before it gets the published name."""
    file.chmod(_MODE)
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
