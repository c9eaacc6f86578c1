"""The scorecard in the terminal: each KPI's verdict by sign and word, beside its figures."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
from rich.table import Table

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
        "columns": ("KPI", "Periode", "Stand", "Doel", "Oordeel", "Reden"),
        "month": "maand",
        "week": "week",
        "quarter": "kwartaal",
        "year": "jaar",
        "in_progress": "loopt",
        "complete": "afgerond",
    },
    "en": {
        "on_target": "on target",
        "at_risk": "at risk",
        "off_target": "off target",
        "no_verdict": "no verdict",
        "columns": ("KPI", "Period", "Actual", "Target", "Verdict", "Reason"),
        "month": "month",
        "week": "week",
        "quarter": "quarter",
        "year": "year",
        "in_progress": "in progress",
        "complete": "complete",
    },
}
Row = dict[str, Any]


def rows(warehouse: Path) -> list[Row]:
    """The scorecard of the published warehouse. Raises FileNotFoundError before the first night."""
    if not warehouse.exists():
        raise FileNotFoundError(f"there is no {warehouse} yet: run `kompas run` first")
    query = "from kpi.kpi_scorecard order by position, brand <> 'all', channel <> 'all', brand, channel, period_start"
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def table(found: list[Row], language: str, title: str) -> Table:
    """A terminal table of scorecard rows in a language."""
    words = _WORDS[language]
    made = Table(title=title, title_justify="left", expand=False)
    for name in words["columns"]:
        made.add_column(name, justify="right" if name in words["columns"][2:4] else "left")
    for row in found:
        sign, colour = SIGNS[row["verdict"]]
        made.add_row(
            _name(row, language),
            _period(row, words),
            figure(row["actual"], row["unit"], language),
            figure(row["target"], row["unit"], language),
            f"[{colour}]{sign} {words[row['verdict']]}[/]",
            row["reason"] or "",
        )
    return made


def _name(row: Row, language: str) -> str:
    segment = [row[part] for part in ("brand", "channel") if row[part] != "all"]
    return " · ".join([row[f"name_{language}"], *segment])


def _period(row: Row, words: Any) -> str:
    start: date = row["period_start"]
    return f"{words[row['grain']]} {start.isoformat()} ({words[row['period_state']]})"


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
