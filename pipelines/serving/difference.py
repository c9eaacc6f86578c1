"""What has to change for a table of PostgreSQL to take the columns that are published now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.serving.column import Column


@dataclass(frozen=True)
class Difference:
    """`added`: columns that are not there; `gone`: those that are no longer published; `retyped`: with another type."""

    added: tuple[Column, ...]
    gone: tuple[str, ...]
    retyped: tuple[Column, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.gone or self.retyped)


def difference(published: Iterable[Column], found: Mapping[str, str]) -> Difference:
    """Between columns as published, and those found in PostgreSQL: types by name."""
    wanted = {column.name: column for column in published}
    return Difference(
        added=tuple(column for name, column in wanted.items() if name not in found),
        gone=tuple(name for name in found if name not in wanted),
        retyped=tuple(column for name, column in wanted.items() if found.get(name, column.type) != column.type),
    )


def set_aside(name: str, old_type: str) -> str:
    """The name of a column whose type has changed, while somebody's view still uses it as it was."""
    return f"{name}__was_{old_type.partition('(')[0].replace(' ', '_')}"
