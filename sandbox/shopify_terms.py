"""Which search terms each list knows, and a search as a SQL condition with Shopify's warnings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.shopify_customers import UPDATED as CUSTOMER_UPDATED
from sandbox.shopify_errors import ApiError
from sandbox.shopify_instants import read_instant
from sandbox.shopify_orders import CANCELLED, FINANCIAL_STATUS, LEFT_OVER
from sandbox.shopify_orders import UPDATED as ORDER_UPDATED
from sandbox.shopify_search import Group, Query, Term, parse_search

STATUS = {
    "open": f"NOT {CANCELLED}",
    "not_closed": "TRUE",
    "any": "TRUE",
    "closed": "FALSE",
    "cancelled": CANCELLED,
}
# entity -> term -> (kind, SQL expression)
TERMS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "Order": {
        "id": ("number", "o.order_id"),
        "name": ("text", "o.name"),
        "created_at": ("time", "o.ordered_at"),
        "processed_at": ("time", "o.ordered_at"),
        "updated_at": ("time", ORDER_UPDATED),
        "test": ("flag", "o.test"),
        "status": ("status", ""),
        "financial_status": ("text", FINANCIAL_STATUS),
        "source_name": ("text", "'web'"),
        "customer_id": ("number", "o.customer_id"),
        "email": ("text", "buyer.email"),
        "current_total_price": ("number", LEFT_OVER),
        "tag": ("text", "NULL::VARCHAR"),
        "discount_code": ("text", "NULL::VARCHAR"),
    },
    "Customer": {
        "id": ("number", "buyer.customer_id"),
        "customer_date": ("time", "buyer.created_at"),
        "updated_at": ("time", CUSTOMER_UPDATED),
        "email": ("text", "buyer.email"),
        "first_name": ("text", "buyer.first_name"),
        "last_name": ("text", "buyer.last_name"),
        "country": ("text", "buyer.country"),
        "orders_count": ("number", "coalesce(tally.orders, 0)"),
        "total_spent": ("number", "coalesce(tally.spent, 0)"),
        "tag": ("text", "NULL::VARCHAR"),
    },
}
EVERYWHERE = {
    "Order": ("o.name", "buyer.email"),
    "Customer": ("buyer.first_name", "buyer.last_name", "buyer.email"),
}
# Terms of Shopify's that the world has nothing for: said aloud, because ignoring them would show too much.
UNSIMULATED = {
    "Order": {
        "channel",
        "channel_id",
        "sales_channel",
        "fulfillment_status",
        "return_status",
        "sku",
        "gateway",
    },
    "Customer": {"order_date", "accepts_marketing", "state", "last_abandoned_order_date"},
}


@dataclass
class Search:
    """A search as SQL: `condition` over the entity's aliases, and what Shopify would warn of."""

    entity: str
    text: str
    now: datetime
    condition: str = "TRUE"
    warnings: list[dict[str, str]] = field(default_factory=list)
    parsed: dict[str, Any] = field(default_factory=dict)

    def extension(self, key: str) -> dict[str, Any] | None:
        """The entry of `extensions.search`, if there is something to warn of."""
        if not self.warnings:
            return None
        return {"path": [key], "query": self.text, "parsed": self.parsed, "warnings": self.warnings}

    def _query(self, query: Query) -> str | None:
        """SQL of a query, or None where every term of it is ignored."""
        if isinstance(query, Term):
            return self._term(query)
        parts = [part for part in map(self._query, query.members) if part is not None]
        if not parts:
            return None
        return f"NOT ({parts[0]})" if query.kind == "not" else f"({f' {query.kind.upper()} '.join(parts)})"

    def _term(self, term: Term) -> str | None:
        if term.field is None:
            columns = EVERYWHERE[self.entity]
            return "(" + " OR ".join(f"contains(lower({each}), {_text(term.value)})" for each in columns) + ")"
        if term.field in UNSIMULATED[self.entity]:
            raise ApiError(f"The sandbox does not simulate the search term `{term.field}`.", "NOT_SIMULATED")
        if term.field not in TERMS[self.entity]:
            return self._ignore(term, "Invalid search field for this query.", "invalid_field")
        kind, expression = TERMS[self.entity][term.field]
        return {"time": self._time, "number": self._number, "flag": self._flag, "text": self._words,
                "status": self._status}[kind](term, expression)  # fmt: skip

    def _ignore(self, term: Term, message: str, code: str) -> str | None:
        """Leave a term out, with a warning."""
        self.warnings.append({"field": str(term.field), "message": message, "code": code})
        return None

    def _time(self, term: Term, expression: str) -> str:
        bounds = [read_instant(part, self.now) for part in term.value.split("..")]
        if not all(bounds):
            raise ApiError(f"Invalid timestamp for query filter `{term.field}`.", "BAD_REQUEST")
        start, end = _stamp(bounds[0].start), _stamp(bounds[-1].end)  # type: ignore[union-attr]
        # In practice `>` includes the moment itself, like `>=` (seen by other connectors).
        return {
            "=": f"({expression} >= {start} AND {expression} < {end})",
            ">": f"{expression} >= {start}",
            ">=": f"{expression} >= {start}",
            "<": f"{expression} < {start}",
            "<=": f"{expression} < {end}",
        }[term.compare]

    def _number(self, term: Term, expression: str) -> str | None:
        values = [value.rsplit("/", 1)[-1] for value in term.value.split(",")]
        if not all(re.fullmatch(r"\d+(\.\d+)?", value) for value in values):
            return self._ignore(term, "Input is not a number.", "invalid_value")
        if term.compare == "=":
            return f"{expression} IN ({', '.join(values)})"
        return f"{expression} {term.compare} {values[0]}"

    def _flag(self, term: Term, expression: str) -> str | None:
        if term.value.lower() not in ("true", "false"):
            return self._ignore(term, "Input is not a boolean.", "invalid_value")
        return f"{expression} = {term.value.lower()}"

    def _words(self, term: Term, expression: str) -> str:
        if term.value == "*":
            return f"{expression} IS NOT NULL"
        return f"lower({expression}) IN ({', '.join(map(_text, term.value.split(',')))})"

    def _status(self, term: Term, _expression: str) -> str | None:
        if term.value.lower() not in STATUS:
            return self._ignore(term, f"Input `{term.value}` is not an accepted value.", "invalid_value")
        return STATUS[term.value.lower()]


def search(entity: str, text: str | None, now: datetime) -> Search:
    """The search of a list; `now` is naive UTC. Raises ApiError for a time that is none."""
    found = Search(entity, text or "", now)
    tree = parse_search(found.text)
    if tree is not None:
        found.condition = found._query(tree) or "TRUE"
        found.parsed = tree.parsed()
    return found


def _text(value: str) -> str:
    return "'" + value.strip().lower().replace("'", "''") + "'"


def _stamp(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.isoformat(sep=' ')}'"


__all__ = ["TERMS", "Group", "Search", "search"]
