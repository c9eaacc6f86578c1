"""The contract of the published file: its tables and views, their columns and types, under a version of its own.

`dbt_project/contract/<version>.yml` has a file per version; the newest is in force. Versions say what a change means to
a dashboard: a column that goes, or has another name or type, is a new major version; one that comes a minor one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from pipelines.vocabulary import DBT_PROJECT

FOLDER = DBT_PROJECT / "contract"
Columns = dict[str, str]
"""The type of each column, in DuckDB's words, in the order in which they stand."""


class ContractError(ValueError):
    """The build lacks what the contract promises."""


@dataclass(frozen=True)
class Contract:
    """What a version promises: the columns of every published table and view, by `schema.table`."""

    version: str
    tables: dict[str, Columns]

    @property
    def order(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split("."))

    @property
    def digest(self) -> str:
        """Eight letters that another name, type or column would change; their order in the file does not."""
        lines = sorted(
            f"{table}.{column} {kind}" for table, found in self.tables.items() for column, kind in found.items()
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:8]

    def missing(self, found: Mapping[str, Columns]) -> list[str]:
        """What is promised and not there, as `schema.table.column TYPE`."""
        promised = ((table, column, kind) for table, columns in self.tables.items() for column, kind in columns.items())
        return [
            f"{table}.{column} {kind}" for table, column, kind in promised if found.get(table, {}).get(column) != kind
        ]


def read(file: Path) -> Contract:
    """A version from its file."""
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Contract(file.stem, told)


@cache
def versions() -> tuple[Contract, ...]:
    """Every version there was, the oldest first."""
    return tuple(sorted(map(read, FOLDER.glob("*.yml")), key=lambda contract: contract.order))


def current() -> Contract:
    """The version in force."""
    return versions()[-1]
