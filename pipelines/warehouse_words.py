"""What the tables and columns of the published file mean, in English as dbt's models say it, and in Dutch.

The Dutch words are a catalogue of translations (gettext's PO format), by the English ones: who changes an English
description is asked for the Dutch one, as its old translation no longer fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import duckdb
from babel.messages.pofile import read_po

from pipelines.contract import FOLDER, Contract

CATALOGUE = FOLDER / "nl.po"
CONTRACT, DICTIONARY = "bi.contract", "bi.dictionary"
OWN = {
    CONTRACT: {
        "": "Which contract the names and types of this file keep: one row",
        "version": "Version: its first number moves when a column goes or changes, its second when one comes",
    },
    DICTIONARY: {
        "": "What every table and column means, in Dutch and in English; rows without column_name are of tables",
        "table_schema": "Schema of the table",
        "table_name": "Table or view",
        "column_name": "Column; NULL for the table itself",
        "position": "Place of the column, from 1; 0 for the table itself",
        "data_type": "Type of the column; NULL for the table itself",
        "nl": "What it means, in Dutch",
        "en": "What it means, in English",
    },
}
"""The tables that publishing itself makes; those of dbt have their words from its models."""
Words = dict[tuple[str, str], str]
"""Descriptions by `schema.table` and column; the column of the table itself is an empty text."""


@cache
def dutch() -> dict[str, str]:
    """The Dutch of every English description that has been translated."""
    with CATALOGUE.open("rb") as file:
        found = read_po(file, locale="nl")
    return {str(message.id): str(message.string) for message in found if message.id and message.string}


def told(english: str, language: str) -> str:
    """A description in a language; in English where nobody has translated it."""
    return dutch().get(english, english) if language == "nl" else english


def english(connection: duckdb.DuckDBPyConnection, build: str, contract: Contract) -> Words:
    """The words of what the contract names: dbt's comments in the attached file `build`, and our own."""
    of_dbt = connection.execute(
        """with
           told as (
               select schema_name, table_name, '' as column_name, comment, database_name from duckdb_tables()
               union all
               select schema_name, view_name, '' as column_name, comment, database_name from duckdb_views()
               union all
               select schema_name, table_name, column_name, comment, database_name from duckdb_columns()
           )
           select schema_name || '.' || table_name, column_name, comment from told
           where database_name = $1 and comment is not null""",
        [build],
    ).fetchall()
    own = [(table, column, meaning) for table, columns in OWN.items() for column, meaning in columns.items()]
    public = {(table, column) for table, columns in contract.tables.items() for column in ("", *columns)}
    return {(table, column): meaning for table, column, meaning in [*of_dbt, *own] if (table, column) in public}


def entries(contract: Contract, meanings: Words) -> Iterator[dict[str, object]]:
    """The rows of the dictionary."""
    for table, columns in contract.tables.items():
        schema, name = table.split(".")
        for position, column in enumerate(["", *columns]):
            meaning = meanings.get((table, column), "")
            yield {
                "table_schema": schema,
                "table_name": name,
                "column_name": column or None,
                "position": position,
                "data_type": columns.get(column),
                "nl": told(meaning, "nl"),
                "en": meaning,
            }
