"""The row counts of what dbt built, on the events that Dagster plots.

dbt lets nobody into its file until it has ended, so the tables are counted then, in one query; their events wait for
it. dagster-dbt's own `fetch_row_counts` waits too, and asks once per table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

_TABLE = "dagster/table_name"


def counted(events: Iterable[Any], build_file: Path, tables: Mapping[str, str]) -> Iterator[Any]:
    """The events of a dbt build; those of tables come last, with `dagster/row_count`. An error of dbt comes after them.

    `tables` names the table (`schema.name`) of each of dbt's nodes.
    """
    held: list[dg.Output[Any]] = []
    try:
        for event in events:
            if isinstance(event, dg.Output):
                held.append(event)
            else:
                yield event
    except Exception:
        yield from _told(held, build_file, tables)
        raise
    yield from _told(held, build_file, tables)


def _told(held: list[dg.Output[Any]], build_file: Path, tables: Mapping[str, str]) -> Iterator[dg.Output[Any]]:
    rows = row_counts(build_file) if held else {}
    for output in held:
        count = rows.get(tables.get(str(output.metadata["unique_id"].value), ""))
        told = {} if count is None else {"dagster/row_count": count}
        yield output.with_metadata({**output.metadata, **told})


def row_counts(build_file: Path) -> dict[str, int]:
    """Rows of each table of a DuckDB file, by `schema.name`; views, which would have to be run, are not there."""
    with duckdb.connect(str(build_file), read_only=True) as connection:
        found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        if not found:
            return {}
        counts = " union all ".join(f"select '{name}', count(*) from {_quoted(name)}" for (name,) in found)
        return dict(connection.execute(counts).fetchall())


def _quoted(name: str) -> str:
    return ".".join(f'"{part}"' for part in name.split("."))
