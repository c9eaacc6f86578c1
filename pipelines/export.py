"""The published tables as files, for tools that read no DuckDB: `kompas export`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import click
import duckdb
from openpyxl import Workbook

from pipelines import contract, settings
from pipelines.publish import existing
from pipelines.sql_names import name, place, text
from pipelines.whole_file import replacing

_SHEET_ROWS = 1_048_576
"""What a sheet of Excel holds, its header among them."""
_BATCH = 10_000
Writer = Callable[[duckdb.DuckDBPyConnection, str, Path], None]


def _copied(options: str) -> Writer:
    def write(warehouse: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
        warehouse.execute(f"copy (from {place(table)}) to {text(file)} ({options})")

    return write


def _xlsx(warehouse: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """A workbook with one sheet. Moments lose their time zone, which Excel does not know; they are in UTC."""
    warehouse.execute("set timezone = 'UTC'")
    ((rows,),) = warehouse.execute(f"select count(*) from {place(table)}").fetchall()
    if rows >= _SHEET_ROWS:
        raise click.ClickException(f"{table} has more rows than a sheet of Excel holds: use --format csv or parquet")
    columns = contract.current().tables[table].items()
    moments = [column for column, kind in columns if kind == "TIMESTAMP WITH TIME ZONE"]
    plain = ", ".join(f"{name(column)}::timestamp as {name(column)}" for column in moments)
    found = warehouse.execute(f"select * {f'replace ({plain})' if plain else ''} from {place(table)}")
    book = Workbook(write_only=True)
    sheet = book.create_sheet(table.split(".")[1][:31])
    sheet.append(list(contract.current().tables[table]))
    while batch := found.fetchmany(_BATCH):
        for row in batch:
            sheet.append(row)
    book.save(file)


SCHEMAS = ("bi", "kpi", "marts")
FORMATS: dict[str, Writer] = {
    "csv": _copied("format csv, header"),
    "parquet": _copied("format parquet, compression zstd"),
    "xlsx": _xlsx,
}


def written(warehouse: Path, folder: Path, kind: str, schemas: Collection[str] = ()) -> list[Path]:
    """Write every published table and view, or those of some schemas, to `folder`, as `<schema>.<table>.<kind>`.

    Returns the files. A file is replaced whole. Raises FileNotFoundError before the first night.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(existing(warehouse)), read_only=True) as connection:
        tables = [table for table in contract.current().tables if not schemas or table.split(".")[0] in schemas]
        return [_one(connection, table, folder / f"{table}.{kind}", FORMATS[kind]) for table in tables]


def _one(connection: duckdb.DuckDBPyConnection, table: str, file: Path, write: Writer) -> Path:
    with replacing(file) as temporary:
        write(connection, table, temporary)
    return file


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format", "kind", type=click.Choice(list(FORMATS)), default="csv", show_default=True, help="Kind of files"
)
@click.option(
    "--schema", "schemas", type=click.Choice(SCHEMAS), multiple=True, help="Only the tables of it; may be given again"
)
@click.pass_obj
def export(file: Path | None, folder: Path, kind: str, schemas: tuple[str, ...]) -> None:
    """Write every published table to FOLDER, for tools that read no DuckDB."""
    made = written(settings.read(file).warehouse, folder, kind, schemas)
    click.echo(f"Wrote {len(made)} files to {folder}")
