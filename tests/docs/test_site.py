"""`make docs`: a site that is whole in both languages, whose links lead somewhere, and that asks nothing of others."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from connectors.registry import CONNECTORS
from docs import staging
from tests.docs.tables import REPOSITORY

_LOADED = re.compile(r"<(?:link|script|img|iframe|source|object)\b[^>]*?\b(?:src|href|data)=[\"']?(?P<url>[^\"'\s>]+)")
_OF_STYLE = re.compile(r"url\(\s*[\"']?(?P<url>[^\"')]+)|@import\s+[\"'](?P<imported>[^\"']+)")


_NAMES = {"Apache Superset", "Excel", "Looker Studio", "Metabase", "PostgreSQL", "Power BI", "Spark", "Tableau"}


class _Loader(yaml.SafeLoader):
    """mkdocs.yml without what only mkdocs can make of it."""


_Loader.add_multi_constructor("", lambda loader, tag, node: None)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, as `make docs` builds it. A warning fails the build."""
    target = tmp_path_factory.mktemp("docs") / "site"
    done = built(REPOSITORY, target)
    assert done.returncode == 0, done.stderr
    return target


def built(repository: Path, target: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(target)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_a_page_that_is_not_in_the_menu_is_told() -> None:
    menu = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
    in_menu = set(re.findall(r": ([\w/-]+\.md)$", menu, re.MULTILINE))
    docs = {str(page.relative_to(REPOSITORY / "docs")) for page in (REPOSITORY / "docs").rglob("*.md")}
    assert {page for page in docs if not page.endswith(".nl.md")} == in_menu - {"decisions.md", "changes.md"}


def test_a_title_of_the_menu_has_a_dutch_word_or_is_a_name() -> None:
    config = yaml.load((REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8"), _Loader)
    (languages,) = [plugin["i18n"]["languages"] for plugin in config["plugins"] if "i18n" in plugin]
    dutch = next(language["nav_translations"] for language in languages if language["locale"] == "nl")
    known = {*dutch, *_NAMES, *(connector.title for connector in CONNECTORS.values())}
    assert [title for title in titles(config["nav"]) if title not in known] == []


def titles(menu: list[dict[str, Any]]) -> list[str]:
    """All titles of a part of the menu, those of its parts too."""
    entries = [(title, below) for entry in menu for title, below in entry.items()]
    return [name for title, below in entries for name in (title, *(titles(below) if isinstance(below, list) else ()))]


def test_the_site_has_every_page_in_both_languages(site: Path) -> None:
    english = {str(page.relative_to(site)) for page in pages(site) if not page.is_relative_to(site / "nl")}
    dutch = {str(page.relative_to(site / "nl")) for page in pages(site / "nl")}
    assert {"index.html", "decisions.html", "connect/ga4.html"} <= dutch == english - {"404.html"}


def test_a_dutch_page_stands_in_the_dutch_site(site: Path) -> None:
    home = (site / "nl" / "index.html").read_text(encoding="utf-8")
    assert '<html lang="nl"' in home
    assert "Liggen je marketing-KPI's op koers?" in home


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    asked = {found["url"] for page in pages(site) for found in _LOADED.finditer(page.read_text(encoding="utf-8"))}
    assert [url for url in asked if "//" in url and not url.startswith("http://127.0.0.1:8000/")] == []
    assert "assets/kompas.css" in asked


def test_no_style_loads_anything_from_elsewhere(site: Path) -> None:
    styles = [file.read_text(encoding="utf-8") for file in site.rglob("*.css")]
    urls = [found["url"] or found["imported"] for style in styles for found in _OF_STYLE.finditer(style)]
    assert [url for url in urls if "//" in url and not url.startswith("data:")] == []


def test_a_link_out_of_docs_leads_to_a_page_of_the_site(site: Path) -> None:
    tour = (site / "how-it-works.html").read_text(encoding="utf-8")
    assert 'href="decisions.html"' in tour
    assert 'href="source/bench/README.html"' in tour or 'href="source/bench/index.html"' in tour
    assert "history_days" in (site / "source" / "kompas-yaml.html").read_text(encoding="utf-8")


def test_a_link_to_nowhere_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "DECISIONS.md", "CHANGELOG.md"):
        (tmp_path / name).write_text("# It\n", encoding="utf-8")
    (tmp_path / "docs" / "index.md").write_text(
        "# It\n\n[there](../DECISIONS.md), [gone](../gone.md)\n", encoding="utf-8"
    )
    (tmp_path / "docs" / "staging.py").write_text(Path(staging.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mkdocs.yml").write_text("site_name: It\nhooks: [docs/staging.py]\n", encoding="utf-8")
    done = built(tmp_path, tmp_path / "build" / "site")
    assert done.returncode == 1
    assert "gone.md" in done.stderr
    assert "decisions.md" not in done.stderr
