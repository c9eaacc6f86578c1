"""The charts of the dashboard, as data: what Superset is told, and the same figures as SQL for the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bi.superset.source import Source

Json = dict[str, Any]
COLOURS = {"on_target": "#1a7f37", "at_risk": "#9a6700", "off_target": "#cf222e", "no_verdict": "#6e7781"}
"""Of verdicts: each has contrast enough on white for text (WCAG AA)."""
WORDS = {"on_target": "op koers", "at_risk": "risico", "off_target": "niet gehaald", "no_verdict": "geen oordeel"}
TARGET_COLOUR = "#8c959f"
EVERYTHING = "brand = 'all' and country = 'all' and channel = 'all' and keyword = 'all'"


@dataclass(frozen=True)
class Chart:
    """A chart: its title, dataset and kind, what Superset's form says, its query, and the SQL of the same rows.

    `expected` gives the rows that the chart has to show; the order of rows is not compared, and names are the query's.
    """

    title: str
    dataset: str
    kind: str
    form: Json
    query: Json
    expected: str
    width: int = 4
    height: int = 50


@dataclass(frozen=True)
class Dataset:
    """A table of the source, or a query over it."""

    name: str
    sql: str | None = None


def scorecard_sql(source: Source) -> str:
    """The scorecard with its figures as text in their units, and the verdict in its colour beside its sign."""
    colour = " ".join(f"when '{verdict}' then '{colour}'" for verdict, colour in COLOURS.items())
    place = " || ".join(f"case when {part} = 'all' then '' else ' · ' || {part} end" for part in ("channel", "keyword"))
    figures = ", ".join(f"{_figure(source, name)} as {label}" for label, name in _FIGURES.items())
    return (
        f"select position, name_nl || {place} as kpi, {figures}, period_start as vanaf, owner as eigenaar, "
        f"'<span style=\"white-space: nowrap; font-weight: 600; color: ' || case verdict {colour} end || '\">' "
        "|| verdict_sign || ' ' || verdict_nl || '</span>' as oordeel, verdict_nl as in_woorden, "
        f"coalesce(reason, '') as reden from {source.schema}.scorecard"
    )


_FIGURES = {"stand": "actual", "doel": "target", "prognose": "forecast"}


def datasets(source: Source) -> list[Dataset]:
    """What the charts read. Superset allows no query within a filter, so the newest month is a dataset of its own."""
    return [
        Dataset("kompas_scorecard", scorecard_sql(source)),
        Dataset("kompas_newest_month", newest_month_sql(source)),
        Dataset("kompas_trend", f"select * from {source.schema}.trend"),
        Dataset("kompas_channels", f"select * from {source.schema}.channel_performance"),
    ]


def newest_month_sql(source: Source) -> str:
    """What the channels cost and brought in the newest month, the one in progress included."""
    months = f"from {source.schema}.channel_performance where grain = 'month'"
    return f"select * {months} and period_start = (select max(period_start) {months})"


def _figure(source: Source, name: str) -> str:
    plain, share, count = source.text(name), source.text(f"{name} * 100"), source.count(name)
    units = (
        f"when 'ratio' then {share} || '%' when 'EUR' then '€\u00a0' || {plain} when 'count' then {count} else {plain}"
    )
    return f"coalesce(case unit {units} end, '–')"


def charts(source: Source, trends: list[tuple[str, str, str]]) -> list[Chart]:
    """All of them; `trends` names the KPIs whose lines are shown: id, name and unit."""
    return [
        _scorecard(source),
        _verdicts(source),
        *(_trend(source, *one) for one in trends),
        _channels(source),
        _weeks(source),
    ]


_SCORECARD = ["kpi", "oordeel", "stand", "doel", "prognose", "vanaf", "eigenaar", "reden"]


def _scorecard(source: Source) -> Chart:
    return Chart(
        "Scorecard",
        "kompas_scorecard",
        "table",
        {"query_mode": "raw", "all_columns": _SCORECARD, "allow_render_html": True, "page_length": 0, "row_limit": 100}
        | {"order_by_cols": ['["position", true]', '["kpi", true]'], "table_timestamp_format": "%Y-%m-%d"},
        {"columns": _SCORECARD, "orderby": [["position", True], ["kpi", True]], "row_limit": 100},
        f"select {', '.join(_SCORECARD)} from ({scorecard_sql(source)})",
        width=9,
        height=92,
    )


def _verdicts(source: Source) -> Chart:
    counted = _metric("count(*)", "KPI's")
    return Chart(
        "Oordelen",
        "kompas_scorecard",
        "pie",
        {"groupby": ["in_woorden"], "metric": counted, "donut": True, "show_labels": True, "innerRadius": 45}
        | {"label_type": "value", "labels_outside": False, "show_legend": True, "legendType": "plain"}
        | {"legendOrientation": "bottom"}
        | {"row_limit": 10, "color_scheme": "supersetColors"},
        {"columns": ["in_woorden"], "metrics": [counted], "row_limit": 10},
        f"select verdict_nl, count(*) from {source.schema}.scorecard group by verdict_nl",
        width=3,
        height=92,
    )


def _trend(source: Source, kpi: str, name: str, unit: str) -> Chart:
    metrics = [_metric("max(actual)", "stand"), _metric("max(target)", "doel")]
    where = f"kpi_id = '{kpi}' and grain = 'month' and actual is not null and {EVERYTHING}"
    form = {"ratio": ",.1%", "EUR": "$,.2f"}.get(unit, ",.2~f")
    return Chart(
        f"{name} per maand",
        "kompas_trend",
        "echarts_timeseries_line",
        {"x_axis": "period_start", "time_grain_sqla": "P1M", "metrics": metrics, "adhoc_filters": [_where(where)]}
        | {"markerEnabled": True, "y_axis_format": form, "x_axis_time_format": "%m-%Y", "truncateYAxis": True}
        | {"y_axis_bounds": [None, None], "legendOrientation": "bottom", "rich_tooltip": True, "row_limit": 100},
        {"columns": [_month_axis()], "metrics": metrics, "row_limit": 100} | _extras(where),
        f"select period_start, max(actual), max(target) from {source.schema}.trend where {where} group by 1",
        width=4,
    )


_SUMS = {
    "bezoeken": "sum(sessions)",
    "kosten": "sum(ad_spend)",
    "bestellingen": "sum(orders)",
    "omzet": "sum(net_revenue)",
    "CPA": "sum(ad_spend) / nullif(sum(new_customers), 0)",
    "ROAS": "sum(ad_conversion_value) / nullif(sum(ad_spend), 0)",
}
"""Sums to divide, never means of ratios."""


def _channels(source: Source) -> Chart:
    metrics = [_metric(sql, label) for label, sql in _SUMS.items()]
    euros = {"d3NumberFormat": "$,.2f"}
    formats = {"kosten": euros, "omzet": euros, "CPA": euros, "ROAS": {"d3NumberFormat": ",.2f"}}
    counts = {label: {"d3NumberFormat": ",d"} for label in ("bezoeken", "bestellingen")}
    return Chart(
        "Kanalen, nieuwste maand",
        "kompas_newest_month",
        "table",
        {"query_mode": "aggregate", "groupby": ["channel"], "metrics": metrics}
        | {
            "column_config": formats | counts,
            "row_limit": 50,
            "timeseries_limit_metric": metrics[3],
            "order_desc": True,
            "show_cell_bars": False,
        },
        {"columns": ["channel"], "metrics": metrics, "orderby": [[metrics[3], False]], "row_limit": 50},
        f"select channel, {', '.join(_SUMS.values())} from ({newest_month_sql(source)}) group by 1",
        width=6,
        height=62,
    )


def _weeks(source: Source) -> Chart:
    metrics, where = [_metric("sum(net_revenue)", "omzet")], "grain = 'week'"
    return Chart(
        "Omzet per week en kanaal",
        "kompas_channels",
        "echarts_timeseries_bar",
        {"x_axis": "period_start", "time_grain_sqla": "P1W", "metrics": metrics, "adhoc_filters": [_where(where)]}
        | {"groupby": ["channel"], "stack": "Stack", "y_axis_format": "$,.0f", "x_axis_time_format": "%d-%m"}
        | {"legendOrientation": "bottom", "legendType": "scroll", "rich_tooltip": True, "row_limit": 1000},
        {"columns": [_axis("P1W"), "channel"], "metrics": metrics, "row_limit": 1000} | _extras(where),
        f"""select period_start, channel, sum(net_revenue) from {source.schema}.channel_performance
            where {where} group by 1, 2""",
        width=6,
        height=62,
    )


def _metric(sql: str, label: str) -> Json:
    return {"expressionType": "SQL", "sqlExpression": sql, "label": label, "hasCustomLabel": True}


def _where(sql: str) -> Json:
    return {"expressionType": "SQL", "clause": "WHERE", "sqlExpression": sql}


def _extras(where: str) -> Json:
    return {"extras": {"where": f"({where})", "having": ""}}


def _month_axis() -> Json:
    return _axis("P1M")


def _axis(grain: str) -> Json:
    return {
        "columnType": "BASE_AXIS",
        "sqlExpression": "period_start",
        "label": "period_start",
        "expressionType": "SQL",
        "timeGrain": grain,
    }
