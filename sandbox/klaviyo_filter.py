"""Klaviyo's filter language, as far as it is simulated: `and(equals(a,'x'),any(b,["y","z"]))`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from sandbox.klaviyo_errors import KlaviyoError

_CALL = re.compile(r"(?P<operator>[a-z-]+)\((?P<field>[a-z_.]+),(?P<value>.+)\)", re.DOTALL)


@dataclass(frozen=True)
class Condition:
    """One comparison; `value` is text, true or false, or a list of texts."""

    operator: str
    field: str
    value: Any


def conditions(text: str, *, pointer: str = "") -> list[Condition]:
    """The conditions that a filter joins by `and`. Raises KlaviyoError where the text is no filter.

    `pointer`: where the filter stands in the body; without, it is the query's parameter.
    """
    text = text.strip()
    parts = _parts(text[4:-1]) if text.startswith("and(") and text.endswith(")") else [text]
    return [_condition(part, pointer) for part in parts]


def _parts(text: str) -> list[str]:
    """Cut at the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for n, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(text[start:n])
            start = n + 1
    return [*parts, text[start:]]


def _condition(text: str, pointer: str) -> Condition:
    match = _CALL.fullmatch(text.strip())
    if match is None:
        raise _invalid(f"Invalid filter provided: {text}", pointer)
    return Condition(match["operator"], match["field"], _value(match["value"], pointer))


def _value(text: str, pointer: str) -> Any:
    """Texts stand in double or single quotes; times and truth values in none."""
    try:
        return json.loads(text.replace("'", '"'))
    except ValueError:
        if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text):
            return text
        raise _invalid(f"Invalid value in filter: {text}", pointer) from None


def _invalid(detail: str, pointer: str) -> KlaviyoError:
    if pointer:
        return KlaviyoError("invalid", detail, pointer=pointer)
    return KlaviyoError("invalid", detail, parameter="filter")
