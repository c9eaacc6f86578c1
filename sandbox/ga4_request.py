"""A RunReportRequest, checked in the order and refused in the words of the real service."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.ga4_errors import SCHEMA_URL, bad_request
from sandbox.ga4_schema import DATE_RANGE, DIMENSIONS, METRICS

MAX_DIMENSIONS, MAX_METRICS, MAX_DATE_RANGES = 9, 10, 4
DEFAULT_LIMIT, MAX_LIMIT = 10_000, 250_000
BEFORE_FIRST_DAY, AFTER_LAST_DAY = date(2015, 8, 13), date(3000, 1, 1)

_RELATIVE_DAYS: dict[str, Callable[[re.Match[str]], int]] = {
    r"today": lambda _found: 0,
    r"yesterday": lambda _found: 1,
    r"(\d+)daysAgo": lambda found: int(found[1]),
}
NOT_IN_THE_SANDBOX = ("metric_aggregations", "cohort_spec", "comparisons")
"""Fields that the real service takes and this one refuses: to ignore them would answer another question."""


@dataclass(frozen=True)
class Range:
    """Days from first to last, with the label that the dateRange dimension shows."""

    label: str
    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days, both ends included."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Report:
    """What is asked. `dimensions` and `metrics` are known names; `message` holds filters and orders, checked."""

    ranges: tuple[Range, ...]
    dimensions: tuple[str, ...]
    metrics: tuple[str, ...]
    limit: int
    offset: int
    message: Any

    @property
    def headers(self) -> tuple[str, ...]:
        """The dimensions of the answer: dateRange comes last by itself when there are several ranges."""
        implied = len(self.ranges) > 1 and DATE_RANGE not in self.dimensions
        return self.dimensions + ((DATE_RANGE,) if implied else ())


def parse_report(request: Any, today: date, currency: str) -> Report:
    """The report of a raw RunReportRequest; raises Ga4Error.

    today is the property's local day, currency the property's.
    """
    dimensions = tuple(dimension.name for dimension in request.dimensions)
    metrics = tuple(metric.name for metric in request.metrics)
    _check_supported(request, currency)
    check_names(request, dimensions, metrics)
    _check_paging(request)
    ranges = _ranges(request.date_ranges, today)
    _check_sizes(ranges, dimensions, metrics)
    _check_orders(request, dimensions, metrics)
    return Report(ranges, dimensions, metrics, min(request.limit or DEFAULT_LIMIT, MAX_LIMIT), request.offset, request)


def _check_supported(request: Any, currency: str) -> None:
    set_fields = {field.name for field, _value in request.ListFields()}
    refused = [name for name in NOT_IN_THE_SANDBOX if name in set_fields]
    if request.currency_code not in ("", currency):
        refused.append("currency_code")
    if any(field.HasField("dimension_expression") for field in request.dimensions):
        refused.append("dimension_expression")
    if any(metric.expression or metric.invisible for metric in request.metrics):
        refused.append("expression")
    if refused:
        raise bad_request(f"The sandbox does not support: {', '.join(refused)}.")


def check_names(request: Any, dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    """Raise Ga4Error for a name that is no dimension or metric, in the columns or in the filters."""
    for name in [*dimensions, *filter_fields(request.dimension_filter)]:
        if name not in DIMENSIONS and name != DATE_RANGE:
            raise bad_request(
                f"{_hint(name, DIMENSIONS)}Field {name} is not a valid dimension. "
                f"For a list of valid dimensions and metrics, see {SCHEMA_URL} "
            )
    for name in [*metrics, *filter_fields(request.metric_filter)]:
        if name not in METRICS:
            raise bad_request(
                f"{_hint(name, METRICS)}Field {name} is not a valid metric.  "
                f"For a list of valid dimensions and metrics, see {SCHEMA_URL} "
            )


def _hint(name: str, known: Iterable[str]) -> str:
    """Google guesses at what was meant, by a rule that it does not tell; here: the same letters in another case."""
    meant = [other for other in known if other.lower() == name.replace("_", "").lower()]
    return f"Did you mean {meant[0]}? " if meant else ""


def filter_fields(expression: Any) -> Iterator[str]:
    """The field names in a FilterExpression."""
    kind = expression.WhichOneof("expr")
    if kind == "filter":
        yield expression.filter.field_name
    elif kind == "not_expression":
        yield from filter_fields(expression.not_expression)
    elif kind is not None:
        for part in getattr(expression, kind).expressions:
            yield from filter_fields(part)


def _check_paging(request: Any) -> None:
    for name in ("limit", "offset"):
        if getattr(request, name) < 0:
            raise bad_request(f"{name} must be positive. The API received {name} = {getattr(request, name)}")


def _ranges(asked: Sequence[Any], today: date) -> tuple[Range, ...]:
    if not asked:
        raise bad_request("A dateRange is required.")
    return tuple(_range(number, item, today) for number, item in enumerate(asked))


def _range(number: int, asked: Any, today: date) -> Range:
    first = _day("startDate", asked.start_date, today)
    last = _day("endDate", asked.end_date, today)
    if first > last:
        raise bad_request(
            "start_date must be less than or equal to end_date. "
            f"start_date = {asked.start_date} and end_date = {asked.end_date}"
        )
    return Range(asked.name or f"date_range_{number}", first, last)


def _day(name: str, text: str, today: date) -> date:
    for pattern, days_ago in _RELATIVE_DAYS.items():
        if found := re.fullmatch(pattern, text):
            return today - timedelta(days=days_ago(found))
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None or not BEFORE_FIRST_DAY < day < AFTER_LAST_DAY:
        raise bad_request(f"Invalid {name} : {text}. {name} must be YYYY-MM-DD, NdaysAgo, yesterday, or today.")
    return day


def _check_sizes(ranges: Sequence[Range], dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    if len(ranges) > MAX_DATE_RANGES:
        raise bad_request(
            f"Requests are limited to {MAX_DATE_RANGES} dateRanges.\n  This request contains {len(ranges)} dateRanges."
        )
    for what, names, limit in (("dimensions", dimensions, MAX_DIMENSIONS), ("metrics", metrics, MAX_METRICS)):
        if len(names) > limit:
            raise bad_request(
                f"Requests are limited to {limit} {what} within a nested request. "
                f"This request is for {len(names)} {what}."
            )
    if not dimensions and not metrics:
        raise bad_request("Requests must have dimensions and/or metrics.")
    _check_duplicates(dimensions, metrics)


def _check_duplicates(dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    if twice := [name for name, count in Counter(dimensions).items() if count > 1]:
        raise bad_request(f"Found duplicate dimensions: {', '.join(twice)}")
    if twice := [name for name, count in Counter(metrics).items() if count > 1]:
        raise bad_request(f"Duplicate metrics are not allowed. Found duplicate metrics: {', '.join(twice)}")


def _check_orders(request: Any, dimensions: Sequence[str], metrics: Sequence[str]) -> None:
    for order in request.order_bys:
        kind = order.WhichOneof("one_order_by")
        if kind not in ("metric", "dimension"):
            raise bad_request("OrderBy must be by metric or by dimension in a RunReportRequest.")
        name = order.metric.metric_name if kind == "metric" else order.dimension.dimension_name
        if name not in (*dimensions, *metrics, DATE_RANGE):
            raise bad_request(f"Field {name} exists in OrderBy but is not defined in input Dimensions/Metrics list")
