"""A lake that an older Kompas wrote is read as it is: its files have fewer columns."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.dbt.conftest import Built

DAY = date(2026, 1, 1)
OLD_VERDICT = {
    "run_day": DAY,
    "kpi_id": "cpa",
    "brand": None,
    "channel": "Email",
    "grain": "month",
    "period_start": DAY,
    "period_state": "complete",
    "actual": 25.0,
    "verdict": "on_target",
}
"""Before there were countries, keywords and codes of reasons."""


def test_a_verdict_of_before_countries_and_keywords_is_over_all_of_them(built: Built, tmp_path: Path) -> None:
    folder = tmp_path / "kompas" / "verdicts"
    shutil.copytree(Path(built.settings.lake_url) / "kompas" / "verdicts", folder)
    pq.write_table(pa.Table.from_pylist([OLD_VERDICT]), folder / "2026-01-01.parquet")
    (model,) = [node for node in built.nodes("model") if node["name"] == "stg_kompas__verdicts"]
    with duckdb.connect() as connection:
        rows = connection.execute(model["compiled_code"].replace(built.settings.lake_url, str(tmp_path))).fetchall()
        names = [str(column[0]) for column in connection.description]
    (row,) = (dict(zip(names, row, strict=True)) for row in rows)
    assert [row[name] for name in ("brand", "country", "channel", "keyword")] == ["all", "all", "Email", "all"]
    assert (row["actual"], row["verdict"], row["reason_code"]) == (25.0, "on_target", None)


def test_every_table_of_the_register_is_there_without_a_company(built: Built) -> None:
    folder = Path(built.settings.lake_url) / "kompas"
    assert pq.read_table(folder / "guardrails").num_rows == 0
