"""What holds of every verdict, whatever the figures: tried with hundreds of made-up ones in one query each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kpi.verdict_sql import Judged, judged

Row = dict[str, Any]
RANK = {"no_verdict": 0, "off_target": 1, "at_risk": 2, "on_target": 3}
AMOUNTS = ("value", "target_low", "target_high", "interval_low", "interval_high")
# Halves and quarters of whole numbers: bounds are often met exactly, and doubles hold them exactly.
FIGURES = st.integers(-400, 400).map(lambda quarters: quarters / 4)
WIDTHS = st.integers(0, 200).map(lambda quarters: quarters / 4)
COUNTS = st.integers(0, 40)
# A query costs more than a row: each example is a handful of rows.
some_rows = settings(max_examples=30, deadline=None)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Any row that can be judged, or not."""
    value, bound, width, noise = draw(FIGURES), draw(FIGURES), draw(WIDTHS), draw(WIDTHS)
    direction = draw(st.sampled_from(["higher", "lower", "range"]))
    has_interval, total = draw(st.booleans()), draw(st.integers(1, 40))
    return {
        "is_informational": draw(st.sampled_from([False, False, False, True])),
        "problem_code": draw(st.sampled_from([None, None, None, "missing", "flagged"])),
        "is_relative": draw(st.booleans()),
        "is_immature": draw(st.sampled_from([False, False, False, True])),
        "value": draw(st.sampled_from([value, value, value, None])),
        "target_low": bound if direction != "lower" else None,
        "target_high": {"higher": None, "lower": bound, "range": bound + width}[direction],
        "tolerance": draw(st.integers(0, 31)) / 32,
        "interval_low": value - noise if has_interval else None,
        "interval_high": value + noise if has_interval else None,
        "period_state": draw(st.sampled_from(["complete", "in_progress"])),
        "days_elapsed": draw(st.integers(1, total)),
        "days_total": total,
        "share": draw(st.sampled_from([1, 1, 0.5, 0.25, 0, None])),
        "sample": draw(COUNTS),
        "minimum_sample": draw(COUNTS),
        "guardrail_state": draw(st.sampled_from([None, "holds", "broken", "unknown"])),
    }


def some(row: st.SearchStrategy[Row]) -> st.SearchStrategy[list[Row]]:
    return st.lists(row, min_size=5, max_size=15)


def both(before: list[Row], change: Callable[[Row], Row]) -> list[tuple[Judged, Judged]]:
    """The verdicts of rows as they are, and as `change` makes them."""
    found = judged([*before, *(row | change(row) for row in before)])
    return list(zip(found[: len(before)], found[len(before) :], strict=True))


def never_worse(pairs: list[tuple[Judged, Judged]]) -> bool:
    return all(RANK[after.verdict] >= RANK[before.verdict] for before, after in pairs)


def moved(row: Row, names: tuple[str, ...], change: Callable[[float], float]) -> Row:
    return {name: None if row[name] is None else change(row[name]) for name in names}


@given(some(rows()))
@some_rows
def test_a_reason_is_given_where_there_is_no_verdict_and_nowhere_else(given_rows: list[Row]) -> None:
    found = judged(given_rows)
    assert all((row.reason_code is not None) == (row.verdict == "no_verdict") for row in found)
    assert all(row.verdict in RANK for row in found)


@given(some(rows()), st.integers(-20, 20).map(lambda power: 2.0**power))
@some_rows
def test_the_currency_does_not_matter(given_rows: list[Row], factor: float) -> None:
    pairs = both(given_rows, lambda row: moved(row, AMOUNTS, lambda amount: amount * factor))
    assert all(before == after for before, after in pairs)


@given(some(rows()))
@some_rows
def test_more_is_to_one_what_less_is_to_its_mirror_image(given_rows: list[Row]) -> None:
    mirrors = (
        ("value", "value"),
        ("target_low", "target_high"),
        ("target_high", "target_low"),
        ("interval_low", "interval_high"),
        ("interval_high", "interval_low"),
    )
    pairs = both(given_rows, lambda row: {to: None if row[name] is None else -row[name] for name, to in mirrors})
    assert all(before == after for before, after in pairs)


@given(some(rows()), WIDTHS)
@some_rows
def test_a_better_value_never_gets_a_worse_verdict(given_rows: list[Row], step: float) -> None:
    def better(row: Row) -> Row:
        """Nearer to the bound or further within it, and the interval goes along."""
        if row["value"] is None or (row["target_low"] is None and row["target_high"] is None):
            return {}
        return moved(row, ("value", "interval_low", "interval_high"), lambda amount: amount + _towards(row, step))

    assert never_worse(both(given_rows, better))


def _towards(row: Row, step: float) -> float:
    """`step` to the good side; of a range no further than to its nearest end, in the part of it that was due."""
    low, high = row["target_low"], row["target_high"]
    if high is None:
        return step
    if low is None:
        return -step
    share = row["share"] or 0
    below, above = low * share - row["value"], row["value"] - high * share
    return min(step, below) if below > 0 else -min(step, above) if above > 0 else 0


@given(some(rows()), st.floats(0, 1))
@some_rows
def test_a_wider_tolerance_never_makes_it_worse(given_rows: list[Row], more: float) -> None:
    pairs = both(given_rows, lambda row: {"tolerance": row["tolerance"] + more})
    assert never_worse(pairs)
    assert all((before.verdict == "on_target") == (after.verdict == "on_target") for before, after in pairs)


@given(some(rows()), WIDTHS, WIDTHS)
@some_rows
def test_a_wider_interval_never_makes_it_worse(given_rows: list[Row], down: float, up: float) -> None:
    def wider(row: Row) -> Row:
        lower = moved(row, ("interval_low",), lambda amount: amount - down)
        return lower | moved(row, ("interval_high",), lambda amount: amount + up)

    pairs = both(given_rows, wider)
    assert never_worse(pairs)
    assert all((before.verdict == "on_target") == (after.verdict == "on_target") for before, after in pairs)


@given(some(rows()), st.sampled_from(["holds", "broken", "unknown", None]))
@some_rows
def test_a_guardrail_never_makes_it_better(given_rows: list[Row], state: str | None) -> None:
    pairs = both(given_rows, lambda row: {"guardrail_state": state})
    assert all(before.before_guardrail == after.before_guardrail for before, after in pairs)
    assert all(RANK[after.verdict] <= RANK[after.before_guardrail] for _, after in pairs)


@given(some(rows()), st.integers(0, 40))
@some_rows
def test_a_larger_sample_never_takes_a_verdict_away(given_rows: list[Row], more: int) -> None:
    pairs = both(given_rows, lambda row: {"sample": row["sample"] + more})
    assert all(before == after for before, after in pairs if before.reason_code is None)


@given(some(rows()))
@some_rows
def test_what_is_missing_never_has_a_verdict(given_rows: list[Row]) -> None:
    found = judged(row | {"problem_code": "missing"} for row in given_rows)
    assert {row.verdict for row in found} == {"no_verdict"}
    assert {row.reason_code for row in found} <= {"missing", "no_target"}
