"""Which responses are asked for: times, tokens, kinds and their order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.typeform_errors import TypeformError

DEFAULT_SIZE, LARGEST_SIZE = 25, 1000
KINDS = ("completed", "partial", "started")
SORTS = ("submitted_at,asc", "submitted_at,desc")
Row = dict[str, Any]


def whole(asked: Mapping[str, str], name: str, default: int, least: int, most: int = 10**9) -> int:
    """A parameter that is a whole number in a range."""
    text = asked.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise invalid(name)
    return int(text)


def invalid(name: str) -> TypeformError:
    """The refusal of a parameter."""
    return TypeformError(400, "VALIDATION_ERROR", f"Invalid parameter {name}")


@dataclass(frozen=True)
class Asked:
    """A query of /responses. since and until are inclusive and UTC; before and after are tokens of responses."""

    page_size: int
    kinds: frozenset[str]
    since: datetime | None
    until: datetime | None
    before: str | None
    after: str | None
    ascending: bool

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Asked:
        """From the query string. Raises TypeformError on what the documentation does not allow."""
        sort = asked.get("sort")
        if sort is not None and (sort not in SORTS or "before" in asked or "after" in asked):
            raise invalid("sort")
        return cls(
            whole(asked, "page_size", DEFAULT_SIZE, 1, LARGEST_SIZE), _kinds(asked), _moment(asked, "since"),
            _moment(asked, "until"), asked.get("before"), asked.get("after"), sort == SORTS[0],
        )  # fmt: skip

    def chosen(self, everyone: list[Row]) -> list[Row]:
        """Those of the rows that are asked for, newest first unless asked otherwise."""
        rows = sorted((row for row in everyone if row["response_type"] in self.kinds), key=_order, reverse=True)
        rows = self._between([row["token"] for row in rows], rows)
        kept = [row for row in rows if self._in_time(datetime.fromisoformat(_when(row)))]
        return kept[::-1] if self.ascending else kept

    def _between(self, tokens: list[str], rows: list[Row]) -> list[Row]:
        for name, token in (("before", self.before), ("after", self.after)):
            if token is not None and token not in tokens:
                raise invalid(name)
        newest = tokens.index(self.before) + 1 if self.before else 0
        oldest = tokens.index(self.after) if self.after else len(rows)
        return rows[newest:oldest]

    def _in_time(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


def _when(row: Row) -> str:
    return str(row["submitted_at" if row["response_type"] == "completed" else "landed_at"])


def _order(row: Row) -> tuple[str, str]:
    return _when(row), row["token"]


def _kinds(asked: Mapping[str, str]) -> frozenset[str]:
    if "response_type" not in asked:
        return frozenset({"completed"} if asked.get("completed", "true") == "true" else set(KINDS) - {"completed"})
    kinds = frozenset(asked["response_type"].split(","))
    if not kinds <= set(KINDS):
        raise invalid("response_type")
    return kinds


def _moment(asked: Mapping[str, str], name: str) -> datetime | None:
    """A time: ISO 8601 in UTC, in whole seconds, or seconds since 1970."""
    text = asked.get(name)
    if text is None:
        return None
    if text.isdigit():
        return datetime.fromtimestamp(int(text), UTC)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ?", text):
        raise invalid(name)
    return datetime.fromisoformat(text.rstrip("Z")).replace(tzinfo=UTC)
