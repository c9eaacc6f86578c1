"""The scorecard in the terminal: each KPI's verdict by sign and word, beside its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from rich import box
from rich.table import Table

from pipelines import period as calendar
from pipelines.register import SEGMENT

SIGNS = {
    "on_target": ("✔", "green"),
    "at_risk": ("!", "yellow"),
    "off_target": ("✘", "red"),
    "no_verdict": ("?", "dim"),
}
"""Sign and colour of a verdict: never colour alone."""
_WORDS = {
    "nl": {
        "on_target": "op koers",
        "at_risk": "risico",
        "off_target": "niet gehaald",
        "no_verdict": "geen oordeel",
        "columns": ("KPI", "Periode", "Stand", "Doel", "Oordeel"),
        "in_progress": "loopt",
    },
    "en": {
        "on_target": "on target",
        "at_risk": "at risk",
        "off_target": "off target",
        "no_verdict": "no verdict",
        "columns": ("KPI", "Period", "Actual", "Target", "Verdict"),
        "in_progress": "in progress",
    },
}
Row = dict[str, Any]


def rows(warehouse: Path) -> list[Row]:
    """The scorecard of the published warehouse. Raises FileNotFoundError before the first night."""
    if not warehouse.exists():
        raise FileNotFoundError(f"there is no {warehouse} yet: run `kompas run` first")
    nested = ", ".join(f"{part} <> 'all', {part}" for part in SEGMENT)
    query = f"from kpi.kpi_scorecard order by position, {nested}, period_start, grain"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def table(found: list[Row], language: str, title: str) -> Table:
    """A terminal table of scorecard rows in a language; it fits 80 columns. `reasons` says the rest."""
    words = _WORDS[language]
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for number, name in enumerate(words["columns"]):
        made.add_column(name, justify="right" if number in (2, 3) else "left", no_wrap=number > 0, overflow="fold")
    for row, before in zip(found, [None, *found], strict=False):
        sign, colour = SIGNS[row["verdict"]]
        name = name_of(row, language)
        made.add_row(
            "" if before and name_of(before, language) == name else name,
            period(row, language),
            figure(row["actual"], row["unit"], language),
            figure(row["target"], row["unit"], language),
            f"[{colour}]{sign} {words[row['verdict']]}[/]",
        )
    return made


def reasons(found: list[Row], language: str) -> list[str]:
    """A line for each row without a verdict: of what, when, and why."""
    return [
        f"{SIGNS[row['verdict']][0]} {name_of(row, language)}, {period(row, language)}: {row['reason']}"
        for row in found
        if row["reason"]
    ]


def name_of(row: Row, language: str) -> str:
    """The KPI's name, with the segment where the row is of one."""
    segment = [row[part] for part in SEGMENT if row[part] != "all"]
    return " · ".join([row[f"name_{language}"], *segment])


def period(row: Row, language: str) -> str:
    """The period as ISO 8601 writes it, and whether it is in progress: `2026-11 (loopt)`."""
    name = calendar.name(row["grain"], row["period_start"])
    return f"{name} ({_WORDS[language]['in_progress']})" if row["period_state"] == "in_progress" else name


def figure(value: float | None, unit: str, language: str) -> str:
    """A figure with its unit, in the language's own marks: 3,1 %, € 1.234,56."""
    if value is None:
        return "–"
    if unit == "ratio":
        return _marks(f"{value * 100:,.2f}", language) + " %"
    if unit == "EUR":
        return "€ " + _marks(f"{value:,.2f}", language)
    return _marks(f"{value:,.0f}" if unit == "count" else f"{value:,.2f}", language)


def _marks(text: str, language: str) -> str:
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text
