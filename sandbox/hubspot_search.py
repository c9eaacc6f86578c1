"""The search of the CRM: filters of properties into SQL, sorts, and pages of at most 200 of the first 10,000 rows.

What is found is what stood in the index, which is a minute behind. A sort is a name, as the documents of the dated
versions have it, or an object, as those of v3 do. UNCONFIRMED: the words of what is refused, and a minus before the
name for descending.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.company import World
from sandbox.hubspot_errors import invalid
from sandbox.hubspot_objects import ObjectType, Row, count, record, rows

MAX_LIMIT, MAX_ROWS, MAX_GROUPS, MAX_FILTERS = 200, 10_000, 6, 6
INDEX_LAG = timedelta(minutes=1)
REQUIRED = ("filterGroups", "sorts", "properties", "limit", "after")
"""By the document of the dated versions; v3 has defaults."""
_DEFAULTS: Row = {"filterGroups": [], "sorts": [], "properties": [], "limit": 10, "after": "0"}
_COMPARED = {"EQ": "=", "NEQ": "<>", "LT": "<", "LTE": "<=", "GT": ">", "GTE": ">="}


@dataclass
class Search:
    """One search as it is compiled: params of the SQL so far, by name."""

    types: dict[str, str]
    params: Row

    def where(self, groups: list[Row]) -> str:
        """Any of the groups, each all of its filters; archived records are never found."""
        if len(groups) > MAX_GROUPS:
            raise invalid(f"filterGroups may hold at most {MAX_GROUPS} groups")
        any_of = " OR ".join(f"({self._group(group)})" for group in groups) or "true"
        return f"WHERE archived_at IS NULL AND ({any_of})"

    def _group(self, group: Row) -> str:
        filters = group.get("filters", [])
        if not 0 < len(filters) <= MAX_FILTERS:
            raise invalid(f"a filter group holds 1 to {MAX_FILTERS} filters")
        return " AND ".join(self._filter(one) for one in filters)

    def _filter(self, one: Row) -> str:
        name, operator = one.get("propertyName", ""), one.get("operator", "")
        column = self.column(name)
        if operator in _COMPARED:
            return f"{column} {_COMPARED[operator]} {self._bind(name, one.get('value'))}"
        if operator == "BETWEEN":
            bounds = self._bind(name, one.get("value")), self._bind(name, one.get("highValue"))
            return f"{column} BETWEEN {bounds[0]} AND {bounds[1]}"
        if operator in ("IN", "NOT_IN"):
            listed = ", ".join(self._bind(name, value) for value in one.get("values", []))
            return f"{column} {operator.replace('_', ' ')} ({listed})"
        if operator in ("HAS_PROPERTY", "NOT_HAS_PROPERTY"):
            return f"{column} IS {'NOT ' if operator == 'HAS_PROPERTY' else ''}NULL"
        raise invalid(f"operator {operator!r} is not supported")

    def column(self, name: str) -> str:
        """A property's column. Raises HubspotError for one that the object does not have."""
        if name not in self.types or name == "archived_at":
            raise invalid(f'Property "{name}" does not exist')
        return f'"{name}"'

    def _bind(self, name: str, value: Any) -> str:
        if not isinstance(value, str):
            raise invalid(f"the value of {name} has to be a string")
        key = f"p{len(self.params)}"
        kind = self.types[name]
        self.params[key] = moment(value) if kind == "TIMESTAMP" else value
        return f"${key}::{kind}"

    def order(self, sorts: list[Any]) -> str:
        """By the one sort, else by id."""
        if len(sorts) > 1:
            raise invalid("only one sort is supported")
        name, direction = _sort(sorts[0]) if sorts else ("hs_object_id", "ASC")
        return f"ORDER BY {self.column(name)} {direction}, hs_object_id"


def moment(value: str) -> datetime:
    """Epoch milliseconds or ISO 8601 as naive UTC."""
    try:
        if value.isdigit():
            return datetime.fromtimestamp(int(value) / 1000, UTC).replace(tzinfo=None)
        return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise invalid(f"{value!r} is no date") from None


def _sort(sort: Any) -> tuple[str, str]:
    if isinstance(sort, str) and sort.startswith("{"):
        sort = json.loads(sort)
    if isinstance(sort, str):
        return sort.removeprefix("-"), "DESC" if sort.startswith("-") else "ASC"
    return sort.get("propertyName", ""), "DESC" if sort.get("direction") == "DESCENDING" else "ASC"


def search(world: World, kind: ObjectType, account_id: str, asked: Any, *, dated: bool) -> Row:
    """The answer to a search. Raises HubspotError."""
    missing = [name for name in REQUIRED if name not in asked] if isinstance(asked, dict) else list(REQUIRED)
    if missing and (dated or not isinstance(asked, dict)):
        raise invalid(f"Invalid input JSON: some required fields were not set: {missing}")
    asked = _DEFAULTS | asked
    limit, after = _page(asked)
    known = {"clock": world.clock - INDEX_LAG, "account": account_id}
    found = Search(_types(world, kind, known), dict(known))
    where, order = found.where(asked["filterGroups"]), found.order(asked["sorts"])
    total = count(world, kind, where, found.params)
    told = rows(world, kind, f"{where} {order} LIMIT {limit} OFFSET {after}", found.params)
    answer = {"total": total, "results": [record(kind, row, asked["properties"]) for row in told]}
    after += len(told)
    return answer | ({"paging": {"next": {"after": str(after)}}} if after < total else {})


def _page(asked: Row) -> tuple[int, int]:
    limit, after = asked["limit"], asked["after"]
    if not isinstance(limit, int) or not 0 < limit <= MAX_LIMIT:
        raise invalid(f"limit must be between 1 and {MAX_LIMIT}")
    if not str(after or 0).isdigit() or int(after or 0) >= MAX_ROWS:
        raise invalid(f"after must be a number below {MAX_ROWS}: a search pages through {MAX_ROWS} results at most")
    return limit, int(after or 0)


def _types(world: World, kind: ObjectType, params: Row) -> dict[str, str]:
    return {row[0]: row[1] for row in world.query(f"DESCRIBE {kind.sql}", params)}
