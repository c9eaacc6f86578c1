"""What a person reads when dbt breaks a build off, and the row counts that its events carry."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb
import pytest

from pipelines import dbt_failures, dbt_rows, dbt_words

KEYS = {
    "name": "keys_of_google_ads",
    "alias": "keys_of_google_ads",
    "resource_type": "test",
    "relation_name": '"problems"."keys_of_google_ads"',
    "raw_code": "-- Every staging table of Google Ads has a row per key.\n{{ broken_keys_of() }}",
}
MODEL = {
    "name": "channel_day",
    "alias": "channel_day",
    "resource_type": "model",
    "relation_name": '"marts"."channel_day"',
}
BROKEN = (
    'Runtime Error in model channel_day (models/marts/channel_day.sql)\n  Binder Error: no column "costs"\n\nLINE 3'
)


@pytest.fixture
def build_file(tmp_path: Path) -> Path:
    file = tmp_path / "build.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema problems")
        connection.execute("create table problems.keys_of_google_ads as select '1 | a' as broken_key, 2 as copies")
        connection.execute("create view problems.seen as from problems.keys_of_google_ads")
    return file


def artefacts(folder: Path, **results: dict[str, Any]) -> Path:
    """dbt's manifest and results, in which each node has the status, failures and message given."""
    nodes = {"keys": KEYS, "model": MODEL}
    (folder / "manifest.json").write_text(json.dumps({"nodes": nodes}), encoding="utf-8")
    told = [{"unique_id": name, "failures": None, "message": None, **result} for name, result in results.items()]
    (folder / "run_results.json").write_text(json.dumps({"results": told}), encoding="utf-8")
    return folder


def failure(folder: Path, build_file: Path) -> dg.Failure:
    made = dbt_failures.failure(folder, build_file)
    assert made is not None
    return made


def test_the_first_line_names_the_test_the_rows_and_what_it_asks(tmp_path: Path, build_file: Path) -> None:
    told = failure(artefacts(tmp_path, keys={"status": "fail", "failures": 2}), build_file)
    assert (told.description or "").splitlines()[0] == (
        "dbt: keys_of_google_ads: 2 rows in table problems.keys_of_google_ads of the build file break it: "
        "Every staging table of Google Ads has a row per key."
    )


def test_a_failure_says_what_to_do(tmp_path: Path, build_file: Path) -> None:
    told = failure(artefacts(tmp_path, keys={"status": "fail", "failures": 2}), build_file)
    assert "Nothing is published" in (told.description or "")
    assert "kompas rebuild" in (told.description or "")


def test_the_rows_that_a_test_found_are_shown(tmp_path: Path, build_file: Path) -> None:
    told = failure(artefacts(tmp_path, keys={"status": "fail", "failures": 1}), build_file)
    assert "| 1 \\| a | 2 |" in str(told.metadata["rows of keys_of_google_ads"].value)


def test_a_model_that_cannot_be_built_is_told_in_the_words_of_the_engine(tmp_path: Path, build_file: Path) -> None:
    told = failure(artefacts(tmp_path, model={"status": "error", "message": BROKEN}), build_file)
    first = (told.description or "").splitlines()[0]
    assert first == 'dbt: model channel_day cannot be built: Binder Error: no column "costs"'


def test_what_passed_warned_or_was_skipped_is_no_fault(tmp_path: Path, build_file: Path) -> None:
    folder = artefacts(tmp_path, keys={"status": "warn", "failures": 2}, model={"status": "skipped"})
    assert dbt_failures.failure(folder, build_file) is None


def test_a_dbt_that_wrote_no_results_has_nothing_to_tell(tmp_path: Path, build_file: Path) -> None:
    assert dbt_failures.failure(tmp_path, build_file) is None


def test_a_key_is_asked_for_by_its_columns() -> None:
    kwargs = {"test_metadata": {"name": "unique_together", "kwargs": {"columns": ["day", "brand"]}}}
    assert dbt_words.asks({"name": "unique_together_x", **kwargs}) == "One row for each day, brand"


def events(*, ends: Exception | None = None) -> Iterator[Any]:
    yield dg.Output(None, "keys", metadata={"unique_id": "test.keys"})
    yield dg.AssetObservation("seen")
    if ends:
        raise ends


TABLES = {"test.keys": "problems.keys_of_google_ads"}


def test_a_table_is_told_of_with_its_rows(build_file: Path) -> None:
    observed, output = dbt_rows.counted(events(), build_file, TABLES)
    assert isinstance(observed, dg.AssetObservation)
    assert output.metadata["dagster/row_count"].value == 1


def test_a_view_is_not_run_to_be_counted(build_file: Path) -> None:
    assert set(dbt_rows.row_counts(build_file)) == {"problems.keys_of_google_ads"}
    (_, output) = dbt_rows.counted(events(), build_file, {"test.keys": "problems.seen"})
    assert "dagster/row_count" not in output.metadata


def test_what_was_built_before_dbt_broke_off_is_told_first(build_file: Path) -> None:
    told = dbt_rows.counted(events(ends=RuntimeError("dbt failed")), build_file, TABLES)
    assert [type(next(told)), type(next(told))] == [dg.AssetObservation, dg.Output]
    with pytest.raises(RuntimeError, match="dbt failed"):
        next(told)
