"""The query parameters of Brevo's lists, checked as Brevo checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sandbox.brevo_errors import BrevoError

NODES = ("globalStats", "linksStats", "statsByDomain")
STATUSES = ("suspended", "archive", "sent", "queued", "draft", "inProcess", "inReview", "cancelling", "cancelled")
EVER, NEVER = datetime(2000, 1, 1), datetime(2100, 1, 1)
_TWO_YEARS = timedelta(days=731)
_REPORT_DAYS = 30


@dataclass(frozen=True)
class Campaigns:
    """Which campaigns, sent when (naive UTC, both ends included), how many, and which statistics with them."""

    start: datetime
    end: datetime
    limit: int
    offset: int
    node: str | None
    ascending: bool
    kind: str | None
    none: bool

    @classmethod
    def of(cls, asked: Mapping[str, str], now: datetime) -> Campaigns:
        """From the query of /emailCampaigns. Raises BrevoError."""
        status = _one_of(asked, "status", STATUSES)
        start, end = _dates(asked, status, now)
        sort = _one_of(asked, "sort", ("asc", "desc"))
        kind = _one_of(asked, "type", ("classic", "trigger"))
        limit, offset = _number(asked, "limit", 50, 100), _number(asked, "offset", 0, 10**9)
        return cls(start, end, limit, offset, node(asked), sort == "asc", kind, status not in (None, "sent"))


def node(asked: Mapping[str, str]) -> str | None:
    """The statistics that are asked for; the others come back empty."""
    return _one_of(asked, "statistics", NODES)


def report_days(asked: Mapping[str, str], today: date) -> tuple[date, date, int]:
    """(first, last, rows) of a report by day: thirty days at most, the last ten unless asked otherwise."""
    if ("startDate" in asked) != ("endDate" in asked):
        raise BrevoError("missing_parameter", "startDate and endDate are both required")
    limit = _number(asked, "limit", 10, _REPORT_DAYS)
    if "startDate" not in asked:
        days = _number(asked, "days", 10, _REPORT_DAYS)
        return today - timedelta(days=days - 1), today, limit
    try:
        first, last = (date.fromisoformat(asked[name]) for name in ("startDate", "endDate"))
    except ValueError as error:
        raise BrevoError("invalid_parameter", "Dates must be in YYYY-MM-DD format") from error
    if not first <= last < first + timedelta(days=_REPORT_DAYS):
        raise BrevoError("out_of_range", "The date range can not exceed 30 days")
    return first, last, limit


def _dates(asked: Mapping[str, str], status: str | None, now: datetime) -> tuple[datetime, datetime]:
    if ("startDate" in asked) != ("endDate" in asked):
        raise BrevoError("missing_parameter", "startDate and endDate are both required")
    if "startDate" not in asked:
        return EVER, NEVER
    if status not in (None, "sent"):
        raise BrevoError("invalid_parameter", "startDate and endDate can only be used with status sent")
    start, end = _moment(asked, "startDate"), _moment(asked, "endDate")
    # The world may stand still while the clock of the caller runs on.
    if end > max(now, datetime.now(UTC).replace(tzinfo=None)):
        raise BrevoError("invalid_parameter", "endDate must not be in the future")
    if not start <= end <= start + _TWO_YEARS:
        raise BrevoError("out_of_range", "The date range can not exceed 2 years")
    return start, end


def _moment(asked: Mapping[str, str], name: str) -> datetime:
    try:
        found = datetime.fromisoformat(asked[name])
    except ValueError as error:
        raise BrevoError("invalid_parameter", f"{name} must be in YYYY-MM-DDTHH:mm:ss.SSSZ format") from error
    if found.tzinfo is None:
        raise BrevoError("invalid_parameter", f"{name} must have a time zone")
    return found.astimezone(UTC).replace(tzinfo=None)


def _one_of(asked: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str | None:
    value = asked.get(name)
    if value is not None and value not in allowed:
        raise BrevoError("invalid_parameter", f"{name} should be one of {', '.join(allowed)}")
    return value


def _number(asked: Mapping[str, str], name: str, default: int, largest: int) -> int:
    text = asked.get(name, str(default))
    if not text.isdigit():
        raise BrevoError("invalid_parameter", f"{name} should be a positive integer")
    if int(text) > largest:
        raise BrevoError("out_of_range", f"{name} exceeds max value {largest}")
    return int(text)
