"""The models from what was measured to the verdict, in memory and without dbt: a company is judged within a second."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from tests.kpi.model_sql import Models, filled

Row = dict[str, Any]
Facts = dict[str, list[Row]]
"""Rows by `schema.table`."""
NIGHT = date(2026, 1, 20)
BRANDS = ("noord", "zuid")
CHANNELS = ("Paid Search", "Email")
CHAIN = (
    "intermediate.periods",
    *(f"kpi.kpi_{name}" for name in ("measures", "keyword_measures", "unique_measures", "period_measures", "values")),
    *(f"kpi.kpi_{name}" for name in ("targets", "pace", "estimates", "judged", "guardrails", "verdicts")),
)
"""In the order in which they read each other."""


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


LAST_YEAR = _days(date(2025, 1, 1), date(2025, 1, 31))
RECENT = _days(date(2025, 11, 1), NIGHT)
"""The days of the company: enough for the pace of January, and for the January before."""

_SUM = {"noise": "sum", "denominator": None}
KPIS: list[Row] = [
    {
        "kpi_id": "revenue",
        "numerator": "net_revenue",
        **_SUM,
        "unit": "eur",
        "direction": "higher",
        "minimum_sample": 4,
    },
    {"kpi_id": "traffic", "numerator": "sessions", **_SUM, "unit": "count", "direction": "higher"},
    {
        "kpi_id": "cpa",
        "numerator": "ad_spend",
        "denominator": "new_customers",
        "noise": "count",
        "events": "new_customers",
        "unit": "eur",
        "direction": "lower",
    },
    {
        "kpi_id": "roas",
        "numerator": "ad_conversion_value",
        "denominator": "ad_spend",
        "noise": "count",
        "events": "ad_conversions",
        "unit": "ratio",
        "direction": "higher",
        "minimum_sample": 4,
    },
    {
        "kpi_id": "order_value",
        "numerator": "order_revenue",
        "denominator": "orders",
        "noise": "mean",
        "squares": "order_revenue_squared",
        "unit": "eur",
        "direction": "higher",
    },
    {
        "kpi_id": "conversion",
        "numerator": "web_purchases",
        "denominator": "sessions",
        "noise": "proportion",
        "unit": "ratio",
        "direction": "higher",
    },
    {
        "kpi_id": "csat",
        "numerator": "survey_points",
        "denominator": "survey_responses",
        "noise": "mean",
        "squares": "survey_points_squared",
        "unit": "score",
        "direction": "range",
    },
]
IN_EUROS = {kpi["kpi_id"] for kpi in KPIS if kpi["unit"] == "eur"}
_SAME: Row = {"scale": 1, "tolerance": 0.05, "minimum_sample": 2, "is_informational": False, "grain": "month"}
GUARDRAILS = [
    {"kpi_id": "revenue", "guardrail_kpi_id": "csat"},
    {"kpi_id": "traffic", "guardrail_kpi_id": "conversion"},
]


def target(kpi_id: str, brand: str = "all", grain: str = "month", **bounds: float) -> Row:
    everywhere = dict.fromkeys(("country", "channel", "keyword"), "all")
    return {"kpi_id": kpi_id, "brand": brand, **everywhere, "grain": grain, "valid_from": date(2025, 1, 1), **bounds}


class SmallCompany:
    """A company whose data is whole on every day; what was measured is each example's own."""

    def __init__(self, models: Models) -> None:
        self._sql = {name: models.compiled[name] for name in CHAIN}
        self._connection = filled(models.types, register())
        self._connection.execute("set threads = 1")
        self._connection.execute(_CALENDAR, [LAST_YEAR + RECENT])
        measures = {kpi[part] for kpi in KPIS for part in ("numerator", "denominator") if kpi[part]}
        self._connection.execute(_QUALITY, [sorted(measures), ["all", *BRANDS]])

    def verdicts(self, facts: Facts) -> list[Row]:
        """Every row of kpi_verdicts, in the order of its key. Facts may hold another register than the company's."""
        for table, rows in (register() | facts).items():
            self._replace(table, rows)
        for name, sql in self._sql.items():
            self._connection.execute(f"create or replace table {name} as {sql}")
        cursor = self._connection.execute("from kpi.kpi_verdicts order by kpi_id, brand, channel, grain, period_start")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _replace(self, table: str, rows: list[Row]) -> None:
        self._connection.execute(f"delete from {table}")
        names = {name for row in rows for name in row}
        if names:
            self._connection.register("given", pa.table({name: [row.get(name) for row in rows] for name in names}))
            self._connection.execute(f"insert into {table} by name from given")


def register() -> Facts:
    """The company's KPIs and guardrails, and the night."""
    names = {"name_nl": "", "name_en": ""}
    kpis = [_SAME | names | {"position": place} | kpi for place, kpi in enumerate(KPIS)]
    return {
        "staging.stg_kompas__kpis": kpis,
        "staging.stg_kompas__guardrails": GUARDRAILS,
        "staging.stg_kompas__night": [{"run_day": NIGHT, "reporting_language": "en"}],
    }


_CALENDAR = """
    insert into intermediate.calendar by name
    with days as (select unnest(?) as day)
    select day, 'day' as grain, day as period_start, day as period_end from days
    union all
    select day, 'week', date_trunc('week', day)::date, date_trunc('week', day)::date + 6 from days
    union all
    select day, 'month', date_trunc('month', day)::date, last_day(day) from days
"""
_QUALITY = """
    insert into intermediate.measure_quality by name
    select measure, brand, 'all' as country, grain, period_start, 1 as feeds, 0 as feeds_with_problem
    from (select unnest(?) as measure)
    cross join (select unnest(?) as brand)
    cross join (select distinct grain, period_start from intermediate.calendar)
"""
