"""What a readable query may still not do: unknown fields, clashing fields, open date ranges, metrics of a manager."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.gaql import Condition, GaqlError, Query
from sandbox.google_ads_accounts import Account
from sandbox.google_ads_errors import MANAGER_METRICS, AdsError
from sandbox.google_ads_fields import DELIVERY_METRICS, FIELDS, SELECTABLE, group

CORE_DATES = ("segments.date", "segments.week", "segments.month", "segments.quarter", "segments.year")
DAY_HISTORY_MONTHS = 37


def _month(day: date, back: int = 0) -> date:
    """The first day of the month that lies `back` months before the day's."""
    months = day.year * 12 + day.month - 1 - back
    return date(months // 12, months % 12 + 1, 1)


def _days(count: int) -> Callable[[date], tuple[date, date]]:
    return lambda today: (today - timedelta(days=count), today - timedelta(days=1))


def _week(back: int) -> Callable[[date], tuple[date, date]]:
    def find(today: date) -> tuple[date, date]:
        monday = today - timedelta(days=today.weekday() + 7 * back)
        return monday, min(today, monday + timedelta(days=6))

    return find


DURING: dict[str, Callable[[date], tuple[date, date]]] = {
    "TODAY": lambda today: (today, today),
    "YESTERDAY": _days(1),
    "LAST_7_DAYS": _days(7),
    "LAST_14_DAYS": _days(14),
    "LAST_30_DAYS": _days(30),
    "THIS_MONTH": lambda today: (_month(today), today),
    "LAST_MONTH": lambda today: (_month(today, 1), _month(today) - timedelta(days=1)),
    "THIS_WEEK_MON_TODAY": _week(0),
    "LAST_WEEK_MON_SUN": _week(1),
}


def check(query: Query, account: Account, now: datetime) -> None:
    """Raise GaqlError or AdsError for a query that the account may not run; now is aware."""
    if query.resource not in SELECTABLE:
        raise GaqlError(
            "BAD_RESOURCE_TYPE_IN_FROM_CLAUSE", f"Error in query: '{query.resource}' is not a valid resource name."
        )
    _check_fields(query)
    _check_metrics(query, account)
    _check_segments(query)
    today = now.astimezone(ZoneInfo(account.time_zone)).date()
    _check_dates(query, today)


def _check_fields(query: Query) -> None:
    for name in query.fields:
        if name not in FIELDS:
            raise GaqlError("UNRECOGNIZED_FIELD", f"Unrecognized field in the query: '{name}'.")
    refused = [name for name in query.fields if group(name) not in SELECTABLE[query.resource]]
    if refused:
        raise GaqlError(
            "PROHIBITED_RESOURCE_TYPE_IN_SELECT_CLAUSE",
            f"The following fields cannot be selected with the resource '{query.resource}': {', '.join(refused)}.",
        )
    for order in query.orders:
        if order.field not in query.select:
            raise GaqlError(
                "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
                f"The following field must be present in SELECT clause: '{order.field}'.",
            )


def _check_metrics(query: Query, account: Account) -> None:
    asked = [name for name in query.fields if group(name) == "metrics"]
    if asked and account.manager:
        raise AdsError(400, "queryError", "REQUESTED_METRICS_FOR_MANAGER", MANAGER_METRICS)
    by_action = any(name.startswith("segments.conversion_action") for name in query.fields)
    clashing = [name.removeprefix("metrics.") for name in asked if name in DELIVERY_METRICS]
    if by_action and clashing:
        raise GaqlError(
            "PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE",
            f"Cannot select or filter on the following metrics: '{', '.join(clashing)}', since metrics is "
            "incompatible with the resource in the FROM clause or other selected segmenting resources.",
        )


def _check_segments(query: Query) -> None:
    for condition in query.where:
        core = condition.field in CORE_DATES
        if group(condition.field) == "segments" and not core and condition.field not in query.select:
            raise GaqlError(
                "EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE",
                f"The following field must be present in SELECT clause: '{condition.field}'.",
            )


def _check_dates(query: Query, today: date) -> None:
    bounds = [bound for item in query.where if item.field in CORE_DATES for bound in _bounds(item, today)]
    if not any(name in CORE_DATES for name in query.fields):
        return
    first = min((day for side, day in bounds if side == "from"), default=None)
    if first is None or not any(side == "to" for side, _day in bounds):
        raise GaqlError(
            "EXPECTED_FILTERS_ON_DATE_RANGE",
            "A finite date range is required: filter on segments.date with BETWEEN, DURING, = or with >= and <=.",
        )
    by_day = {"segments.date", "segments.week"} & set(query.select)
    if by_day and first < _month(today, DAY_HISTORY_MONTHS):
        raise AdsError(
            400, "dateRangeError", "REQUESTED_DATE_GRANULARITY_NOT_SUPPORTED",
            f"The requested date range is not supported: daily data reaches back {DAY_HISTORY_MONTHS} months.",
        )  # fmt: skip


_SIDES: dict[str, tuple[tuple[str, ...], ...]] = {
    # operator: for each of its values, which ends of the range it closes
    "=": (("from", "to"),),
    "BETWEEN": (("from",), ("to",)),
    "<": (("to",),),
    "<=": (("to",),),
    ">": (("from",),),
    ">=": (("from",),),
}


def _bounds(condition: Condition, today: date) -> list[tuple[str, date]]:
    if condition.field == "segments.year":
        return [(side, date(int(text), 1, 1)) for text in condition.values for side in ("from", "to")]
    if condition.operator == "DURING":
        first, last = during(condition.values[0], today)
        return [("from", first), ("to", last)]
    days = [_date(text) for text in condition.values]
    if condition.operator == "BETWEEN" and days[0] > days[1]:
        raise GaqlError(
            "PROHIBITED_VALUE_COMBINATION_WITH_BETWEEN_OPERATOR",
            f"Invalid dates: '{days[0]}' is after '{days[1]}'.",
        )
    sides = _SIDES.get(condition.operator, (("from", "to"),) * len(days))
    return [(side, day) for day, ends in zip(days, sides, strict=True) for side in ends]


def during(text: str, today: date) -> tuple[date, date]:
    """First and last day of a named range such as LAST_30_DAYS; raises GaqlError."""
    if text.upper() not in DURING:
        raise GaqlError("INVALID_VALUE_WITH_DURING_OPERATOR", f"Invalid value with DURING: '{text}'.")
    return DURING[text.upper()](today)


def _date(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        message = f"Invalid date: '{text}'. Dates are written YYYY-MM-DD."
        raise GaqlError("INVALID_DATE_FORMAT", message) from error
