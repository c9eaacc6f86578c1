"""docs/operate.md: systemd, cron and Dagster take the files that it shows, and a back-up restores."""

from __future__ import annotations

import shutil
import stat
import subprocess
from pathlib import Path

import dagster as dg
import pytest
import yaml

from tests.docs.pages import DOCS, Block, blocks_of, own_blocks
from tests.docs.typing_shell import session
from tests.house import House, differing, tables

UNITS = ("kompas.service", "kompas-night.service", "kompas-night.timer")
"""The names that the page gives to its units, in its order."""


OF_ALERTS = ("kompas-watch.service", "kompas-watch.timer")
"""Those of docs/alerts.md."""


def units(page: str = "docs/operate.md", names: tuple[str, ...] = UNITS) -> dict[str, str]:
    found = [block.text for block in own_blocks("ini") if block.page == page]
    return dict(zip(names, found, strict=True))


def verified(folder: Path, units: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What systemd says of units, with our own folders in the places of /srv's."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not installed")
    command = folder / "kompas" / ".venv" / "bin" / "kompas"
    command.parent.mkdir(parents=True)
    command.touch(mode=stat.S_IRWXU)
    for name, text in units.items():
        (folder / name).write_text(text.replace("/srv/", f"{folder}/"), encoding="utf-8")
    words = ["systemd-analyze", "verify", "--man=no", *(str(folder / name) for name in units)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    done = verified(tmp_path, units())
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_takes_the_units_of_the_dead_man_alarm(tmp_path: Path) -> None:
    done = verified(tmp_path, units("docs/alerts.md", OF_ALERTS))
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_would_tell_a_mistake(tmp_path: Path) -> None:
    done = verified(
        tmp_path, {"kompas.service": units()["kompas.service"].replace("TimeoutStopSec=60", "TimeoutStopSec=x")}
    )
    assert "Failed to parse" in done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_the_page_names_the_file_of_a_unit(unit: str) -> None:
    assert f"`/etc/systemd/system/{unit}`" in (DOCS / "operate.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("block", own_blocks("cron"), ids=str)
def test_a_line_of_cron_has_its_fields_and_a_command(block: Block) -> None:
    @dg.job
    def night() -> None: ...

    for line in block.text.splitlines():
        *fields, command = line.split(maxsplit=5)
        assert dg.ScheduleDefinition(job=night, cron_schedule=" ".join(fields)).cron_schedule
        assert subprocess.run(["bash", "-n", "-c", command], check=False).returncode == 0


@pytest.mark.parametrize("block", [block for block in own_blocks("yml") if not block.mark], ids=str)
def test_another_yaml_file_can_be_read(block: Block) -> None:
    assert yaml.safe_load(block.text)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_back_up_restores(company: House) -> None:
    before = {"kpi.kpi_scorecard": company.published()["kpi.kpi_scorecard"]}
    script = "".join(block.text for block in blocks_of(DOCS / "operate.md") if "kompas-backup" in block.text)
    done = session(company.folder, script)
    assert done.returncode == 0, done.stdout + done.stderr
    restored = company.folder.parent / "restored" / "data" / "kompas.duckdb"
    after = {"kpi.kpi_scorecard": tables(restored)["kpi.kpi_scorecard"]}
    assert differing(before, after) == []
