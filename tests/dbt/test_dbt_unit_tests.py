"""The business rules of the SQL models, as dbt's own unit tests show them: models/*/_unit_tests.yml."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.dbt.conftest import Built, Node

Results = dict[str, Node]


@pytest.fixture(scope="module")
def results(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Results:
    """What dbt says of each unit test, by name. About 15 seconds."""
    folder = tmp_path_factory.mktemp("unit_tests")
    # dbt asks the built tables for their columns, and would lock them for the other tests.
    file = Path(shutil.copy(built.settings.build_file, folder / built.settings.build_file.name))
    done = built.dbt("test", "--select", "test_type:unit", file=file, target=folder, variables="unit_tests: true")
    told = folder / "run_results.json"
    assert told.exists(), done.stdout[-3000:]
    found = json.loads(told.read_text(encoding="utf-8"))["results"]
    return {result["unique_id"]: result for result in found if result["unique_id"].startswith("unit_test.")}


def test_every_rule_holds(results: Results) -> None:
    assert [f"{name}: {result['message']}" for name, result in results.items() if result["status"] != "pass"] == []


def test_every_rule_was_tried(results: Results) -> None:
    assert len(results) > 40


def test_the_nightly_build_leaves_them_out(built: Built) -> None:
    assert built.manifest["unit_tests"] == {}
