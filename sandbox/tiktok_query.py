"""The parameters of a TikTok report: lists and objects are JSON texts, dates are closed intervals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sandbox.tiktok_errors import bad_param

PARAMETERS = {
    "advertiser_id", "report_type", "service_type", "data_level", "dimensions", "metrics", "start_date", "end_date",
    "page", "page_size", "filtering", "order_field", "order_type", "query_lifetime", "enable_total_metrics",
}  # fmt: skip
LEVELS = {"AUCTION_ADVERTISER": "advertiser_id", "AUCTION_CAMPAIGN": "campaign_id"}
DAY = "stat_time_day"
MOST_DAYS, MOST_DAYS_TOGETHER, MOST_ROWS = 30, 365, 1000
STATUSES = {"STATUS_ALL", "STATUS_NOT_DELETE", "STATUS_DELETE"}


@dataclass(frozen=True)
class ReportQuery:
    """A basic report: by advertiser or campaign, by day or all days together."""

    level: str
    daily: bool
    metrics: tuple[str, ...]
    first: date
    last: date
    status: str
    page: int
    page_size: int

    @classmethod
    def of(cls, asked: Mapping[str, str], known_metrics: set[str]) -> ReportQuery:
        """From the query's parameters; raises TikTokError."""
        if unknown := asked.keys() - PARAMETERS:
            raise bad_param(f"Unknown field: {', '.join(sorted(unknown))}")
        if asked.get("report_type") != "BASIC" or asked.get("service_type", "AUCTION") != "AUCTION":
            raise bad_param("report_type: Only BASIC reports of AUCTION are simulated.")
        level, dimensions = asked.get("data_level", ""), texts(asked, "dimensions")
        if level not in LEVELS or dimensions not in ([LEVELS[level]], [LEVELS[level], DAY]):
            raise bad_param(f"dimensions: {dimensions} cannot be used with data_level {level}.")
        metrics = tuple(texts(asked, "metrics") if "metrics" in asked else ["spend", "impressions"])
        if wrong := [name for name in metrics if name not in known_metrics]:
            raise bad_param(f"metrics: Invalid metric fields: {wrong}")
        first, last = _dates(asked, MOST_DAYS if DAY in dimensions else MOST_DAYS_TOGETHER)
        page, size = _number(asked, "page", 1, 10**6), _number(asked, "page_size", 10, MOST_ROWS)
        return cls(level, DAY in dimensions, metrics, first, last, _status(asked), page, size)


def texts(asked: Mapping[str, str], name: str) -> list[str]:
    """A list of texts, written as JSON."""
    found = _json(asked, name)
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise bad_param(f"{name}: Not a valid list of strings.")
    return found


def _json(asked: Mapping[str, str], name: str) -> Any:
    try:
        return json.loads(asked.get(name, ""))
    except ValueError as error:
        raise bad_param(f"{name}: Not a valid JSON value.") from error


def _dates(asked: Mapping[str, str], most: int) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(asked[name]) for name in ("start_date", "end_date"))
    except (KeyError, ValueError) as error:
        raise bad_param("start_date, end_date: Not a valid date. Please use the format YYYY-MM-DD.") from error
    if not 0 <= (last - first).days < most:
        raise bad_param(f"end_date: The time range must be between 1 and {most} days.")
    return first, last


def _number(asked: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = asked.get(name, str(default))
    if not (text.isdigit() and 1 <= int(text) <= most):
        raise bad_param(f"{name}: Must be between 1 and {most}.")
    return int(text)


def _status(asked: Mapping[str, str]) -> str:
    """The filter by status: without one, deleted campaigns are left out. Other filters are not simulated."""
    if "filtering" not in asked:
        return "STATUS_NOT_DELETE"
    match _json(asked, "filtering"):
        case [{"field_name": "campaign_status", "filter_type": "IN", "filter_value": str(told), **rest}] if not rest:
            wanted = texts({"filter_value": told}, "filter_value")
            if len(wanted) == 1 and wanted[0] in STATUSES:
                return wanted[0]
    raise bad_param("filtering: Invalid filter.")
