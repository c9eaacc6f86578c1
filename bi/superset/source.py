"""Where the dashboard reads from: the published file, or PostgreSQL. Each says figures as text in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_MARKS = "translate({}, ',.', '.,')"
"""Thousands and decimals as the Dutch write them."""


@dataclass(frozen=True)
class Source:
    """A database for Superset: its name there, its address, the schema of the ready-made views, and how it writes a
    number with two decimals, and one without."""

    name: str
    uri: str
    schema: str
    number: str
    whole: str

    def text(self, expression: str) -> str:
        """SQL of a number as text: 1.234,56."""
        return _MARKS.format(self.number.format(expression))

    def count(self, expression: str) -> str:
        """SQL of a whole number as text: 1.234."""
        return _MARKS.format(self.whole.format(expression))


def duckdb_file(warehouse: Path) -> Source:
    """The published file, read-only: Superset opens it anew for each question, so it sees the newest night."""
    uri = f"duckdb:///{warehouse.resolve()}?access_mode=read_only"
    return Source("Kompas", uri, "bi", "format('{{:,.2f}}', {})", "format('{{:,.0f}}', {})")


def postgres(url: str, prefix: str = "kompas_") -> Source:
    """The tables that Kompas serves in PostgreSQL; `url` is that of a reader."""
    uri = "postgresql+psycopg2://" + url.split("://", 1)[1]
    digits = "to_char({}, 'FM999,999,999,990%s')"
    return Source("Kompas (PostgreSQL)", uri, f"{prefix}bi", digits % ".00", digits % "")
