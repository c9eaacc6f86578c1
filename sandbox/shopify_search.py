"""Shopify's search syntax (the `query` argument), parsed into a tree.

    Query = Term { [ "AND" | "OR" ] Term }
    Term  = [ "-" | "NOT" ] ( "(" Query ")" | [ name ":" [ < > <= >= ] ] value )

Two terms without a connective are joined by AND. A value that holds a colon must be quoted: of an unquoted
`updated_at:>=2026-11-20T09:30:00Z` Shopify reads `updated_at:>=2026-11-20T09` and a second term `30:00Z`, whose
field `30` it does not know and ignores, with a warning in `extensions.search`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
BARE = re.compile(r"""(?:[^\s:()"'\\]|\\.)+""")
COMPARATOR = re.compile(r":(<=|>=|<|>)?\s*")
RANGES = {">=": "gte", ">": "gt", "<=": "lte", "<": "lt"}


@dataclass(frozen=True)
class Term:
    """`field:value`; field None is a search in all fields; compare is `=` or one of `<`, `>`, `<=`, `>=`."""

    field: str | None
    compare: str
    value: str
    quoted: bool

    def parsed(self) -> dict[str, Any]:
        """As `extensions.search[].parsed` shows it."""
        name = {"field": self.field} if self.field else {}
        if self.compare in RANGES:
            return name | {"range": {RANGES[self.compare]: self.value}}
        return name | {"match_phrase" if self.quoted else "match_all": self.value}


@dataclass(frozen=True)
class Group:
    """Queries joined by `and`, `or`, or one negated by `not`."""

    kind: str
    members: tuple[Query, ...]

    def parsed(self) -> dict[str, Any]:
        """As `extensions.search[].parsed` shows it."""
        if self.kind == "not":
            return {"not": self.members[0].parsed()}
        return {self.kind: [member.parsed() for member in self.members]}


Query: TypeAlias = Term | Group


def parse_search(text: str) -> Query | None:
    """The tree of a query; None when it asks for nothing. Never fails: what is not understood is left out."""
    return _Parser(text).query()


@dataclass
class _Parser:
    text: str
    at: int = 0

    def query(self) -> Query | None:
        """Terms up to a closing parenthesis or the end; AND binds closer than OR."""
        alternatives: list[list[Query]] = [[]]
        while not self._done():
            if self._word("OR"):
                alternatives.append([])
            elif not self._word("AND"):
                term = self._term()
                alternatives[-1].extend([term] if term else [])
        groups = [_joined("and", each) for each in alternatives]
        return _joined("or", [group for group in groups if group])

    def _done(self) -> bool:
        self.at += len(self.text[self.at :]) - len(self.text[self.at :].lstrip())
        return self.at >= len(self.text) or self.text[self.at] == ")"

    def _word(self, word: str) -> bool:
        found = re.compile(rf"{word}(?=[\s(]|$)").match(self.text, self.at)
        self.at = found.end() if found else self.at
        return bool(found)

    def _term(self) -> Query | None:
        if self._word("NOT") or self._take("-"):
            inner = None if self._done() else self._term()
            return Group("not", (inner,)) if inner else None
        if self._take("("):
            inner = self.query()
            self._take(")")
            return inner
        if self._take(":") or self._take("\\"):
            return None
        return self._value_or_field()

    def _value_or_field(self) -> Query | None:
        word = self._match(BARE)
        if word is None:
            phrase = self._phrase()
            self.at += phrase is None
            return None if phrase is None else Term(None, "=", phrase, quoted=True)
        comparator = COMPARATOR.match(self.text, self.at)
        if not comparator:
            return Term(None, "=", word.group(), quoted=False)
        self.at = comparator.end()
        phrase = self._phrase()
        bare = None if phrase is not None else self._match(BARE)
        value = phrase if phrase is not None else (bare.group() if bare else "")
        return Term(word.group(), comparator.group(1) or "=", value, quoted=phrase is not None)

    def _phrase(self) -> str | None:
        found = self._match(QUOTED)
        return None if found is None else re.sub(r"\\(.)", r"\1", found.group(1) or found.group(2) or "")

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def _take(self, text: str) -> bool:
        taken = self.text.startswith(text, self.at)
        self.at += len(text) if taken else 0
        return taken


def _joined(kind: str, members: list[Query]) -> Query | None:
    if len(members) > 1:
        return Group(kind, tuple(members))
    return members[0] if members else None


def holds(query: Query | None, test: Callable[[Term], bool]) -> bool:
    """Whether a query holds of something, given which of its terms hold."""
    if query is None:
        return True
    if isinstance(query, Term):
        return test(query)
    if query.kind == "not":
        return not holds(query.members[0], test)
    return (all if query.kind == "and" else any)(holds(member, test) for member in query.members)
