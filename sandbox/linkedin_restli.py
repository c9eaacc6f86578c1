"""Rest.li 2.0 query strings, read from their grammar: `(key:value,…)` is a record, `List(…)` a list.

The signs of the grammar have to arrive as they are: a parenthesis that was percent-encoded is part of a text.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sandbox.linkedin_errors import bad_query

_END = ",):"


def parameters(query: str) -> dict[str, Any]:
    """The parameters of a raw query string: texts, lists and records (dicts) of them. Raises LinkedInError."""
    found: dict[str, Any] = {}
    for part in filter(None, query.split("&")):
        name, _, text = part.partition("=")
        found[unquote(name)] = text if name == "fields" else _whole(text)
    return found


def _whole(text: str) -> Any:
    value, rest = _value(text)
    if rest:
        raise bad_query(f"Invalid query parameters passed to request: unexpected text at '{rest[:40]}'")
    return value


def _value(text: str) -> tuple[Any, str]:
    """The value at the start of a text, and what follows it."""
    if text.startswith("List("):
        return _list(text.removeprefix("List("))
    if text.startswith("("):
        return _record(text[1:])
    end = next((n for n, sign in enumerate(text) if sign in _END), len(text))
    return unquote(text[:end]), text[end:]


def _list(text: str) -> tuple[list[Any], str]:
    items: list[Any] = []
    while not text.startswith(")"):
        item, text = _value(text)
        items.append(item)
        text = _separated(text)
    return items, text[1:]


def _record(text: str) -> tuple[dict[str, Any], str]:
    fields: dict[str, Any] = {}
    while not text.startswith(")"):
        name, colon, text = text.partition(":")
        if not colon:
            raise bad_query("Invalid query parameters passed to request: a record has a key without a value")
        fields[unquote(name)], text = _value(text)
        text = _separated(text)
    return fields, text[1:]


def _separated(text: str) -> str:
    """What follows the comma; the closing parenthesis stays."""
    if not text.startswith((",", ")")):
        raise bad_query("Invalid query parameters passed to request: a parenthesis is not closed")
    return text.removeprefix(",")
