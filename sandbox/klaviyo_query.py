"""What a report is asked for: the body of a reporting request, checked as Klaviyo checks it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sandbox.klaviyo_errors import KlaviyoError
from sandbox.klaviyo_filter import conditions
from sandbox.klaviyo_statistics import STATISTICS

_AT = "/data/attributes/"
GROUPS = {
    "campaign-values-report": (
        "campaign_id", "campaign_message_id", "campaign_message_name", "send_channel", "group", "group_name", "tag_id",
        "tag_name", "text_message_format", "variation", "variation_name",
    ),
    "flow-series-report": (
        "flow_id", "flow_message_id", "flow_message_name", "flow_name", "send_channel", "tag_id", "tag_name",
        "text_message_format", "variation", "variation_name",
    ),
}  # fmt: skip
"""What the rows of a report can be split by: of each kind the first two have to be."""
DAYS = {"last_7_days": 7, "last_30_days": 30, "last_90_days": 90, "last_365_days": 365}
"""Of the named time frames those that are simulated: they end with today."""


@dataclass(frozen=True)
class Query:
    """A report: statistics of what was sent from `start` until before `end`, local times of the account."""

    statistics: tuple[str, ...]
    group_by: tuple[str, ...]
    start: datetime
    end: datetime
    email: bool

    @property
    def days(self) -> list[date]:
        """The days that the time frame touches."""
        last = (self.end - timedelta(microseconds=1)).date()
        return [self.start.date() + timedelta(days=n) for n in range((last - self.start.date()).days + 1)]


def query(body: Any, kind: str, metrics: set[str], today: date) -> Query:
    """The report that a body of a kind asks for. Raises KlaviyoError."""
    asked = _attributes(body, kind)
    start, end = _timeframe(asked.get("timeframe"), today)
    if kind == "flow-series-report":
        _check_interval(asked.get("interval"), start, end)
    if asked.get("conversion_metric_id") not in metrics:
        raise _invalid("conversion_metric_id", "The conversion metric does not exist.")
    email = _channel(asked.get("filter"))
    return Query(_statistics(asked.get("statistics")), _groups(asked.get("group_by"), kind), start, end, email)


def _invalid(name: str, detail: str) -> KlaviyoError:
    return KlaviyoError("invalid", detail, pointer=_AT + name)


def _attributes(body: Any, kind: str) -> dict[str, Any]:
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict) or data.get("type") != kind:
        raise KlaviyoError("invalid", f"The type of the payload must be {kind}.", pointer="/data/type")
    attributes = data.get("attributes")
    if not isinstance(attributes, dict):
        raise KlaviyoError("invalid", "Attributes are required.", pointer="/data/attributes")
    return attributes


def _statistics(asked: Any) -> tuple[str, ...]:
    if not isinstance(asked, list) or not asked:
        raise _invalid("statistics", "At least one statistic is required.")
    unknown = [name for name in asked if name not in STATISTICS]
    if unknown:
        raise _invalid("statistics", f"'{unknown[0]}' is not a valid choice.")
    return tuple(asked)


def _groups(asked: Any, kind: str) -> tuple[str, ...]:
    allowed = GROUPS[kind]
    if asked is None:
        return (*allowed[:2], "send_channel")
    if not isinstance(asked, list) or not set(allowed[:2]) <= set(asked) <= set(allowed):
        raise _invalid("group_by", f"Group by has to hold {allowed[0]} and {allowed[1]}, and nothing unknown.")
    return tuple(asked)


def _timeframe(asked: Any, today: date) -> tuple[datetime, datetime]:
    """Local times; an offset is ignored."""
    if isinstance(asked, dict) and asked.get("key") in DAYS:
        end = datetime.combine(today + timedelta(days=1), datetime.min.time())
        return end - timedelta(days=DAYS[asked["key"]]), end
    try:
        start, end = (datetime.fromisoformat(asked[name]).replace(tzinfo=None) for name in ("start", "end"))
    except (KeyError, TypeError, ValueError) as error:
        raise _invalid("timeframe", "A time frame is a key, or a start and an end.") from error
    if not start < end <= start + timedelta(days=366):
        raise _invalid("timeframe", "The time frame has to end after its start, and cannot be longer than a year.")
    return start, end


def _check_interval(asked: Any, start: datetime, end: datetime) -> None:
    if asked not in ("hourly", "daily", "weekly", "monthly"):
        raise _invalid("interval", f"'{asked}' is not a valid interval.")
    if asked != "daily":
        raise _invalid("interval", "The sandbox knows daily intervals only.")
    if end - start > timedelta(days=60):
        raise _invalid("timeframe", "The time frame cannot be longer than 60 days for a daily interval.")


def _channel(asked: Any) -> bool:
    """Whether e-mails are asked for: all that is sent here, so another channel has no rows."""
    found = conditions(asked, pointer=_AT + "filter") if asked else []
    for one in found:
        if one.field != "send_channel" or one.operator not in ("equals", "contains-any"):
            raise _invalid("filter", f"The sandbox knows no filter {one.operator} of {one.field}.")
    return all("email" in (one.value if isinstance(one.value, list) else [one.value]) for one in found)
