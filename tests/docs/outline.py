"""What a page and its translation have in common, section by section: all but the words.

A page that gains a heading, a command, a row or a link in English has another outline than its Dutch page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs.pages import FENCE, read

LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
TABLE = re.compile(r"<!-- table: (?P<what>.+?) -->\n.*?<!-- end of table -->", re.DOTALL)
_HEADING = re.compile(r"^(?P<level>#+) (?P<words>.+)$", re.MULTILINE)
_COMMENT = re.compile(r"(^|\s)(#|--) .*$", re.MULTILINE)
_CODE = re.compile(r"`((?:[^`\n]|\n(?!\s*\n))+)`")


@dataclass(frozen=True)
class Section:
    """A heading's level, and what stands under it: blocks without their comments, spans of code, tables, links."""

    level: int
    blocks: tuple[str, ...]
    tables: tuple[str, ...]
    links: tuple[str, ...]
    code: tuple[str, ...]
    rows: int
    items: int


def own(page: Path) -> Path:
    """The Dutch page beside an English one: `start.nl.md` beside `start.md`."""
    return page.with_suffix(".nl.md")


def target(page: Path, link: str) -> tuple[Path, str]:
    """The file that a relative link leads to, in the page's own language where there is one, and the anchor."""
    path, _, anchor = link.partition("#")
    file = page.parent / path if path else page
    if page.name.endswith(".nl.md") and own(file).exists():
        file = own(file)
    return file, anchor


def anchors(page: Path) -> list[str]:
    """The anchors of a page's headings, in their order."""
    headings = _HEADING.findall(FENCE.sub("", read(page)))
    return [re.sub(r"[^\w\- ]", "", words.lower()).replace(" ", "-") for _, words in headings]


def outline(page: Path) -> list[Section]:
    """The sections of a page; tables that are made from the code count by their mark."""
    return [_section(page, level, text) for level, text in _parts(read(page))]


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Level and text of each section. A comment in a block is no heading."""
    kept: list[str] = []

    def put_away(found: re.Match[str]) -> str:
        kept.append(found[0])
        return f"\0{len(kept) - 1}\0"

    bare = FENCE.sub(put_away, text)
    starts = list(_HEADING.finditer(bare))
    ends = [*(found.start() for found in starts[1:]), len(bare)]
    for found, end in zip(starts, ends, strict=True):
        body = bare[found.end() : end]
        yield len(found["level"]), re.sub(r"\0(\d+)\0", lambda number: kept[int(number[1])], body)


def _section(page: Path, level: int, text: str) -> Section:
    prose = TABLE.sub("", FENCE.sub("", text))
    return Section(
        level=level,
        blocks=tuple(_COMMENT.sub("", found[0]) for found in FENCE.finditer(text)),
        tables=tuple(TABLE.findall(text)),
        links=tuple(sorted(_place(page, link) for link in LINK.findall(prose))),
        code=tuple(sorted({" ".join(code.split()) for code in _CODE.findall(prose)})),
        rows=len(re.findall(r"^ *\|", prose, re.MULTILINE)),
        items=len(re.findall(r"^ *(?:-|\d+\.) ", prose, re.MULTILINE)),
    )


def _place(page: Path, link: str) -> str:
    """A link as every language writes it: an anchor counts by the number of its heading."""
    file, anchor = (None, "") if "://" in link else target(page, link)
    if file is None or not anchor:
        return link
    return f"{link.partition('#')[0]}#{anchors(file).index(anchor)}"
