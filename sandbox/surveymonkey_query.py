"""Which responses are asked for, and which page of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from sandbox.surveymonkey_errors import SurveyMonkeyError

STATUSES = ("completed", "partial", "overquota", "disqualified")
Row = dict[str, Any]


@dataclass(frozen=True)
class Page:
    """Page `number`, from 1, of `size` records."""

    url: Any
    number: int
    size: int

    @classmethod
    def of(cls, request: Request, default: int, most: int) -> Page:
        """From `page` and `per_page`."""
        asked = request.query_params
        return cls(request.url, _whole(asked, "page", 1, 10**6), _whole(asked, "per_page", default, most))

    def body(self, rows: list[Row]) -> dict[str, Any]:
        """The page of the rows; `links.next` is there when more follow."""
        end = self.number * self.size
        links = {"self": str(self.url)}
        if end < len(rows):
            links["next"] = str(self.url.include_query_params(page=self.number + 1, per_page=self.size))
        shown = rows[end - self.size : end]
        return {"data": shown, "per_page": self.size, "page": self.number, "total": len(rows), "links": links}


def _whole(asked: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise SurveyMonkeyError("1003")
    return int(text)


@dataclass(frozen=True)
class Asked:
    """A query of /responses/bulk. A date without an offset is in UTC."""

    status: str | None
    bounds: dict[str, datetime]
    question_ids: frozenset[str]
    descending: bool

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Asked:
        """From the query string. Raises SurveyMonkeyError on what the documentation does not allow."""
        if asked.get("status", STATUSES[0]) not in STATUSES or asked.get("sort_by", "date_modified") != "date_modified":
            raise SurveyMonkeyError("1003")
        names = [f"{end}_{what}_at" for end in ("start", "end") for what in ("created", "modified")]
        bounds = {name: _moment(asked[name]) for name in names if name in asked}
        questions = frozenset(asked["question_ids"].split(",")) if "question_ids" in asked else frozenset()
        return cls(asked.get("status"), bounds, questions, asked.get("sort_order") == "DESC")

    def chosen(self, rows: list[Row]) -> list[Row]:
        """Those of the rows that are asked for, by their last change, with the questions that are asked for."""
        kept = [row for row in rows if self.status in (None, row["response_status"]) and self._in_time(row)]
        kept.sort(key=lambda row: (row["date_modified"], row["id"]), reverse=self.descending)
        return [self._cut(row) for row in kept]

    def _in_time(self, row: Row) -> bool:
        for name, bound in self.bounds.items():
            end, what, _ = name.split("_")
            moment = datetime.fromisoformat(row[f"date_{what}"])
            if not (moment > bound if end == "start" else moment < bound):
                return False
        return True

    def _cut(self, row: Row) -> Row:
        if not self.question_ids:
            return row
        pages = [
            page | {"questions": [one for one in page["questions"] if one["id"] in self.question_ids]}
            for page in row["pages"]
        ]
        return row | {"pages": pages}


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SurveyMonkeyError("1003") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
