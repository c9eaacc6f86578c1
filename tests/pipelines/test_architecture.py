"""Who may import whom: pipelines → connectors, and nothing else of ours, in any direction."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = {"connectors", "pipelines", "sandbox", "tests", "bench", "bi"}
MAY = {"connectors": set[str](), "pipelines": {"connectors"}, "sandbox": set[str](), "bi": set[str]()}
THE_DEMO = {"pipelines/demo.py", "pipelines/cli.py"}
"""They start the sandbox beside a run; nothing of it is used for pulling or judging."""


def imports(file: Path) -> Iterator[str]:
    """The top-level packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.split(".", 1)[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative imports hide where things are"
            yield (node.module or "").split(".", 1)[0]


@pytest.mark.parametrize("package", MAY)
def test_a_package_imports_only_what_it_may(package: str) -> None:
    strays = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in (ROOT / package).rglob("*.py")
        for name in set(imports(file)) & OURS - {package} - MAY[package]
        if not (name == "sandbox" and str(file.relative_to(ROOT)) in THE_DEMO)
    }
    assert strays == set()


@pytest.mark.parametrize("file", sorted((ROOT / "connectors").glob("*.py")), ids=lambda file: file.name)
def test_a_connector_knows_neither_dagster_nor_dbt_nor_duckdb_s_files(file: Path) -> None:
    allowed = {"duckdb"} if file.name.startswith("files") else set[str]()
    assert not {"dagster", "dagster_dbt", "dbt", "duckdb"} - allowed & set(imports(file))
