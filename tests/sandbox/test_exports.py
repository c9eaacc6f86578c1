"""The files that tools without an API export: what is known by now, whole, and no more months than they say."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from sandbox import exports
from sandbox.company import World
from sandbox.server import Sandbox

NOW = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
LATER = datetime(2026, 7, 2, 4, 0, tzinfo=UTC)


@pytest.fixture
def company() -> World:
    return World(seed=11, scale=0.1, first_day=date(2026, 3, 1), now=NOW)


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";"))


def test_a_file_per_tool_and_month(company: World, tmp_path: Path) -> None:
    exports.write(company, tmp_path, months=2)
    assert {path.stem for path in tmp_path.iterdir()} == {
        f"{export.name}-2026-{month}" for export in exports.EXPORTS for month in ("04", "05")
    }


def test_older_files_stay_as_they_were(company: World, tmp_path: Path) -> None:
    exports.write(company, tmp_path, months=2)
    before = (tmp_path / "leads-2026-05.csv").read_bytes()
    company.now = LATER
    exports.write(company, tmp_path, months=1)
    assert (tmp_path / "leads-2026-05.csv").read_bytes() == before
    assert (tmp_path / "leads-2026-07.csv").exists()


def test_an_open_lead_is_decided_in_a_later_export(company: World, tmp_path: Path) -> None:
    exports.write(company, tmp_path, months=1)
    before = {row["Leadnr"] for row in rows(tmp_path / "leads-2026-05.csv") if row["Fase"] == "open"}
    company.now = LATER
    exports.write(company, tmp_path, months=3)
    after = {row["Leadnr"] for row in rows(tmp_path / "leads-2026-05.csv") if row["Gewonnen"]}
    assert before & after


def test_nothing_of_the_future_is_in_them(company: World, tmp_path: Path) -> None:
    company.now = LATER
    company.now = NOW
    exports.write(company, tmp_path, months=1)
    sheet = load_workbook(tmp_path / "enquete-2026-05.xlsx", read_only=True).active
    assert sheet is not None
    answered = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert len(answered) > 0
    assert max(day.date() for day in answered) <= NOW.date()  # type: ignore[union-attr]


def test_a_file_bears_the_time_of_the_world(company: World, tmp_path: Path) -> None:
    exports.write(company, tmp_path, months=1)
    assert {path.stat().st_mtime for path in tmp_path.iterdir()} == {NOW.timestamp()}


def test_a_sandbox_that_is_given_a_folder_exports_into_it(company: World, tmp_path: Path) -> None:
    with Sandbox(company, port=0, grpc_port=0, folder=tmp_path):
        assert (tmp_path / "zoekposities-2026-05.csv").exists()


def test_posts_are_exported_only_of_the_network_that_no_connector_reads(company: World, tmp_path: Path) -> None:
    exports.write(company, tmp_path, months=2)
    networks = {row["Netwerk"] for month in ("04", "05") for row in rows(tmp_path / f"berichten-2026-{month}.csv")}
    assert networks == {"Pinterest"}
