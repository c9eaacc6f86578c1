"""A question to Search Analytics: its checks, and its rows from the world's searches.

Totals hold all searches; with the dimension query only those whose term is told. Of a day that is not final, dataState
`all` shows what has come in so far: four of five. A day without rows is left out, and so is `rows` without any.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.company import World
from sandbox.search_console_errors import invalid

MOST_ROWS, USUAL_ROWS = 25_000, 1_000
KEYS = {
    "startDate", "endDate", "dimensions", "type", "searchType", "dimensionFilterGroups", "aggregationType", "rowLimit",
    "startRow", "dataState",
}  # fmt: skip
COLUMNS = {"date": "date::VARCHAR", "query": "keyword", "page": "'https://duurzamemode.nl' || page"}
STATES, TYPES = ("final", "all"), ("web", "image", "video", "news", "discover", "googlenews")
AGGREGATIONS = ("auto", "bypage", "byproperty")


@dataclass(frozen=True)
class Query:
    """A checked question. Enumerations may be spelt in any case, with or without underscores."""

    start: date
    end: date
    dimensions: tuple[str, ...]
    type: str
    state: str
    aggregation: str
    row_limit: int
    start_row: int

    @classmethod
    def of(cls, body: bytes) -> Query:
        """From the body of a request; raises SearchError."""
        asked = _object(body)
        start, end = _day(asked, "startDate"), _day(asked, "endDate")
        if start > end:
            raise invalid("startDate must be less than or equal to endDate.")
        if asked.get("dimensionFilterGroups"):
            raise invalid("The sandbox has no dimensionFilterGroups.")
        dimensions = _dimensions(asked)
        return cls(
            start,
            end,
            dimensions,
            _one_of(asked, "type" if "type" in asked else "searchType", TYPES),
            _one_of(asked, "dataState", STATES),
            _aggregation(asked, dimensions),
            _number(asked, "rowLimit", USUAL_ROWS, 1, MOST_ROWS),
            _number(asked, "startRow", 0, 0, 10**9),
        )


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        asked = json.loads(body or b"{}")
    except ValueError:
        raise invalid("Parse Error") from None
    unknown = asked.keys() - KEYS if isinstance(asked, dict) else {"body"}
    if unknown:
        raise invalid(f'Invalid JSON payload received. Unknown name "{min(unknown)}": Cannot find field.')
    return dict(asked)


def _day(asked: Mapping[str, Any], name: str) -> date:
    try:
        return date.fromisoformat(asked[name])
    except (KeyError, TypeError, ValueError):
        raise invalid(f"Invalid value for {name}: it must be a date, YYYY-MM-DD.") from None


def _plain(text: Any) -> str:
    return str(text).replace("_", "").lower()


def _one_of(asked: Mapping[str, Any], name: str, values: tuple[str, ...]) -> str:
    found = _plain(asked.get(name, values[0]))
    if found not in values:
        raise invalid(f"Invalid value '{asked[name]}' for {name}.")
    return found


def _dimensions(asked: Mapping[str, Any]) -> tuple[str, ...]:
    found = tuple(_plain(name) for name in asked.get("dimensions") or ())
    if len(set(found)) < len(found) or not set(found) <= COLUMNS.keys():
        raise invalid(f"Invalid value for dimensions: {', '.join(found)}.")
    return found


def _aggregation(asked: Mapping[str, Any], dimensions: tuple[str, ...]) -> str:
    found = _one_of(asked, "aggregationType", AGGREGATIONS)
    if "page" in dimensions and found == "byproperty":
        raise invalid("'BY_PROPERTY' is not a valid aggregation type in the context of the request.")
    by_page = "page" in dimensions or found == "bypage"
    return "byPage" if by_page else "byProperty"


def _number(asked: Mapping[str, Any], name: str, usual: int, least: int, most: int) -> int:
    found = asked.get(name, usual)
    if not isinstance(found, int) or not least <= found <= most:
        raise invalid(f"Invalid value for {name}: it must be from {least} to {most}.")
    return found


def answer(world: World, site: str, query: Query) -> dict[str, Any]:
    """The body of an answer: rows as doubles, `metadata` where days are told of which more will come in."""
    body: dict[str, Any] = {"responseAggregationType": query.aggregation}
    rows = _rows(world, site, query) if query.type == "web" else []
    if rows:
        body["rows"] = rows
    begun = _first_unfinished(world, site, query) if query.state == "all" and "date" in query.dimensions else None
    return body | ({"metadata": {"firstIncompleteDate": str(begun)}} if begun else {})


def _rows(world: World, site: str, query: Query) -> list[dict[str, Any]]:
    keys = [COLUMNS[name] for name in query.dimensions]
    first = ["date"] if "date" in query.dimensions else []
    sql = f"""
        WITH shown AS (
            SELECT *, CASE WHEN final_at <= $clock THEN impressions ELSE (impressions * 4 + 4) // 5 END AS shown,
                CASE WHEN final_at <= $clock THEN clicks ELSE clicks * 4 // 5 END AS clicked
            FROM searches
            WHERE site = $site AND date BETWEEN $start AND $end
                AND {"final_at" if query.state == "final" else "known_at"} <= $clock
                {"AND keyword IS NOT NULL" if "query" in query.dimensions else ""})
        SELECT list_value({", ".join(keys) or "NULL::VARCHAR"}) AS keys, sum(clicked)::DOUBLE AS clicks,
            sum(shown)::DOUBLE AS impressions, round(fsum(position * shown) / sum(shown), 9) AS position
        FROM shown {"GROUP BY " + ", ".join([*keys, *first]) if keys else "HAVING count(*) > 0"}
        ORDER BY {", ".join([*first, "clicks DESC", "keys"])}
        LIMIT {query.row_limit} OFFSET {query.start_row}"""
    params = {"clock": world.clock, "site": site, "start": query.start, "end": query.end}
    return [_row(query, *row) for row in world.query(sql, params)]


def _row(query: Query, keys: list[str], clicks: float, impressions: float, position: float) -> dict[str, Any]:
    row = {"clicks": clicks, "impressions": impressions, "ctr": clicks / impressions, "position": position}
    return {"keys": keys} | row if query.dimensions else row


def _first_unfinished(world: World, site: str, query: Query) -> date | None:
    """The first day of the range that is known and not final."""
    sql = """SELECT min(date) FROM rare_searches
        WHERE site = $site AND date BETWEEN $start AND $end AND known_at <= $clock AND final_at > $clock"""
    params = {"clock": world.clock, "site": site, "start": query.start, "end": query.end}
    found: date | None = world.query(sql, params)[0][0]
    return found
