"""The files: where they stand, what they hold, and what is left of them when writing fails."""

from __future__ import annotations

import os
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli import main
from pipelines.lake import Lake
from pipelines.page import files
from pipelines.page.nights_index import index
from pipelines.page.voice import Voice
from pipelines.settings import Settings
from tests.page import companies


def kompas(shop: Settings, *words: str) -> str:
    done = CliRunner().invoke(main, ["--settings", str(shop.folder / "kompas.yaml"), "scorecard", *words])
    return done.output


def test_each_night_has_a_page_and_all_have_an_index(shop: Settings) -> None:
    written = files.write(shop)
    assert written.file == shop.scorecards / "2026-11-26.html"
    assert (written.night, written.bytes) == (companies.NIGHT, written.file.stat().st_size)
    assert (shop.scorecards / "index.html").exists()


def test_the_other_language_stands_beside_it(shop: Settings) -> None:
    assert "2026-11-26.en.html" in kompas(shop, "--html", "--language", "en")
    assert '<html lang="en">' in (shop.scorecards / "2026-11-26.en.html").read_text(encoding="utf-8")


def test_a_page_can_be_written_elsewhere(shop: Settings, tmp_path: Path) -> None:
    kompas(shop, "--html", "--out", str(tmp_path / "mine.html"))
    assert [file.name for file in tmp_path.iterdir()] == ["mine.html"]


def test_a_page_links_to_the_night_before_where_that_has_one(shop: Settings) -> None:
    before = shop.scorecards / "2026-11-25.html"
    assert before.name not in files.write(shop).file.read_text(encoding="utf-8")
    before.touch()
    assert f'href="{before.name}"' in files.write(shop).file.read_text(encoding="utf-8")
    before.unlink()


def test_a_page_elsewhere_links_to_no_other(shop: Settings, tmp_path: Path) -> None:
    text = files.write(shop, out=tmp_path / "mine.html").file.read_text(encoding="utf-8")
    assert re.findall(r'href="([^"#][^"]*html)"', text) == []


def test_a_folder_that_cannot_be_written_is_an_error_in_words(shop: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "the page cannot be written" in kompas(shop, "--html", "--out", str(tmp_path / "file" / "page.html"))


def test_language_without_html_is_a_mistake(shop: Settings) -> None:
    assert "add --html" in kompas(shop, "--language", "en")


def test_text_of_a_platform_never_becomes_markup(shop: Settings) -> None:
    for file in (files.write(shop).file, shop.scorecards / "index.html"):
        text = file.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_a_page_names_nothing_outside(shop: Settings) -> None:
    text = files.write(shop).file.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:https?:)?//[\w.]+", text)) - {"http://www.w3.org"}
    assert named == set()


def test_headings_are_in_order(shop: Settings) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", files.write(shop).file.read_text(encoding="utf-8"))]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_old_page_stays_when_writing_fails(shop: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    file = files.write(shop).file
    before = file.read_text(encoding="utf-8")

    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.write(shop)
    assert file.read_text(encoding="utf-8") == before
    assert list(shop.scorecards.glob(".*")) == []


def test_the_index_shows_each_night_as_it_was_known(shop: Settings) -> None:
    files.write(shop)
    found = index(shop, Lake.at(shop.lake_url), Voice("nl", "nl", shop.kpis))
    assert [(column.short, column.file) for column in found.columns] == [("25-11", ""), ("26-11", "2026-11-26.html")]
    (revenue,) = (line for line in found.lines if line.name == "Omzet")
    assert [verdict.name for verdict in revenue.verdicts if verdict] == ["on_target", "at_risk"]


def test_old_pages_stay_in_the_index(tmp_path: Path) -> None:
    shop = companies.first_night(tmp_path)
    shop.scorecards.mkdir(parents=True)
    for day in range(1, 21):
        (shop.scorecards / f"{date(2026, 10, day)}.html").touch()
    found = index(shop, Lake.at(shop.lake_url), Voice("nl", "nl", shop.kpis))
    assert len(found.columns) == 14
    assert found.older[0].file == "2026-10-07.html"
    assert found.older[-1].file == "2026-10-01.html"
