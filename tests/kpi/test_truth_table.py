"""Verdicts cell by cell: what the page says (docs/verdicts.md), written by hand as data, against the SQL.

truth_table.csv speaks in words: direction × place × period × sample × data × guardrail, where `any` and `a|b` stand for
several. LEVELS says what each word means in figures. truth_edges.csv has the figures on which a rule turns.
"""

from __future__ import annotations

import csv
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from tests.kpi.verdict_sql import Judged, judged

HERE = Path(__file__).parent
Row = dict[str, Any]

LEVELS: dict[str, dict[str, Row]] = {
    "direction": {
        "higher": {"target_low": 100},
        "lower": {"target_high": 100},
        "range_from_below": {"target_low": 100, "target_high": 200},
        "range_from_above": {"target_low": 50, "target_high": 100},
    },
    # How far the value is beyond the bound of 100, and how far its interval comes back to it.
    "place": {
        "met": {"beyond": -3, "back": 8},
        "tolerance": {"beyond": 4, "back": 2},
        "noise": {"beyond": 10, "back": 11},
        "beyond": {"beyond": 10, "back": 8},
        "counted": {"beyond": 10, "back": None},
    },
    "period": {
        "complete": {"period_state": "complete", "days_elapsed": 30, "share": 1},
        "ratio_in_progress": {"period_state": "in_progress", "days_elapsed": 15, "share": 1},
        "sum_in_progress": {"period_state": "in_progress", "days_elapsed": 15, "share": 0.4},
        "sum_without_profile": {"period_state": "in_progress", "days_elapsed": 15, "share": None},
        "first_fifth": {"period_state": "in_progress", "days_elapsed": 5, "share": 0.1},
    },
    "sample": {"enough": {"of_minimum": 1.2}, "too_few": {"of_minimum": 0.8}},
    "data": {
        "whole": {},
        "informational": {"is_informational": True},
        "untargeted": {"target_low": None, "target_high": None},
        "no_base": {"target_low": None, "target_high": None, "is_relative": True},
        "immature": {"is_immature": True},
        "no_value": {"value": None},
        **{
            code: {"problem_code": code}
            for code in (
                *("not_connected", "missing", "quota", "provisional", "flagged", "not_additive"),
                *("too_short_history",),
            )
        },
    },
    "guardrail": {
        "none": {"guardrail_state": None},
        **{state: {"guardrail_state": state} for state in ("holds", "broken", "unknown")},
    },
}
PLAIN: Row = {
    "is_informational": False,
    "problem_code": None,
    "is_relative": False,
    "is_immature": False,
    "target_low": None,
    "target_high": None,
    "tolerance": 0.05,
    "days_total": 30,
    "minimum_sample": 500,
}
Cell = tuple[str, ...]


def read(name: str) -> list[Row]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def figures(cell: Cell) -> Row:
    """A cell of the table in figures."""
    words = dict(zip(LEVELS, cell, strict=True))
    level = {name: LEVELS[name][word] for name, word in words.items()}
    worse = 1 if words["direction"] in ("lower", "range_from_above") else -1
    beyond, back, share = level["place"]["beyond"], level["place"]["back"], level["period"]["share"]
    known = 0.4 if share is None else share
    whole: Row = {
        "value": (100 + worse * beyond) * known,
        "interval_low": None if back is None else 100 + worse * beyond - back,
        "interval_high": None if back is None else 100 + worse * beyond + back,
        "sample": level["sample"]["of_minimum"] * PLAIN["minimum_sample"] * known,
    }
    return PLAIN | whole | level["direction"] | level["period"] | level["guardrail"] | level["data"]


def cells(row: Row) -> list[Cell]:
    """The cells that a row of the table speaks of."""
    words = [list(LEVELS[name]) if row[name] == "any" else row[name].split("|") for name in LEVELS]
    return list(product(*words))


TABLE = read("truth_table.csv")
EDGES = read("truth_edges.csv")
WHOLE = list(product(*LEVELS.values()))


@cache
def said() -> dict[Cell, Judged]:
    """What the SQL says of every cell."""
    return dict(zip(WHOLE, judged(figures(cell) for cell in WHOLE), strict=True))


@cache
def said_of_edges() -> list[Judged]:
    return judged(EDGES)


def test_the_table_has_each_cell_once() -> None:
    assert sorted(cell for row in TABLE for cell in cells(row)) == sorted(WHOLE)


def test_the_table_has_the_cells_that_the_method_asks_for() -> None:
    assert len(WHOLE) == 4 * 5 * 5 * 2 * 13 * 4


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["why"])
def test_each_cell_has_its_verdict(row: Row) -> None:
    expected = (row["reason_code"] or None, row["verdict"])
    found = {cell: (said()[cell].reason_code, said()[cell].verdict) for cell in cells(row)}
    assert {cell: answer for cell, answer in found.items() if answer != expected} == {}, row["why"]


@pytest.mark.parametrize("number", range(len(EDGES)), ids=[row["why"] for row in EDGES])
def test_each_edge_has_its_verdict(number: int) -> None:
    row = EDGES[number]
    expected = Judged(row["reason_code"] or None, row["before_guardrail"], row["verdict"])
    assert said_of_edges()[number] == expected, row["why"]


def test_each_edge_is_told_apart_by_its_words() -> None:
    assert len({row["why"] for row in EDGES}) == len(EDGES)
