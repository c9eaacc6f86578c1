"""Names and texts as PostgreSQL's SQL writes them."""

from __future__ import annotations

from pipelines.sql_names import name, text

EVERYBODY = "public"


def quoted(*names: str) -> str:
    """`"schema"."table"`, whatever the names hold."""
    return ".".join(map(name, names))


def literal(value: str | None) -> str:
    """`'text'`, or NULL."""
    return "null" if value is None else text(value)


def role(called: str) -> str:
    """A role; `public` is a word of the language, and no name."""
    return EVERYBODY if called == EVERYBODY else quoted(called)
