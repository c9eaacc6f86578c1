"""What the site is built from: docs/, and each file elsewhere in the repository that a page links to.

A link from docs/ to DECISIONS.md or kompas.yaml works on a code host as it stands. For the site, this hook of mkdocs
puts everything into build/docs: a linked page of Markdown as it is, another file as a page that shows it. It points the
links there.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.plugins import event_priority

REPOSITORY = Path(__file__).parents[1]
_DOCS = PurePosixPath("docs")
_OF_THEIR_OWN = {"README.md": "index.md", "DECISIONS.md": "decisions.md", "CHANGELOG.md": "changes.md"}
"""Files of the repository that have a place of their own in the site."""
_ALWAYS = ("DECISIONS.md", "CHANGELOG.md")
_SITEMAP = "sitemap.xml"
_LINK = re.compile(r"(?<=\]\()(?P<path>[^)\s#:]+)(?P<anchor>#[^)\s]*)?(?=\))")
_FENCED = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)
_LANGUAGES = {".yml": "yaml", ".py": "python"}


@event_priority(100)
def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Stage the pages, once for all languages, and have mkdocs read them there."""
    staged = Path(config.site_dir).parent / "docs"
    if Path(config.docs_dir) != staged:
        stage(REPOSITORY, staged)
        config.docs_dir = str(staged)
    return config


def on_post_build(config: MkDocsConfig) -> None:
    """The theme looks for the map of the site beside the page that it shows."""
    site = Path(config.site_dir)
    for folder in {page.parent for page in site.rglob("*.html")} - {site}:
        shutil.copy(site / _SITEMAP, folder / _SITEMAP)


def stage(repository: Path, staged: Path) -> None:
    """Write all pages of the site into a folder. mkdocs tells of a link to a file that is not there."""
    shutil.rmtree(staged, ignore_errors=True)
    shutil.copytree(repository / _DOCS, staged, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    waiting = [*_pages(repository), *map(PurePosixPath, _ALWAYS)]
    for file in waiting:
        text = (repository / file).read_text(encoding="utf-8")
        text, linked = _pointed(file, text) if file.suffix == ".md" else (_shown(file, text), [])
        target = staged / place(file)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        waiting += [other for other in dict.fromkeys(linked) if _is_brought(repository, other) and other not in waiting]


def place(file: PurePosixPath) -> PurePosixPath:
    """Where a file of the repository stands in the site."""
    if file.is_relative_to(_DOCS):
        return file.relative_to(_DOCS)
    if str(file) in _OF_THEIR_OWN:
        return PurePosixPath(_OF_THEIR_OWN[str(file)])
    # A dot before the last would be taken for a language.
    return PurePosixPath("source") / file.parent / f"{file.name.removesuffix('.md').replace('.', '-')}.md"


def _pages(repository: Path) -> list[PurePosixPath]:
    return [PurePosixPath(page.relative_to(repository)) for page in sorted((repository / _DOCS).rglob("*.md"))]


def _is_brought(repository: Path, file: PurePosixPath) -> bool:
    return not file.is_relative_to(_DOCS) and str(file) != "README.md" and (repository / file).is_file()


def _pointed(page: PurePosixPath, text: str) -> tuple[str, list[PurePosixPath]]:
    """A page with its links as they are in the site, and the files of the repository that it links to."""
    linked: list[PurePosixPath] = []

    def pointed(link: re.Match[str]) -> str:
        file = PurePosixPath(os.path.normpath(page.parent / link["path"]))
        linked.append(file)
        return os.path.relpath(place(file), place(page).parent) + (link["anchor"] or "")

    return _outside_fences(text, lambda part: _LINK.sub(pointed, part)), linked


def _outside_fences(text: str, change: Callable[[str], str]) -> str:
    return "".join(part if number % 2 else change(part) for number, part in enumerate(_FENCED.split(text)))


def _shown(file: PurePosixPath, text: str) -> str:
    language = _LANGUAGES.get(file.suffix, file.suffix.removeprefix("."))
    return f"---\nsearch: {{exclude: true}}\n---\n\n# {file}\n\n````{language}\n{text}````\n"
