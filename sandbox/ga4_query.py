"""A report as one SQL statement over the world, and its rows as Google's texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.analytics.data_v1beta.types import OrderBy

from sandbox.company import World
from sandbox.ga4_facts import Window, facts
from sandbox.ga4_filters import condition
from sandbox.ga4_property import Property
from sandbox.ga4_request import Range, Report, filter_fields
from sandbox.ga4_schema import DATE_RANGE, DIMENSIONS, METRICS, Metric, metrics
from sandbox.ga4_users import USER_METRICS, UserCurves

OTHER = "(other)"
THRESHOLD_USERS = 10

_Order = OrderBy.DimensionOrderBy.OrderType
_ORDER_SQL: dict[int, str] = {
    _Order.ORDER_TYPE_UNSPECIFIED: "{}",
    _Order.ALPHANUMERIC: "{}",
    _Order.CASE_INSENSITIVE_ALPHANUMERIC: "lower({})",
    _Order.NUMERIC: "try_cast({} AS DOUBLE)",
}

Row = tuple[str, ...]
"""Dimension values, then metric values."""


@dataclass(frozen=True)
class Rows:
    """All rows of a report in order, before paging, and whether some were added up in `(other)`."""

    rows: tuple[Row, ...]
    other_row: bool = False


def report_rows(report: Report, world: World, prop: Property, curves: UserCurves, known_at: datetime) -> Rows:
    """Every row of the report as known at a moment (naive UTC)."""
    if _only_users(report, prop):
        found = _user_rows(report, curves, known_at)
    else:
        sql, params = _statement(report, prop, known_at)
        found = world.query(sql, params)
    limit = prop.other_row_above
    if limit is None or len(found) <= limit:
        return Rows(_texts(report, found))
    return Rows(_texts(report, [*found[: limit - 1], *_other_rows(report, found[limit - 1 :])]), other_row=True)


def _only_users(report: Report, prop: Property) -> bool:
    """Whether the report asks for nothing but unique users of whole ranges."""
    message = report.message
    filtered = any([*filter_fields(message.dimension_filter), *filter_fields(message.metric_filter)])
    plain = bool(report.metrics) and not filtered and not prop.restricted_metrics and not prop.thresholded
    return plain and set(report.dimensions) <= {DATE_RANGE} and set(report.metrics) <= set(USER_METRICS)


def _user_rows(report: Report, curves: UserCurves, known_at: datetime) -> list[tuple]:
    rows: list[tuple] = []
    for item in report.ranges:
        counts = [curves.users(metric, item.first, item.last, known_at) for metric in report.metrics]
        if any(counts) or report.message.keep_empty_rows:
            rows.append((*(item.label for _header in report.headers), *counts))
    for column, downwards in reversed(_sort_columns(report)):
        rows.sort(key=lambda row: row[column], reverse=downwards)
    return rows


def _sort_columns(report: Report) -> list[tuple[int, bool]]:
    """Columns of a row to sort by, each with whether downwards; the default is the first metric downwards."""
    names = [*report.headers, *report.metrics]
    orders = report.message.order_bys
    asked = [(order.metric.metric_name or order.dimension.dimension_name, order.desc) for order in orders]
    return [(names.index(name), down) for name, down in asked or [(report.metrics[0], True)]]


def _statement(report: Report, prop: Property, known_at: datetime) -> tuple[str, list[Any]]:
    """One SELECT per date range, united and ordered."""
    parts, params = [], []
    for item in report.ranges:
        sql, values = _range_select(report, item, prop, known_at)
        parts.append(sql)
        params.extend(values)
    return f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {', '.join(_orders(report)) or '1'}", params


def _range_select(report: Report, item: Range, prop: Property, known_at: datetime) -> tuple[str, list[Any]]:
    known = metrics(prop.purchase_revenue_net_of_refunds)
    by_event = _needs_events(report)

    def dimension_sql(name: str) -> str:
        return _quoted(item.label) if name == DATE_RANGE else f"({DIMENSIONS[name].sql})"

    def metric_sql(name: str) -> str:
        return _value(known[name], by_event) if name not in prop.restricted_metrics else "0"

    dimensions = [f"{dimension_sql(name)} AS d{number}" for number, name in enumerate(report.headers)]
    values = [f"{metric_sql(name)} AS m{number}" for number, name in enumerate(report.metrics)]
    where = condition(report.message.dimension_filter, dimension_sql)
    having = condition(report.message.metric_filter, metric_sql)
    kept = [having.sql, *_row_rules(report, prop, [metric_sql(name) for name in report.metrics])]
    relation = facts(Window(item.first, item.last, known_at), by_event)
    grouped = [f"d{number}" for number in range(len(report.headers))]
    return (
        f"""SELECT {", ".join(dimensions + values)} FROM ({relation}) WHERE {where.sql}
        {"GROUP BY " + ", ".join(grouped) if grouped else ""} HAVING {" AND ".join(kept)}""",
        [*where.params, *having.params],
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _value(metric: Metric, by_event: bool) -> str:
    return f"coalesce({metric.expression(by_event)}, 0)"


def _needs_events(report: Report) -> bool:
    named = {*report.dimensions, *filter_fields(report.message.dimension_filter)} - {DATE_RANGE}
    asked = {*report.metrics, *filter_fields(report.message.metric_filter)}
    return any(DIMENSIONS[name].by_event for name in named) or any(not METRICS[name].sql for name in asked)


def _row_rules(report: Report, prop: Property, values: Sequence[str]) -> list[str]:
    """Rows of zeros are left out unless asked for; thin rows are withheld where thresholding applies."""
    rules = ["count(*) > 0"]
    if values and not report.message.keep_empty_rows:
        rules.append("(" + " OR ".join(f"{value} <> 0" for value in values) + ")")
    if prop.thresholded:
        rules.append(f"count(DISTINCT visitor_id) >= {THRESHOLD_USERS}")
    return rules


def _orders(report: Report) -> list[str]:
    """ORDER BY terms: as asked, by default the first metric downwards; ties by all dimensions, for stable pages."""
    asked = [_order(report, order) for order in report.message.order_bys]
    default = ["m0 DESC"] if report.metrics and not asked else []
    return [*asked, *default, *(f"d{number}" for number in range(len(report.headers)))]


def _order(report: Report, order: Any) -> str:
    direction = " DESC" if order.desc else ""
    if order.WhichOneof("one_order_by") == "metric":
        return f"m{report.metrics.index(order.metric.metric_name)}{direction}"
    column = f"d{report.headers.index(order.dimension.dimension_name)}"
    return _ORDER_SQL[order.dimension.order_type].format(column) + direction


def _other_rows(report: Report, rest: Sequence[tuple]) -> list[tuple]:
    """The rows that overflow, added up per date range (users included, as nobody can tell them apart any more)."""
    width = len(report.headers)
    ranges = report.headers.index(DATE_RANGE) if DATE_RANGE in report.headers else None
    labels = [None] if ranges is None else list(dict.fromkeys(row[ranges] for row in rest))
    merged = []
    for label in labels:
        rows = [row for row in rest if ranges is None or row[ranges] == label]
        sums = [sum(row[column] for row in rows) for column in range(width, width + len(report.metrics))]
        merged.append((*(label if number == ranges else OTHER for number in range(width)), *sums))
    return merged


def _texts(report: Report, rows: Sequence[tuple]) -> tuple[Row, ...]:
    whole = [METRICS[name].kind == "TYPE_INTEGER" for name in report.metrics]
    texts: list[Callable[[Any], str]] = [str] * len(report.headers)
    texts += [_whole if is_whole else _real for is_whole in whole]
    return tuple(tuple(text(value) for text, value in zip(texts, row, strict=True)) for row in rows)


def _whole(value: Any) -> str:
    return str(int(value))


def _real(value: Any) -> str:
    return number_text(float(value))


def number_text(value: float) -> str:
    """A double as Google prints it: 15 significant digits, 17 where 15 would not read back as the same double."""
    short = f"{value:.15g}"
    return short if float(short) == value else f"{value:.17g}"
