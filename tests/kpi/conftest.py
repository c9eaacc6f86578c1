"""The built project of an empty lake, shared with tests/dbt."""

from tests.dbt.conftest import built

__all__ = ["built"]
