"""What the shop's collections are asked: pages, days, order and status; and the fields that are to be told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.woocommerce_errors import invalid

MOST, USUAL = 100, 10
STATUSES = ("pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed", "checkout-draft")
ORDER_BY = {
    "customers": ("id", "include", "name", "registered_date"),
    "orders": ("date", "id", "include", "title", "slug", "modified"),
    "refunds": ("date", "id", "include", "title", "slug", "modified"),
}
DATES = ("after", "before", "modified_after", "modified_before")
_TRUE, _FALSE = ("1", "true", "yes"), ("0", "false", "no", "")
_LOCAL_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:?\d\d)?")


@dataclass(frozen=True)
class Found:
    """A page of objects, and how many there are on all pages."""

    objects: list[dict[str, Any]]
    total: int


@dataclass(frozen=True)
class Asked:
    """A checked question; `order` asks for one order, or for what hangs under it. Times without an offset, as sent."""

    page: int = 1
    per_page: int = MOST
    order_by: str = "date"
    ascending: bool = False
    statuses: tuple[str, ...] = ("any", "trash")
    times: Mapping[str, datetime] | None = None
    gmt: bool = False
    order: int | None = None

    @classmethod
    def of(cls, collection: str, asked: Mapping[str, str]) -> Asked:
        """From the query of a request for a collection; raises ShopError."""
        return cls(
            page=_number(asked, "page", 1, None),
            per_page=_number(asked, "per_page", USUAL, MOST),
            order_by=_one_of(asked, "orderby", ORDER_BY[collection], "name" if collection == "customers" else "date"),
            ascending=_one_of(asked, "order", ("asc", "desc"), "asc" if collection == "customers" else "desc") == "asc",
            statuses=_statuses(asked),
            # Customers have no filter by time: the parameters are unknown there, and do nothing.
            times={} if collection == "customers" else _times(asked),
            gmt=_flag(asked, "dates_are_gmt"),
        )

    @property
    def offset(self) -> int:
        """Objects on the pages before."""
        return (self.page - 1) * self.per_page


def _number(asked: Mapping[str, str], name: str, usual: int, most: int | None) -> int:
    text = asked.get(name, str(usual))
    if not text.isdigit():
        raise invalid(name, f"{name} is not of type integer.")
    if int(text) < 1 or (most and int(text) > most):
        raise invalid(name, f"{name} must be between 1 (inclusive) and {most or 'more'} (inclusive)")
    return int(text)


def _one_of(asked: Mapping[str, str], name: str, values: tuple[str, ...], usual: str) -> str:
    found = asked.get(name, usual)
    if found not in values:
        raise invalid(name, f"{name} is not one of {', '.join(values)}.")
    return found


def _flag(asked: Mapping[str, str], name: str) -> bool:
    text = asked.get(name, "").lower()
    if text not in _TRUE + _FALSE:
        raise invalid(name, f"{name} is not of type boolean.")
    return text in _TRUE


def _statuses(asked: Mapping[str, str]) -> tuple[str, ...]:
    """`any` is all of them but trash, whatever else is named."""
    found = tuple(asked.get("status", "any").split(","))
    if not set(found) <= {"any", "trash", *STATUSES}:
        raise invalid("status", f"status[0] is not one of any, trash, {', '.join(STATUSES)}.")
    return ("any",) if "any" in found else found


def _times(asked: Mapping[str, str]) -> dict[str, datetime]:
    found = {}
    for name in DATES:
        text = asked.get(name)
        if text is None:
            continue
        if not _LOCAL_TIME.fullmatch(text):
            raise invalid(name, "Invalid date.")
        # WordPress takes the clock's face and ignores the offset, as `dates_are_gmt` says which time it is.
        found[name] = datetime.fromisoformat(text[:19])
    return found


def selected(body: dict[str, Any], asked: Mapping[str, str]) -> dict[str, Any]:
    """The body with only `_fields`, dotted into objects."""
    if "_fields" not in asked:
        return body
    found: dict[str, Any] = {}
    for field in asked["_fields"].split(","):
        _pick(body, field.strip().split("."), found)
    return found


def _pick(body: Any, path: list[str], found: dict[str, Any]) -> None:
    name, rest = path[0], path[1:]
    if not isinstance(body, dict) or name not in body:
        return
    if rest and isinstance(body[name], dict):
        _pick(body[name], rest, found.setdefault(name, {}))
    else:
        found[name] = body[name]
