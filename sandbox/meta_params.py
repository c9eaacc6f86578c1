"""The parameters of an insights call, checked: a query string or a form, lists and maps as JSON inside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sandbox.meta_columns import COLUMNS
from sandbox.meta_errors import BEYOND_HISTORY, MetaError, bad_param
from sandbox.meta_filters import Filter, read_filter

Params = Mapping[str, str]

DEFAULT_FIELDS = ("account_id", "impressions", "spend")
LEVELS = ("account", "campaign")
WINDOWS = ("1d_click", "7d_click", "28d_click", "1d_view", "1d_ev", "dda", "default", "incrementality")
REPORT_TIMES = ("impression", "conversion", "mixed")
NOT_IN_THE_SANDBOX = ("breakdowns", "time_ranges", "summary", "default_summary", "sort", "export_columns")
DEFAULT_LIMIT, MAX_LIMIT, HISTORY_MONTHS = 25, 5_000, 37

PRESETS: dict[str, Callable[[date], tuple[date, date]]] = {
    "today": lambda today: (today, today),
    "yesterday": lambda today: (today - timedelta(days=1), today - timedelta(days=1)),
    "last_7d": lambda today: (today - timedelta(days=7), today - timedelta(days=1)),
    "last_14d": lambda today: (today - timedelta(days=14), today - timedelta(days=1)),
    "last_28d": lambda today: (today - timedelta(days=28), today - timedelta(days=1)),
    "last_30d": lambda today: (today - timedelta(days=30), today - timedelta(days=1)),
    "last_90d": lambda today: (today - timedelta(days=90), today - timedelta(days=1)),
    "this_month": lambda today: (today.replace(day=1), today),
    "maximum": lambda today: (first_day_of_history(today), today),
}


def first_day_of_history(today: date) -> date:
    """The first day of the month 37 months back."""
    months = today.year * 12 + today.month - 1 - HISTORY_MONTHS
    return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class InsightsQuery:
    """What is asked: days from since to until, cut every `increment` days (0: not cut)."""

    fields: tuple[str, ...]
    level: str
    since: date
    until: date
    increment: int
    windows: tuple[str, ...]
    by_conversion_date: bool
    filters: tuple[Filter, ...]


def insights_query(params: Params, today: date) -> InsightsQuery:
    """Read the parameters of a report; raises MetaError. today is the account's local day."""
    for name in NOT_IN_THE_SANDBOX:
        if params.get(name) not in (None, "", "[]", "false"):
            raise bad_param(f"The sandbox does not support the parameter {name}.")
    _check_choice(params, "action_report_time", REPORT_TIMES)
    since, until = _days(params, today)
    return InsightsQuery(
        fields=_fields(params),
        level=_check_choice(params, "level", LEVELS) or "account",
        since=since,
        until=until,
        increment=_increment(params.get("time_increment", "all_days")),
        windows=_windows(params),
        by_conversion_date=params.get("action_report_time") in ("conversion", "mixed"),
        filters=tuple(read_filter(item) for item in decoded(params, "filtering", [])),
    )


def limit(params: Params, most: int = MAX_LIMIT) -> int:
    """Rows of a page: 25 unless asked otherwise; raises MetaError."""
    text = params.get("limit", str(DEFAULT_LIMIT))
    if not text.isdigit() or int(text) < 1:
        raise bad_param("param limit must be a positive integer")
    if int(text) > most:
        raise bad_param(f"param limit must be less than or equal to {most}")
    return int(text)


def decoded(params: Params, name: str, default: Any) -> Any:
    """A parameter that is JSON; raises MetaError when it is not."""
    try:
        return json.loads(params[name]) if params.get(name) else default
    except ValueError as error:
        raise bad_param(f"param {name} must be valid JSON") from error


def texts(params: Params, name: str) -> list[str]:
    """A list, written as JSON or with commas."""
    text = params.get(name, "").strip()
    if text.startswith("["):
        return [str(item) for item in decoded(params, name, [])]
    return [item.strip() for item in text.split(",") if item.strip()]


def _check_choice(params: Params, name: str, allowed: tuple[str, ...]) -> str | None:
    chosen = params.get(name)
    if chosen is not None and chosen not in allowed:
        raise bad_param(f"{name} must be one of the following values: {', '.join(allowed)}")
    return chosen


def _fields(params: Params) -> tuple[str, ...]:
    asked = texts(params, "fields") or list(DEFAULT_FIELDS)
    for name in asked:
        if name not in COLUMNS:
            raise bad_param(
                f"{name} is not valid for fields param. please check "
                "https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values"
            )
    return tuple(dict.fromkeys([*asked, "date_start", "date_stop"]))


def _windows(params: Params) -> tuple[str, ...]:
    asked = texts(params, "action_attribution_windows")
    for number, window in enumerate(asked):
        if window not in WINDOWS:
            raise bad_param(
                f"action_attribution_windows[{number}] must be one of the following values: {', '.join(WINDOWS)}"
            )
    return tuple(asked)


def _increment(text: str) -> int:
    if text == "all_days":
        return 0
    if not text.isdigit() or not 1 <= int(text) <= 90:
        raise bad_param("param time_increment must be all_days or an integer between 1 and 90 (monthly: not here)")
    return int(text)


def _days(params: Params, today: date) -> tuple[date, date]:
    if "time_range" not in params:
        preset = params.get("date_preset", "last_30d")
        if preset not in PRESETS:
            raise bad_param(f"date_preset must be one of the following values: {', '.join(PRESETS)}")
        return PRESETS[preset](today)
    asked = decoded(params, "time_range", {})
    since, until = _day(asked, "since"), _day(asked, "until")
    if since > until:
        raise bad_param("time_range: since must be before or equal to until")
    if since < first_day_of_history(today):
        raise MetaError(3018, BEYOND_HISTORY)
    return since, until


def _day(asked: Any, name: str) -> date:
    try:
        return date.fromisoformat(asked[name])
    except (KeyError, TypeError, ValueError) as error:
        raise bad_param(f"param time_range['{name}'] must be a valid date in the format YYYY-MM-DD") from error
