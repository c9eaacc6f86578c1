"""Every published table and column says in Dutch and in English what it means."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines import contract as contracts
from pipelines import warehouse_words
from pipelines.explain.words import MEASURES
from pipelines.publish import publish
from pipelines.scorecard import SIGNS, VERDICTS
from tests.warehouse import Warehouse


def test_the_dictionary_has_every_table_and_column(reader: duckdb.DuckDBPyConnection) -> None:
    found = reader.execute(
        "select table_schema || '.' || table_name, column_name, data_type from bi.dictionary"
    ).fetchall()
    promised = contracts.current().tables
    assert {(table, column, kind) for table, column, kind in found if column} == {
        (table, column, kind) for table, columns in promised.items() for column, kind in columns.items()
    }
    assert {table for table, column, _ in found if not column} == set(promised)


def test_every_entry_is_told_in_both_languages(reader: duckdb.DuckDBPyConnection) -> None:
    untold = "select table_name, column_name, en from bi.dictionary where en = '' or nl = en"
    assert reader.execute(untold).fetchall() == []


def test_no_dutch_words_are_left_of_what_is_gone(reader: duckdb.DuckDBPyConnection) -> None:
    """A translation whose English has changed is of no use; the English then lacks one, and the test before says so."""
    told = {english for (english,) in reader.execute("select distinct en from bi.dictionary").fetchall()}
    assert set(warehouse_words.dutch()) - told == set()


@pytest.mark.parametrize(("language", "words"), [("nl", "Eerste dag van de maand"), ("en", "First day of the month")])
def test_comments_are_in_the_company_s_language(
    warehouse: Warehouse, tmp_path: Path, language: str, words: str
) -> None:
    publish(warehouse.file, tmp_path / "kompas.duckdb", language)
    with duckdb.connect(str(tmp_path / "kompas.duckdb"), read_only=True) as connection:
        asked = "select comment from duckdb_columns() where table_name = 'funnel' and column_name = 'month_start'"
        assert connection.execute(asked).fetchall() == [(words,)]


def test_verdicts_are_called_as_on_the_scorecard(reader: duckdb.DuckDBPyConnection) -> None:
    found = reader.execute("select verdict, sign, name_nl, name_en from marts.dim_verdict order by position").fetchall()
    assert found == [
        (verdict, sign, VERDICTS["nl"][verdict], VERDICTS["en"][verdict]) for verdict, (sign, _) in SIGNS.items()
    ]


def test_steps_of_the_funnel_are_called_as_measures_are(reader: duckdb.DuckDBPyConnection) -> None:
    steps = reader.execute("select distinct measure, step_nl, step_en from bi.funnel").fetchall()
    known = {(name, words.nl, words.en) for name, words in MEASURES.items()}
    assert {step for step in steps if step[0] in MEASURES} <= known
