"""A build that dbt broke off, as a failure that a person can read: which model or test, and which rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import duckdb

from pipelines import dbt_words, markdown_table

_WRONG = ("error", "fail")
_SHOWN_ROWS = 10
_WHAT_NOW = (
    "Nothing is published, so that BI keeps the last good night. Mend the rows or the model, then run `kompas rebuild`."
)
Props = dict[str, Any]
Fault = tuple[Props, Props]
"""A node of the manifest, and its result."""


def failure(target: Path, build_file: Path) -> dg.Failure | None:
    """What dbt's artefacts in `target` say went wrong. None where dbt did not get as far as to write them."""
    found = faults(target)
    if not found:
        return None
    lines = [dbt_words.failed(node, result) for node, result in found]
    rows = {f"rows of {node['name']}": dg.MetadataValue.md(text) for node, text in _rows(found, build_file)}
    return dg.Failure(
        description="\n".join([f"dbt: {lines[0]}", *lines[1:], _WHAT_NOW]),
        metadata={
            "what_to_do": dg.MetadataValue.md("\n".join(f"- {line}" for line in [*lines, _WHAT_NOW])),
            "build_file": dg.MetadataValue.path(str(build_file)),
            **rows,
        },
        allow_retries=False,
    )


def faults(target: Path) -> list[Fault]:
    """The nodes that failed, each with its result; the first is what the others may follow from."""
    files = [target / name for name in ("manifest.json", "run_results.json")]
    if not all(file.exists() for file in files):
        return []
    manifest, results = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    wrong = [result for result in results["results"] if result["status"] in _WRONG]
    return [(manifest["nodes"][result["unique_id"]], result) for result in wrong]


def _rows(found: list[Fault], build_file: Path) -> Iterator[tuple[Props, str]]:
    """The first rows that each failed test found, as a table of Markdown."""
    tests = [node for node, result in found if result["status"] == "fail" and node["relation_name"]]
    with duckdb.connect(str(build_file), read_only=True) as connection:
        for node in tests:
            rows = connection.execute(f"from {node['relation_name']} limit {_SHOWN_ROWS}").to_arrow_table()
            lines = [[str(value) for value in row.values()] for row in rows.to_pylist()]
            yield node, "\n".join([*markdown_table.head(rows.column_names), *map(markdown_table.row, lines)])
