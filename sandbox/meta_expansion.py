"""Field expansion of the Graph API: `id,comments.summary(true).limit(0),instagram_business_account{id,username}`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sandbox.meta_errors import MetaError

_MODIFIER = re.compile(r"\.(?P<name>\w+)\((?P<value>[^()]*)\)")
_FIELD = re.compile(r"(?P<name>\w+)(?P<modifiers>(?:\.\w+\([^()]*\))*)(?:\{(?P<inner>[^{}]*)\})?")


@dataclass(frozen=True)
class Asked:
    """A field that is asked for: its modifiers by name, and the fields of what it holds."""

    name: str
    modifiers: dict[str, str] = field(default_factory=dict)
    inner: tuple[str, ...] = ()


def read_fields(text: str) -> list[Asked]:
    """The fields of a `fields` parameter, in order; raises MetaError on a syntax that it does not know."""
    asked, position = [], 0
    while position < len(text):
        found = _FIELD.match(text, position)
        if found is None or text[found.end() : found.end() + 1] not in ("", ","):
            raise MetaError(2500, f"Syntax error at character {position}: fields={text}")
        modifiers = {one["name"]: one["value"] for one in _MODIFIER.finditer(found["modifiers"])}
        inner = tuple(name.strip() for name in (found["inner"] or "").split(",") if name.strip())
        asked.append(Asked(found["name"], modifiers, inner))
        position = found.end() + 1
    return asked
