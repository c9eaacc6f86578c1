"""The query parameters that Mailchimp's collections share: paging, send times, and the fields to return."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.mailchimp_errors import ProblemError

DEFAULT_COUNT, MAX_COUNT = 10, 1000


@dataclass(frozen=True)
class Page:
    """count rows from offset."""

    count: int
    offset: int

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Page:
        """From `count` (default 10, 0 to 1000) and `offset`."""
        return cls(_number(asked, "count", DEFAULT_COUNT, MAX_COUNT), _number(asked, "offset", 0, 10**9))


def _number(asked: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = asked.get(name, str(default))
    if not re.fullmatch(r"-?\d+", text):
        raise _invalid(name, "Schema describes integer, string found instead")
    number = int(text)
    if not 0 <= number <= largest:
        rule = f"must be less than or equal to {largest}" if number > largest else "must be 0 or more"
        raise _invalid(name, f"This value {rule}")
    return number


def _invalid(field: str, message: str) -> ProblemError:
    return ProblemError("Invalid Resource", {"field": field, "message": message})


def moment(asked: Mapping[str, str], name: str, default: datetime) -> datetime:
    """A time parameter (ISO 8601) as naive UTC."""
    text = asked.get(name)
    if not text:
        return default
    try:
        # A plus sign that was not percent-encoded arrives as a space.
        found = datetime.fromisoformat(text.replace(" ", "+") if re.search(r" \d\d:\d\d$", text) else text)
    except ValueError as error:
        raise _invalid(name, "This value is not a valid datetime.") from error
    return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


def selected(body: dict[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """The body with only `fields`, or without `exclude_fields` (comma-separated, dotted into objects and lists)."""
    if asked.get("fields") and asked.get("exclude_fields"):
        raise ProblemError("Requested Fields Invalid")
    if asked.get("fields"):
        kept: dict[str, Any] = _keep(body, _tree(asked["fields"]))
        return kept
    if asked.get("exclude_fields"):
        left: dict[str, Any] = _drop(body, _tree(asked["exclude_fields"]))
        return left
    return body


Tree = dict[str, "Tree"]


def _tree(fields: str) -> Tree:
    tree: Tree = {}
    for field in fields.split(","):
        branch = tree
        for part in field.strip().split("."):
            branch = branch.setdefault(part, {})
    return tree


def _keep(value: Any, tree: Tree) -> Any:
    """Only what the tree names; a name without branches keeps all below it."""
    if isinstance(value, list):
        return [_keep(item, tree) for item in value]
    if not isinstance(value, dict) or not tree:
        return value
    return {name: _keep(value[name], tree[name]) for name in value if name in tree}


def _drop(value: Any, tree: Tree) -> Any:
    """All but what the tree names."""
    if isinstance(value, list):
        return [_drop(item, tree) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _drop(item, tree.get(name, {})) for name, item in value.items() if tree.get(name, True)}
