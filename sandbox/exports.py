"""What tools without an API export for a marketer, as files in a folder: a file per tool and month.

A tool exports its newest months anew and leaves older files as they were, as people do who save an export each month.
The newest are enough: after the longest lead time nothing of an older month changes any more. Files are written under
another name and renamed, so that nobody reads half of one, and bear the time of the world.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from sandbox.company import World

MONTHS = 7
"""Of which tools export again: a first night's 120 days, and before them the longest lead time."""
Rows = Sequence[tuple[Any, ...]]


@dataclass(frozen=True)
class Export:
    """A tool's file of a month. sql: its rows of $first to $last that are known at $clock, as the tool writes them."""

    name: str
    ending: str
    header: tuple[str, ...]
    sql: str


_SURVEYS = """
    SELECT {columns} FROM (
        SELECT *, (answered_at AT TIME ZONE 'UTC' AT TIME ZONE 'Europe/Amsterdam')::DATE AS day FROM surveys)
    WHERE tool = '{tool}' AND day BETWEEN $first AND $last AND known_at <= $clock ORDER BY answered_at, response_id"""
_DAY = "strftime({column}, '%d-%m-%Y')"

EXPORTS = (
    Export(
        "enquete", "xlsx", ("Antwoord", "Datum", "Cijfer (1-10)", "Bestelling"),
        _SURVEYS.format(columns="response_id, day, score, order_id", tool="enquete"),
    ),
    Export(
        "helpdesk", "csv", ("Ticket", "Gesloten op", "Beoordeling"),
        _SURVEYS.format(columns=f"response_id, {_DAY.format(column='day')}, score || ' van 5'", tool="helpdesk"),
    ),
    Export(
        "leads", "csv",
        ("Leadnr", "Aangemaakt", "Gewonnen", "Verloren", "Fase", "Bron", "Waarde"),
        f"""
        SELECT lead_id, {_DAY.format(column="created_date")},
            CASE WHEN decided_at <= $clock THEN {_DAY.format(column="won_date")} END,
            CASE WHEN decided_at <= $clock THEN {_DAY.format(column="lost_date")} END,
            CASE WHEN decided_at > $clock OR decided_at IS NULL THEN 'open'
                WHEN won_date IS NOT NULL THEN 'gewonnen' ELSE 'verloren' END,
            channel, replace(value::VARCHAR, '.', ',')
        FROM leads WHERE created_date BETWEEN $first AND $last AND known_at <= $clock ORDER BY known_at, lead_id""",
    ),
    Export(
        "berichten", "csv",
        ("Bericht", "Geplaatst", "Netwerk", "Soort", "Likes", "Reacties", "Gedeeld", "Bereik", "Vertoningen"),
        f"""
        SELECT post_id, {_DAY.format(column="date")}, network, post_type, coalesce(sum(likes), 0),
            coalesce(sum(comments), 0), coalesce(sum(shares), 0), coalesce(sum(reach), 0), coalesce(sum(impressions), 0)
        FROM posts LEFT JOIN (SELECT * FROM post_deltas WHERE known_at <= $clock) USING (post_id)
        WHERE network = 'Pinterest' AND date BETWEEN $first AND $last AND posts.known_at <= $clock
        GROUP BY date, post_id, network, post_type ORDER BY posts.date, post_id""",
    ),
    Export(
        "zoekposities", "csv", ("Dag", "Zoekterm", "Pagina", "Vertoningen", "Klikken", "Positie"),
        f"""
        SELECT {_DAY.format(column="date")}, keyword, page, impressions, clicks,
            replace(position::DECIMAL(9, 1)::VARCHAR, '.', ',')
        FROM search_days WHERE date BETWEEN $first AND $last AND known_at <= $clock
        ORDER BY search_days.date, keyword""",
    ),
)  # fmt: skip


def write(world: World, folder: Path, months: int = MONTHS) -> None:
    """Export the newest months, the one that has just begun included, as they are known now."""
    folder.mkdir(parents=True, exist_ok=True)
    for first, last in _newest_months(world.today, months):
        params = {"first": first, "last": last, "clock": world.clock}
        for export in EXPORTS:
            path = folder / f"{export.name}-{first:%Y-%m}.{export.ending}"
            _replace(path, export.header, world.query(export.sql, params))
            os.utime(path, (world.now.timestamp(),) * 2)


def _newest_months(today: date, months: int) -> Iterator[tuple[date, date]]:
    """(first day, last day), newest first."""
    last = today
    for _ in range(months):
        yield last.replace(day=1), last
        last = last.replace(day=1) - timedelta(days=1)


def _replace(path: Path, header: Sequence[str], rows: Rows) -> None:
    """Write a file as a whole: the old one, or the new one."""
    unfinished = path.with_name(f".{path.name}")
    _WRITERS[path.suffix](unfinished, header, rows)
    unfinished.replace(path)


def _write_csv(path: Path, header: Sequence[str], rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])


def _write_xlsx(path: Path, header: Sequence[str], rows: Rows) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Antwoorden")
    for row in (header, *rows):
        sheet.append(row)
    book.save(path)


_WRITERS: dict[str, Callable[[Path, Sequence[str], Rows], None]] = {".csv": _write_csv, ".xlsx": _write_xlsx}
