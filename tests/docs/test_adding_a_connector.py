"""docs/adding-a-connector.md, done as it says: in a copy of the house, and then tested there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.tables import REPOSITORY

PAGE = REPOSITORY / "docs" / "adding-a-connector.md"
_BLOCK = re.compile(
    r"<!-- (?P<how>file|after): (?P<what>.+?) -->\n```\w*\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_LEFT_OUT = (".*", "data", "build", "target", "logs", "__pycache__", "*.egg-info")
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house, with the page's blocks in their places."""
    folder = tmp_path_factory.mktemp("house") / "kompas"
    shutil.copytree(REPOSITORY, folder, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    for how, what, text in blocks():
        (write if how == "file" else insert)(folder, what, text)
    return folder


def blocks() -> Iterator[tuple[str, str, str]]:
    for found in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        yield found["how"], found["what"], found["text"]


def write(folder: Path, name: str, text: str) -> None:
    assert not (folder / name).exists()
    (folder / name).write_text(text, encoding="utf-8")


def insert(folder: Path, what: str, text: str) -> None:
    """Put lines after the one line that is named."""
    name, _, line = what.partition(": ")
    before = (folder / name).read_text(encoding="utf-8")
    assert before.count(f"{line}\n") == 1, f"{name} has another line than {line!r}"
    (folder / name).write_text(before.replace(f"{line}\n", f"{line}\n{text}"), encoding="utf-8")


def passed(house: Path, *words: str) -> int:
    """Run tests in the copy, with its own modules; gives how many there were."""
    environment = os.environ | {"PYTHONPATH": str(house)}
    environment.pop("PYTEST_ADDOPTS", None)
    command = [sys.executable, "-m", "pytest", "-v", *words]
    done = subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-1000:]
    return int(re.findall(r"(\d+) passed", done.stdout)[-1])


def test_the_page_has_all_of_its_parts() -> None:
    whole = [what for how, what, _ in blocks() if how == "file"]
    assert len(whole) == 5
    assert len(list(blocks())) == 12


def test_the_new_connector_passes_the_standard_suite(house: Path) -> None:
    assert passed(house, "tests/connectors/test_standard.py", "-k", "acme_reviews") > 30


def test_the_new_code_is_formatted(house: Path) -> None:
    files = [what for how, what, _ in blocks() if what.endswith(".py") and how == "file"]
    done = subprocess.run([sys.executable, "-m", "ruff", "format", "--check", *files], cwd=house, check=False)
    assert done.returncode == 0


@pytest.mark.slow
def test_the_warehouse_takes_the_new_model(house: Path) -> None:
    assert passed(house, "tests/dbt/test_documented.py", "tests/dbt/test_contract.py") > 30
