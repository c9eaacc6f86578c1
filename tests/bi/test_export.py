"""Files of the published tables, for tools that read no DuckDB."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from pipelines import contract as contracts
from pipelines import export
from pipelines.cli import main
from pipelines.settings import FILE_NAME, Settings


@pytest.fixture(scope="module")
def books(shop: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    export.written(shop.warehouse, folder, "xlsx")
    return folder


@pytest.mark.parametrize(("kind", "reader"), [("csv", "read_csv"), ("parquet", "read_parquet")])
def test_files_have_the_rows_of_the_tables(shop: Settings, tmp_path: Path, kind: str, reader: str) -> None:
    files = export.written(shop.warehouse, tmp_path / "files", kind)
    with duckdb.connect(str(shop.warehouse), read_only=True) as connection:
        counts = {
            file.name: connection.execute(
                f"select (select count(*) from {file.stem}) = (select count(*) from {reader}('{file}'))"
            ).fetchone()
            for file in files
        }
    assert set(counts) == {f"{table}.{kind}" for table in contracts.current().tables}
    assert {name for name, same in counts.items() if same != (True,)} == set()


def test_parquet_keeps_the_types(shop: Settings, tmp_path: Path) -> None:
    export.written(shop.warehouse, tmp_path, "parquet")
    with duckdb.connect() as connection:
        found = connection.execute(f"describe from '{tmp_path}/marts.channel_day.parquet'").fetchall()
    assert {name: kind for name, kind, *_ in found} == contracts.current().tables["marts.channel_day"]


def test_a_workbook_has_days_as_days_and_amounts_as_numbers(books: Path) -> None:
    sheet = load_workbook(books / "bi.channel_performance.xlsx", read_only=True)["channel_performance"]
    header, *rows = sheet.iter_rows(values_only=True)
    spent = [row for row in (dict(zip(header, values, strict=False)) for values in rows) if row["ad_spend"]]
    assert {type(row["period_start"]) for row in spent} == {datetime}
    assert {type(row["ad_spend"]) for row in spent} <= {int, float}


def test_a_workbook_has_moments(books: Path) -> None:
    sheet = load_workbook(books / "marts.data_quality.xlsx", read_only=True)["data_quality"]
    header, first, *_ = sheet.iter_rows(values_only=True)
    assert isinstance(dict(zip(header, first, strict=False))["loaded_at"], datetime)


def test_a_table_too_long_for_excel_is_refused(shop: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_SHEET_ROWS", 100)
    done = CliRunner().invoke(
        main, ["--settings", str(shop.folder / FILE_NAME), "export", str(tmp_path), "--format", "xlsx"]
    )
    assert done.exit_code == 1
    assert "more rows than a sheet of Excel holds: use --format csv or parquet" in done.output
    assert list(tmp_path.glob(".*")) == []


def test_the_command_says_what_it_wrote(shop: Settings, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["--settings", str(shop.folder / FILE_NAME), "export", str(tmp_path / "out")])
    assert done.output == f"Wrote {len(contracts.current().tables)} files to {tmp_path / 'out'}\n"


def test_only_the_tables_of_a_schema_are_written(shop: Settings, tmp_path: Path) -> None:
    files = export.written(shop.warehouse, tmp_path, "csv", ["bi"])
    assert {file.name.split(".")[0] for file in files} == {"bi"}
    assert "bi.scorecard.csv" in {file.name for file in files}


def test_the_schemas_are_those_of_the_contract() -> None:
    assert set(export.SCHEMAS) == {table.split(".")[0] for table in contracts.current().tables}


def test_before_the_first_night_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run `kompas run` first"):
        export.written(tmp_path / "kompas.duckdb", tmp_path / "out", "csv")
