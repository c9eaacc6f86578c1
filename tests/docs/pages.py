"""The README and docs/ as tests read them: pages, fenced blocks, and the commands that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.docs import tables
from tests.docs.tables import REPOSITORY

DOCS = REPOSITORY / "docs"
PAGES = tables.pages()
FENCE = re.compile(
    r"(?:^<!-- (?P<mark>[^\n]*?) -->\n)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.DOTALL | re.MULTILINE,
)
SHELL = ("sh", "shell", "console", "bash")
_TYPED = (*SHELL, "ini", "cron", "text")
_KOMPAS = re.compile(r"(?<![\w.-])kompas (?P<words>(?:--settings \S+ )?[a-z]+[^\n`]*)")


@dataclass(frozen=True)
class Block:
    """A fenced block of a page; `mark` is what an HTML comment right above it says."""

    page: str
    number: int
    language: str
    text: str
    mark: str

    def __str__(self) -> str:
        return f"{self.page}-{self.number}"

    @property
    def key(self) -> tuple[str, str]:
        """Its page and its first line, by which tests name it; a Dutch page has the blocks of the English one."""
        return self.page.replace(".nl.md", ".md"), self.text.strip().splitlines()[0]


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def blocks(*languages: str) -> list[Block]:
    """The blocks of all pages, or those in some languages."""
    return [block for page in PAGES for block in blocks_of(page) if not languages or block.language in languages]


def own_blocks(*languages: str) -> list[Block]:
    """The same, without those of Dutch pages, which repeat the English page's."""
    return [block for block in blocks(*languages) if not block.page.endswith(".nl.md")]


def blocks_of(page: Path) -> Iterator[Block]:
    for number, found in enumerate(FENCE.finditer(read(page)), start=1):
        text = re.sub(rf"^{found['indent']}", "", found["text"], flags=re.MULTILINE)
        yield Block(name(page), number, found["language"], text, found["mark"] or "")


def code(page: Path) -> str:
    """All that a page shows as something to type: spans of code, indented lines, and blocks for a shell."""
    typed = [block.text for block in blocks_of(page) if block.language in _TYPED]
    prose = FENCE.sub("", read(page))
    return "\n".join([*typed, *re.findall(r"`([^`\n]+)`", prose), *re.findall(r"^    (\S.*)$", prose, re.MULTILINE)])


def commands() -> list[tuple[str, str]]:
    """Each `kompas …` of the pages: the page, and the words behind `kompas`."""
    return [(name(page), found["words"].strip()) for page in PAGES for found in _KOMPAS.finditer(code(page))]
