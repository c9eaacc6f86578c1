"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def row(cells: Iterable[str]) -> str:
    """A line of a table; a `|` within a cell is no border of it."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def head(columns: Sequence[str]) -> list[str]:
    """The names of the columns, and the line below them."""
    return [row(columns), row(["---"] * len(columns))]
