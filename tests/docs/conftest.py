"""The company in which the docs are done as they say: the one of the first night, some days later."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.company import World
from tests.conftest import SCALE, WORLD_FROM, FirstNight
from tests.docs.pages import blocks
from tests.house import House
from tests.postgres.conftest import server  # noqa: F401 - a fixture of theirs

COLLEAGUES = {"bo.txt": "CSAT\ncpa\nconversion_rate\n", "chris.txt": "cpa\nCSAT\n"}
"""Two lists for `kompas rank`; the pages show a third, that of Ans."""
SECRETS = {"hash.key": "0123456789abcdef\n", "environment": "META_TOKEN=sandbox-meta-token\n"}


@pytest.fixture(scope="module")
def company(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Its folder has lake, warehouse and exports, and its platforms answer. Tests may write into the folder."""
    folder = tmp_path_factory.mktemp("docs") / "mijn-bedrijf"
    with first_night.moved(folder, World(seed=7, scale=SCALE, first_day=WORLD_FROM)) as house:
        house.export()
        shown = {
            block.mark.removeprefix("file: "): block.text for block in blocks("text") if block.mark.startswith("file: ")
        }
        secrets = {f"secrets/{name}": text for name, text in SECRETS.items()}
        for name, text in {**shown, **COLLEAGUES, **secrets}.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        yield house
