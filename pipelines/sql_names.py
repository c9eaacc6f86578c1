"""Names and texts as SQL writes them, which DuckDB and PostgreSQL do alike."""

from __future__ import annotations


def name(value: str) -> str:
    """A name of any letters: `"order"`."""
    return '"' + value.replace('"', '""') + '"'


def place(table: str) -> str:
    """`schema.table` with its names quoted."""
    return ".".join(map(name, table.split(".")))


def text(value: object) -> str:
    """A text."""
    return "'" + str(value).replace("'", "''") + "'"
