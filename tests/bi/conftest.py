"""A published warehouse for these tests: the shop of tests/explain, built once for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.explain.conftest import shop, warehouse

__all__ = ["shop", "warehouse"]


@pytest.fixture(scope="session")
def published(shop) -> Path:  # type: ignore[no-untyped-def]
    """The shop's published file. Tests read, and write nothing here."""
    return Path(shop.warehouse)


@pytest.fixture
def reader(published: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(published), read_only=True) as connection:
        yield connection
