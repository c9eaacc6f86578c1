"""Every table and column says what it means, up to the file that BI tools open."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from connectors.registry import CONNECTORS
from connectors.stream import Field, Stream
from pipelines import ledger, publish, register
from tests.dbt.conftest import Built, Node

STREAMS = [(connector.name, stream) for connector in CONNECTORS.values() for stream in connector.streams]
OWN_TABLES = {**register.SCHEMAS, **ledger.SCHEMAS}
NOT_READ = {"quarantine"}
"""Tables of the lake that are for people, not for dbt."""


@pytest.mark.parametrize("kind", ["model", "seed", "macro"])
def test_every_model_seed_and_macro_has_a_description(built: Built, kind: str) -> None:
    nodes = [node for node in built.nodes(kind) if not _is_variant(node["name"])]
    assert nodes
    assert [node["name"] for node in nodes if not node["description"]] == []


def test_every_column_is_documented_and_every_documented_column_is_there(built: Built) -> None:
    nodes = built.nodes("model") + built.nodes("seed")
    wrong = {node["name"]: difference for node in nodes if (difference := _difference(built, node))}
    assert wrong == {}


def test_every_column_has_words(built: Built) -> None:
    nodes = [*built.nodes("model"), *built.nodes("seed"), *built.manifest["sources"].values()]
    columns = [(node["name"], column) for node in nodes for column in node["columns"].values()]
    assert [f"{table}.{column['name']}" for table, column in columns if not column["description"].strip()] == []


@pytest.mark.parametrize(("connector", "stream"), STREAMS, ids=[f"{name}.{stream.name}" for name, stream in STREAMS])
def test_a_source_is_in_the_words_of_its_connector(built: Built, connector: str, stream: Stream) -> None:
    source = _source(built, connector, stream.name)
    assert _words(source) == {field.name: words(field) for field in stream.fields}


@pytest.mark.parametrize("table", sorted(set(OWN_TABLES) - NOT_READ))
def test_our_own_tables_are_documented_as_they_are_written(built: Built, table: str) -> None:
    assert list(_words(_source(built, "kompas", table))) == OWN_TABLES[table].names


def test_the_words_reach_the_file_that_bi_tools_open(built: Built, tmp_path: Path) -> None:
    file = tmp_path / "kompas.duckdb"
    publish.publish(built.settings.build_file, file)
    with duckdb.connect(str(file), read_only=True) as connection:
        columns = connection.execute("select comment, column_name from duckdb_columns() where not internal").fetchall()
        tables = connection.execute("select comment, table_name from duckdb_tables()").fetchall()
    assert columns and tables
    assert [name for comment, name in columns + tables if not comment] == []


def words(field: Field) -> str:
    """A field's description; with its unit where that is more than a count of what the description names."""
    unit = {"currency": "in `currency`"}.get(field.unit, field.unit)
    return f"{field.description} ({unit})" if "currency" in unit or "ISO" in unit else field.description


def _is_variant(macro: str) -> bool:
    """Whether a macro is an engine's variant of another, or a test, which describes itself by its name."""
    return macro.startswith(("default__", "spark__", "test_"))


def _difference(built: Built, node: Node) -> set[str]:
    return set(built.columns[f"{node['schema']}.{node['name']}"]) ^ set(node["columns"])


def _source(built: Built, connector: str, table: str) -> Node:
    return built.manifest["sources"][f"source.kompas.{connector}.{table}"]  # type: ignore[no-any-return]


def _words(node: Node) -> dict[str, str]:
    return {name: column["description"] for name, column in node["columns"].items()}
