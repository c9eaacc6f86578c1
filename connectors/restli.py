"""Query strings of Rest.li 2.0, in which LinkedIn's API is written.

    dateRange=(start:(year:2026,month:10,day:24),…)&accounts=List(urn%3Ali%3AsponsoredAccount%3A512345678)

Parentheses, commas and colons are its grammar and travel as they are; only what stands between them is encoded. A
client that encodes them as well is refused.
Source: https://linkedin.github.io/rest.li/spec/protocol
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TypeAlias
from urllib.parse import quote

Value: TypeAlias = "str | int | date | Sequence[Value] | Mapping[str, Value]"


def query(params: Mapping[str, Value]) -> str:
    """The query string of a call. A tuple is a list of names (`fields=id,name`), a list is a Rest.li list.

    >>> query({"q": "search", "fields": ("id", "name"), "ids": ["urn:li:x:1"]})
    'q=search&fields=id,name&ids=List(urn%3Ali%3Ax%3A1)'
    """
    return "&".join(f"{name}={encoded(value)}" for name, value in params.items())


def encoded(value: Value) -> str:
    """A value in Rest.li's words.

    >>> encoded({"start": date(2026, 11, 20)})
    '(start:(year:2026,month:11,day:20))'
    """
    if isinstance(value, str | int):
        return quote(str(value), safe="")
    if isinstance(value, date):
        return encoded({"year": value.year, "month": value.month, "day": value.day})
    if isinstance(value, Mapping):
        return "(" + ",".join(f"{name}:{encoded(part)}" for name, part in value.items()) + ")"
    parts = ",".join(encoded(part) for part in value)
    return parts if isinstance(value, tuple) else f"List({parts})"
