"""The words, numbers, texts and signs of a GAQL query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)"""
    r"""|(?P<word>[A-Za-z_][A-Za-z0-9_.]*)|(?P<symbol>!=|>=|<=|[=<>,()]))"""
)


class GaqlError(Exception):
    """A query that cannot be read or run: the name in QueryErrorEnum and a message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Token:
    """kind: string (with its quotes), number, word or symbol."""

    kind: str
    text: str


def tokens(text: str) -> list[Token]:
    """The tokens of a query; raises GaqlError."""
    found_tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            _bad_symbol(text[place:].lstrip())
        found_tokens.append(Token(str(found.lastgroup), found[str(found.lastgroup)]))
        place = found.end()
    return found_tokens


def _bad_symbol(rest: str) -> NoReturn:
    if rest[0] in "'\"":
        raise GaqlError("STRING_NOT_TERMINATED", f"Error in query: string not terminated: {rest[:30]}.")
    raise GaqlError("BAD_SYMBOL", f"Error in query: invalid symbol '{rest[0]}'.")
