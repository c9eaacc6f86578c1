"""The dashboard "Kompas": made in Superset of the charts, and again when it is there already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bi.superset.api import Api, Json
from bi.superset.charts import COLOURS, TARGET_COLOUR, WORDS, Chart, Dataset
from bi.superset.source import Source

COLUMNS = 12
TITLE = "Kompas"


@dataclass(frozen=True)
class Made:
    """What stands in Superset: ids of the dashboard and of its charts, and where to look at it."""

    dashboard: int
    charts: dict[int, Chart]
    url: str


def make(api: Api, source: Source, datasets: list[Dataset], charts: list[Chart]) -> Made:
    """Database, datasets, charts and dashboard. What has the same name is changed, not made twice."""
    title = TITLE + source.name.removeprefix("Kompas")
    database = api.put("database", "database_name", _database(source))
    tables = {one.name: api.dataset(_dataset(source, database, one)) for one in datasets}
    dashboard = api.put("dashboard", "dashboard_title", {"dashboard_title": title, "published": True})
    made = {api.put("chart", "slice_name", _chart(one, tables, dashboard, source)): one for one in charts}
    api.put("dashboard", "dashboard_title", _dashboard(title, made))
    return Made(dashboard, made, f"{api.server.url}/superset/dashboard/{dashboard}/")


def _database(source: Source) -> Json:
    return {"database_name": source.name, "sqlalchemy_uri": source.uri, "expose_in_sqllab": True}


def _dataset(source: Source, database: int, one: Dataset) -> Json:
    name = one.name + source.name.removeprefix("Kompas")
    return {"database": database, "schema": source.schema, "table_name": name if one.sql else one.name} | (
        {"sql": one.sql} if one.sql else {}
    )


def _chart(one: Chart, tables: dict[str, int], dashboard: int, source: Source) -> Json:
    table = tables[one.dataset]
    form = one.form | {"viz_type": one.kind, "datasource": f"{table}__table"}
    context = {
        "datasource": {"id": table, "type": "table"},
        "force": True,
        "queries": [one.query],
        "form_data": form,
        "result_format": "json",
        "result_type": "full",
    }
    return {
        "slice_name": one.title + source.name.removeprefix("Kompas"),
        "viz_type": one.kind,
        "datasource_id": table,
        "datasource_type": "table",
        "params": json.dumps(form),
        "query_context": json.dumps(context),
        "dashboards": [dashboard],
    }


def _dashboard(title: str, made: dict[int, Chart]) -> Json:
    colours = {WORDS[verdict]: colour for verdict, colour in COLOURS.items()} | {"doel": TARGET_COLOUR}
    return {
        "dashboard_title": title,
        "position_json": json.dumps(layout(title, made)),
        "json_metadata": json.dumps(
            {"label_colors": colours, "color_scheme": "supersetColors", "refresh_frequency": 0}
        ),
    }


def layout(title: str, made: dict[int, Chart]) -> Json:
    """The charts in rows of twelve columns, in their order."""
    rows: list[list[int]] = []
    for chart, told in made.items():
        used = sum(made[other].width for other in rows[-1]) if rows else COLUMNS
        if used + told.width > COLUMNS:
            rows.append([])
        rows[-1].append(chart)
    names = [f"ROW-{number}" for number in range(len(rows))]
    parts: Json = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "GRID_ID": {"type": "GRID", "id": "GRID_ID", "children": names, "parents": ["ROOT_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": title}},
    }
    for name, row in zip(names, rows, strict=True):
        parts[name] = _row(name, row)
        parts |= {f"CHART-{chart}": _place(chart, name, made[chart]) for chart in row}
    return parts


def _row(name: str, charts: list[int]) -> Json:
    children = [f"CHART-{chart}" for chart in charts]
    meta = {"background": "BACKGROUND_TRANSPARENT"}
    return {"type": "ROW", "id": name, "children": children, "meta": meta, "parents": ["ROOT_ID", "GRID_ID"]}


def _place(chart: int, row: str, told: Chart) -> dict[str, Any]:
    meta = {"chartId": chart, "width": told.width, "height": told.height, "sliceName": told.title}
    parents = ["ROOT_ID", "GRID_ID", row]
    return {"type": "CHART", "id": f"CHART-{chart}", "children": [], "meta": meta, "parents": parents}
