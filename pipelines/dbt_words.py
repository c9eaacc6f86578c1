"""dbt's tests in words: what each asks, and what it says when it fails."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

Props = Mapping[str, Any]
"""A node of dbt's manifest."""
_COMMENT = re.compile(r"\A(?:\s*--[^\n]*\n)+")


def asks(test: Props) -> str:
    """What a test asks: its description, the comment on top of its SQL, or the key that it guards.

    >>> asks({"name": "x", "raw_code": "-- No order\\n-- stands twice.\\nselect 1"})
    'No order stands twice.'
    """
    generic = test.get("test_metadata") or {}
    columns = generic.get("kwargs", {}).get("columns")
    if test.get("description"):
        return str(test["description"])
    if columns:
        return f"One row for each {', '.join(columns)}"
    return _comment(str(test.get("raw_code") or "")) or f"dbt test {test['name']}"


def _comment(sql: str) -> str:
    found = _COMMENT.match(sql)
    return " ".join(line.strip().removeprefix("--").strip() for line in found[0].splitlines()).strip() if found else ""


def failed(node: Props, result: Props) -> str:
    """One line for a result of dbt that went wrong."""
    if node["resource_type"] == "test" and result["status"] in ("fail", "warn"):
        rows = "1 row" if result["failures"] == 1 else f"{result['failures']} rows"
        return f"{node['name']}: {rows} in table problems.{node['alias']} of the build file break it: {asks(node)}"
    said = next((line.strip() for line in _meaning(str(result.get("message") or ""))), "no message")
    return f"{node['resource_type']} {node['name']} cannot be built: {said}"


def _meaning(message: str) -> list[str]:
    """The lines of dbt's message after its heading (`Runtime Error in model x (models/x.sql)`), without blank ones."""
    lines = [line for line in message.splitlines() if line.strip()]
    return lines[1:] if len(lines) > 1 and re.match(r"\w+ Error in ", lines[0].strip()) else lines
