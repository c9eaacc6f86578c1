"""The scorecard in the terminal: each KPI's verdict by sign and word, beside its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
from rich import box
from rich.table import Table

from pipelines import figures
from pipelines import period as calendar
from pipelines.publish import existing
from pipelines.register import SEGMENT, segment_of

SIGNS = {
    "on_target": ("✔", "green"),
    "at_risk": ("!", "yellow"),
    "off_target": ("✘", "red"),
    "no_verdict": ("?", "dim"),
}
"""Sign and colour of a verdict: never colour alone."""
VERDICTS = {
    "nl": {
        "on_target": "op koers",
        "at_risk": "risico",
        "off_target": "niet gehaald",
        "no_verdict": "geen oordeel",
    },
    "en": {
        "on_target": "on target",
        "at_risk": "at risk",
        "off_target": "off target",
        "no_verdict": "no verdict",
    },
}
"""What a verdict is called, by language."""
WORDS = {
    "nl": {
        "columns": ("KPI", "Periode", "Stand", "Doel", "Oordeel"),
        "in_progress": "loopt",
    },
    "en": {
        "columns": ("KPI", "Period", "Actual", "Target", "Verdict"),
        "in_progress": "in progress",
    },
}
Row = dict[str, Any]


def rows(warehouse: Path) -> list[Row]:
    """The scorecard of the published warehouse. Raises FileNotFoundError before the first night."""
    nested = ", ".join(f"{part} <> 'all', {part}" for part in SEGMENT)
    query = f"from kpi.kpi_scorecard order by position, {nested}, period_start, grain"
    with duckdb.connect(str(existing(warehouse)), read_only=True) as connection:
        return connection.execute(query).to_arrow_table().to_pylist()


def table(found: list[Row], language: str, title: str) -> Table:
    """A terminal table of scorecard rows in a language; it fits 80 columns. `reasons` says the rest."""
    made = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=0)
    for number, name in enumerate(WORDS[language]["columns"]):
        made.add_column(name, justify="right" if number in (2, 3) else "left", no_wrap=number > 0, overflow="fold")
    for row, before in zip(found, [None, *found], strict=False):
        name = name_of(row, language)
        shown = "" if before and name_of(before, language) == name else name
        made.add_row(shown, *cells(row, language))
    return made


def cells(row: Row, language: str) -> tuple[str, str, str, str]:
    """What a table shows of a row beside its name: period, actual, target, and the verdict in its colour."""
    sign, colour = SIGNS[row["verdict"]]
    actual, target = (figures.figure(row[name], row["unit"], language) for name in ("actual", "target"))
    return period(row, language), actual, target, f"[{colour}]{sign} {VERDICTS[language][row['verdict']]}[/]"


def reasons(found: list[Row], language: str) -> list[str]:
    """A line for each row without a verdict: of what, when, and why."""
    return [
        f"{SIGNS[row['verdict']][0]} {name_of(row, language)}, {period(row, language)}: {row['reason']}"
        for row in found
        if row["reason"]
    ]


def name_of(row: Row, language: str) -> str:
    """The KPI's name, with the segment where the row is of one."""
    return " · ".join([row[f"name_{language}"], *segment_of(row)])


def period(row: Row, language: str) -> str:
    """The period as ISO 8601 writes it, and whether it is in progress: `2026-11 (loopt)`."""
    name = calendar.name(row["grain"], row["period_start"])
    return f"{name} ({WORDS[language]['in_progress']})" if row["period_state"] == "in_progress" else name
