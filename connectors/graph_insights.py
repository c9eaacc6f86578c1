"""Organic insights of the Graph API: metrics of a post, a page or an account, and the Pacific days that they count by.

    {"data": [{"name": "page_media_view", "values": [{"value": 1530, "end_time": "2026-11-16T08:00:00+0000"}]}]}

Meta removes metrics from all its versions at once, and one name that is gone fails a whole call. Such a metric is left
out from then on, and noted: its column is empty, and the others come.
Source: https://developers.facebook.com/docs/graph-api/reference/insights
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from connectors.errors import BadDataError
from connectors.graph_api import CONCURRENT, Answer, GraphApi, Params
from connectors.graph_errors import (
    NoInsightsError,
    UnknownMetricError,
    UnknownObjectError,
    UnsupportedMetricError,
)
from connectors.load import Load

T = TypeVar("T")
ZONE = "America/Los_Angeles"
"""Meta counts days of Pacific time, whatever time zone a page is in."""
PACIFIC = ZoneInfo(ZONE)
_TIME = "%Y-%m-%dT%H:%M:%S%z"


class Insights:
    """The insights of one account during one pull. Safe to use from several threads."""

    def __init__(self, api: GraphApi, load: Load) -> None:
        self._api, self._load = api, load
        self._gone: set[str] = set()

    def of(self, node: str, metrics: Sequence[str], params: Params) -> list[Answer]:
        """One object for each metric that Meta still has. `params` without `metric`."""
        asked = [name for name in metrics if name not in self._gone]
        if not asked:
            return []
        try:
            return self._ask(node, asked, params)
        except UnknownMetricError as error:
            if len(asked) > 1:
                return [entry for name in asked for entry in self.of(node, [name], params)]
            if not isinstance(error, UnsupportedMetricError):
                self._leave_out(asked[0])
            return []

    def _ask(self, node: str, metrics: Sequence[str], params: Params) -> list[Answer]:
        path = f"/{node}/insights"
        data = self._api.get(path, {**params, "metric": ",".join(metrics)}, self._load).get("data")
        if not isinstance(data, list) or not all(isinstance(entry, dict) for entry in data):
            raise BadDataError(f"the answer of {path} has no list of objects in data")
        for entry in data:
            self._note_unknown(entry)
        return data

    def _note_unknown(self, entry: Answer) -> None:
        values = entry.get("values")
        values = values if isinstance(values, list) else [entry.get("total_value")]
        known = {"value", "end_time", "breakdowns"}
        self._load.unknown(*(name for value in values if isinstance(value, dict) for name in value.keys() - known))

    def _leave_out(self, metric: str) -> None:
        self._gone.add(metric)
        self._load.note(metrics_gone=", ".join(sorted(self._gone)))

    def of_posts(self, posts: Sequence[Answer], metrics: Sequence[str], params: Params) -> list[Answer]:
        """The posts, each with its metrics by name under `insights`; one deleted since it was listed is put aside."""
        told = together(lambda post: self._of_post(post, metrics, params), posts)
        return [post for post in told if post is not None]

    def _of_post(self, post: Answer, metrics: Sequence[str], params: Params) -> Answer | None:
        try:
            return post | {"insights": lifetime(self.of(str(post.get("id")), metrics, params))}
        except NoInsightsError:
            return post | {"insights": {}}
        except UnknownObjectError:
            self._load.reject("the post was deleted while it was read", str(post)[:500])
            return None


def together(ask: Callable[[Any], T], things: Sequence[Any]) -> Iterator[T]:
    """What is answered for each thing, in order, a few at a time. After one that is refused no other is asked."""
    with ThreadPoolExecutor(CONCURRENT) as pool:
        for start in range(0, len(things), CONCURRENT):
            yield from pool.map(ask, things[start : start + CONCURRENT])


def lifetime(entries: Sequence[Answer]) -> dict[str, Any]:
    """The one value of each metric, by name; metrics without one are left out."""
    return {name: values[0].get("value") for name, values in _values(entries).items() if values}


def by_day(entries: Sequence[Answer]) -> dict[date, dict[str, Any]]:
    """Metric by day. Raises BadDataError where a value tells no end of its day."""
    days: dict[date, dict[str, Any]] = {}
    for name, values in _values(entries).items():
        for value in values:
            days.setdefault(day_ending_at(value.get("end_time")), {})[name] = value.get("value")
    return days


def _values(entries: Sequence[Answer]) -> dict[str, list[Answer]]:
    found = {str(entry.get("name")): entry.get("values") for entry in entries}
    for name, values in found.items():
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise BadDataError(f"the metric {name} has no list of objects in values")
    return found  # type: ignore[return-value]


def day_ending_at(end_time: Any) -> date:
    """The day that ends then. Meta names a day by its end: 2026-11-16T08:00:00+0000 is midnight after 15 November.

    >>> day_ending_at("2026-11-16T08:00:00+0000")
    datetime.date(2026, 11, 15)
    """
    try:
        # A second before its end, a day is itself in Pacific time, even where Meta should count by the page's own zone.
        return (datetime.strptime(end_time, _TIME) - timedelta(seconds=1)).astimezone(PACIFIC).date()
    except (TypeError, ValueError):
        raise BadDataError(f"an end_time is no time: {str(end_time)[:80]!r}") from None
