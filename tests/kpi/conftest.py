"""The built project of an empty lake, shared with tests/dbt, and its models as dbt compiles them."""

from __future__ import annotations

import pytest
from filelock import FileLock

from tests.dbt.conftest import Built, built
from tests.kpi.model_sql import Models, compile_models
from tests.warehouse import shared_folder

__all__ = ["built"]


@pytest.fixture(scope="session")
def models(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Models:
    """Compiled by the first of the workers that asks for them."""
    folder = shared_folder(tmp_path_factory, "compiled_models")
    with FileLock(folder / "lock"):
        if not (folder / "done").exists():
            compile_models(built, folder)
            (folder / "done").touch()
    return Models.of(built, folder)
