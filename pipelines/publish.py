"""The published warehouse: what the contract promises, in a new file that replaces the old one in one rename.

A BI tool that holds the old file never blocks the night and never sees half of it: it keeps the old file until it
opens the new one. dbt's own file stays private, as a reader would block dbt, and dbt a reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines import contract as contracts
from pipelines.contract import Contract
from pipelines.published_copy import BUILD, NEW, Copy
from pipelines.sql_names import text
from pipelines.whole_file import replacing, sweep

_STORAGE_VERSION = "v1.0.0"
"""Older DuckDB clients in BI tools can read the file; a newer version buys us nothing here."""
_MODE = 0o444


@dataclass(frozen=True)
class Published:
    """What was published: the file, its tables with their row counts, its bytes."""

    file: Path
    tables: dict[str, int]
    bytes: int


def existing(warehouse: Path) -> Path:
    """The published file. Raises FileNotFoundError before the first night."""
    if not warehouse.exists():
        raise FileNotFoundError(f"there is no {warehouse} yet: run `kompas run` first")
    return warehouse


def publish(build_file: Path, target: Path, language: str = "en", contract: Contract | None = None) -> Published:
    """Make `target` of what the contract (the one in force by default) promises of `build_file`.

    Comments are in `language`, nl or en. Raises duckdb.Error or ContractError, and leaves the old file.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    sweep(target)
    with replacing(target) as temporary:
        tables = _copy(build_file, temporary, contract or contracts.current(), language)
        temporary.chmod(_MODE)
    return Published(target, tables, target.stat().st_size)


def _copy(build_file: Path, temporary: Path, contract: Contract, language: str) -> dict[str, int]:
    with duckdb.connect() as connection:
        connection.execute(f"attach {text(build_file)} as {BUILD} (read_only)")
        connection.execute(f"attach {text(temporary)} as {NEW} (storage_version '{_STORAGE_VERSION}')")
        return Copy(connection, contract, language).make()
