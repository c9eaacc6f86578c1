"""Names and texts as SQL writes them."""

from __future__ import annotations

EVERYBODY = "public"


def quoted(*names: str) -> str:
    """`"schema"."table"`, whatever the names hold."""
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def literal(text: str | None) -> str:
    """`'text'`, or NULL."""
    return "null" if text is None else "'" + text.replace("'", "''") + "'"


def role(name: str) -> str:
    """A role; `public` is a word of the language, and no name."""
    return EVERYBODY if name == EVERYBODY else quoted(name)
