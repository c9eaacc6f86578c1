"""YAML with the line of every value, so that a wrong setting can be shown where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

Path = tuple[str | int, ...]


class DuplicateKeyError(ValueError):
    """A key stands twice in one mapping; YAML would silently keep the last."""


def load(text: str) -> tuple[Any, dict[Path, int]]:
    """The document and the line (from 1) of every key path. Raises yaml.YAMLError or DuplicateKeyError."""
    node = yaml.compose(text, yaml.SafeLoader)
    lines: dict[Path, int] = {} if node is None else dict(_lines(node, (), 1))
    return yaml.safe_load(text), lines


def _lines(node: yaml.Node, path: Path, line: int) -> Iterator[tuple[Path, int]]:
    yield path, line
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            at = key.start_mark.line + 1
            if key.value in seen:
                raise DuplicateKeyError(f"line {at}: {key.value} stands on line {seen[key.value]} already")
            seen[key.value] = at
            yield from _lines(value, (*path, key.value), at)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index), value.start_mark.line + 1)


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that stands in the file."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)
