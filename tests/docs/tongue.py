"""The language of a page: English as the code says it, or Dutch by the catalogue `nl.po` beside this module.

A catalogue's key is the English text itself (as gettext has it), so English that changes is Dutch that is missing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

CATALOGUE = Path(__file__).with_name("nl.po")
_NO_WORDS = ("", "–")


class Tongue:
    """Says English texts in one language, and remembers what it was asked. A text without Dutch stays English."""

    def __init__(self, code: str, said: dict[str, str]) -> None:
        self.code = code
        self.asked: dict[str, None] = {}
        self._said = said

    def __call__(self, english: str) -> str:
        self.asked.setdefault(english)
        return self._said.get(english, english)

    def missing(self) -> list[str]:
        """The texts that were asked for and that the catalogue lacks."""
        return [text for text in self.asked if text not in self._said and text not in _NO_WORDS]

    def unused(self) -> list[str]:
        """The texts of the catalogue that nobody asked for."""
        return [text for text in self._said if text not in self.asked]


def of(page: Path) -> Tongue:
    """The language of a page, by its name: `start.nl.md` is Dutch."""
    return dutch() if page.name.endswith(".nl.md") else Tongue("en", {})


def dutch() -> Tongue:
    """A new Dutch tongue, that has been asked nothing yet."""
    return Tongue("nl", _dutch())


@cache
def _dutch() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}


def keep(texts: list[str]) -> None:
    """Write the catalogue anew with exactly these texts; those without Dutch are left empty."""
    catalogue = Catalog(locale="nl", fuzzy=False)
    for text in texts:
        catalogue.add(text, string=_dutch().get(text, ""))
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=True)
