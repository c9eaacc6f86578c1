"""The words that the warehouse knows, measures and channels, as dbt's seeds list them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from pathlib import Path

DBT_PROJECT = Path(__file__).parent.parent / "dbt_project"

CUSTOMER_WORTH = frozenset({"customer_profit", "expected_customer_profit"})
"""Measures that rest on the terms of customer lifetime value (`clv` in kompas.yaml)."""


@cache
def measures() -> frozenset[str]:
    """What a KPI can name as its numerator or denominator."""
    return _column("measure_concepts", "measure")


@cache
def sources() -> dict[str, tuple[str, ...]]:
    """The streams that each measure can come from, as `platform.stream`."""
    found: dict[str, dict[str, None]] = {}
    for row in _rows("measure_concepts"):
        found.setdefault(row["measure"], {}).update(dict.fromkeys(_streams()[row["concept"]]))
    return {measure: tuple(streams) for measure, streams in found.items()}


def days_needed(named: Iterable[str]) -> dict[str, str]:
    """Which days the measures need of each stream that they can come from: every_day, single_day or through_day."""
    wanted = set(named)
    rows = [row for row in _rows("measure_concepts") if row["measure"] in wanted]
    return {stream: row["days_needed"] for row in rows for stream in _streams()[row["concept"]]}


@cache
def _streams() -> dict[str, tuple[str, ...]]:
    """The streams of each business concept, as `platform.stream`."""
    found: dict[str, list[str]] = {}
    for row in _rows("concept_streams"):
        found.setdefault(row["concept"], []).append(f"{row['connector']}.{row['stream']}")
    return {concept: tuple(streams) for concept, streams in found.items()}


@cache
def channels() -> frozenset[str]:
    """GA4's default channel groups."""
    return _column("channels", "channel")


def _column(seed: str, name: str) -> frozenset[str]:
    return frozenset(row[name] for row in _rows(seed))


def _rows(seed: str) -> list[dict[str, str]]:
    with (DBT_PROJECT / "seeds" / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def reasons() -> tuple[dict[str, str], ...]:
    """The phrases of the reasons for a verdict, in both languages; the longest first, as some begin like others."""
    return tuple(sorted(_rows("reasons"), key=lambda row: -len(row["nl"])))
