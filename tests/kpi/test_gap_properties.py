"""What holds of the parts of a gap, whatever its channels and campaigns measured: mix + rate + the rest = gap."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kpi.model_sql import Models, filled

Row = dict[str, Any]
Figures = dict[tuple[str, str], tuple[int, int, int, int]]
"""By channel and campaign: numerator and denominator, and those of the reference."""
KEY: Row = {"brand": "all", "country": "all", "grain": "month"}
MARCH, FEBRUARY = date(2026, 3, 1), date(2026, 2, 1)
KPIS: list[Row] = [
    {"kpi_id": "cost per click", "numerator": "cost", "denominator": "clicks", "scale": 1},
    {"kpi_id": "conversion", "numerator": "cost", "denominator": "visitors", "scale": 100},
    {"kpi_id": "cost", "numerator": "cost", "denominator": None, "scale": 1},
]
"""One whose denominator has channels, one whose denominator has none, and a sum."""
EFFECTS = ("mix_effect", "rate_effect", "numerator_effect", "denominator_effect")

counts = st.integers(0, 1000)
places = st.tuples(st.sampled_from(["Email", "Display", "Paid Search"]), st.sampled_from(["spring", "sale"]))
figures = st.dictionaries(places, st.tuples(counts, counts, counts, counts), min_size=1).filter(
    # A gap has a figure, and a reference is above zero (gap_references).
    lambda by_place: all(sum(row[number] for row in by_place.values()) for number in (1, 2, 3))
)
bounds = st.floats(0.01, 5000)


class Gaps:
    """The parts of made-up gaps."""

    def __init__(self, models: Models) -> None:
        self._sql = {name: models.compiled[name] for name in ("intermediate.gap_effects", "kpi.kpi_contributions")}
        self._types = models.types

    def parts(self, by_place: Figures, bound: float) -> list[Row]:
        """Every row of kpi_contributions."""
        with filled(self._types, tables(by_place, bound)) as connection:
            for name, sql in self._sql.items():
                connection.execute(f"create or replace table {name} as {sql}")
            cursor = connection.execute("from kpi.kpi_contributions")
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tables(by_place: Figures, bound: float) -> dict[str, list[Row]]:
    sums = [sum(row[number] for row in by_place.values()) for number in range(4)]
    return {
        "staging.stg_kompas__kpis": KPIS,
        "intermediate.calendar": [
            {"grain": "month", "day": start, "period_start": start} for start in (MARCH, FEBRUARY)
        ],
        "intermediate.gap_references": [_gap(kpi, sums, bound) for kpi in KPIS],
        "kpi.kpi_campaign_measures": [
            {**measured, "campaign_id": campaign}
            for (channel, campaign), row in by_place.items()
            for measured in _measured(channel, row, "day")
        ],
        "kpi.kpi_period_measures": [
            {**measured, "grain": "month", "keyword": "all", "is_additive": True}
            for channel in {channel for channel, _ in by_place}
            for measured in _measured(channel, _sum_of(by_place, channel), "period_start")
        ],
    }


def _sum_of(by_place: Figures, channel: str) -> tuple[int, ...]:
    rows = [row for (of, _), row in by_place.items() if of == channel]
    return tuple(sum(numbers) for numbers in zip(*rows, strict=True))


def _measured(channel: str, row: tuple[int, ...], day: str) -> list[Row]:
    names = [("cost", MARCH), ("clicks", MARCH), ("cost", FEBRUARY), ("clicks", FEBRUARY)]
    return [
        {"brand": "all", "country": "all", "channel": channel, "measure": name, day: start, "value": value}
        for (name, start), value in zip(names, row, strict=True)
    ]


def _gap(kpi: Row, sums: list[int], bound: float) -> Row:
    top, bottom, top_before, bottom_before = sums
    has_bottom = kpi["denominator"] is not None
    actual = top * kpi["scale"] / (bottom if has_bottom else 1)
    return {
        "kpi_id": kpi["kpi_id"],
        **KEY,
        "period_start": MARCH,
        "actual": actual,
        "bound": bound,
        "gap": actual - bound,
        "numerator_value": top,
        "denominator_value": bottom if has_bottom else None,
        "reference_start": FEBRUARY,
        "reference_numerator": top_before,
        "reference_denominator": bottom_before if has_bottom else None,
        "denominator_ratio": bottom_before * 31 / (bottom * 28) if has_bottom else None,
    }


@pytest.fixture(scope="module")
def gaps(models: Models) -> Gaps:
    needed = tables({("Email", "sale"): (1, 1, 1, 1)}, 1).keys() | {"intermediate.gap_effects", "kpi.kpi_contributions"}
    return Gaps(Models(models.compiled, [], {name: models.types[name] for name in needed}))


def near(parts: list[float], whole: float, size: float) -> bool:
    """Parts may be far larger than what they add up to."""
    return math.isclose(sum(parts), whole, rel_tol=1e-9, abs_tol=1e-9 * max([size, *map(abs, parts)]))


@given(figures, bounds)
@settings(max_examples=25, deadline=None)
def test_parts_add_up_to_the_gap_and_their_effects_to_them(gaps: Gaps, by_place: Figures, bound: float) -> None:
    rows = gaps.parts(by_place, bound)
    wholes = {row["kpi_id"]: row for row in rows if row["level"] == "total"}
    assert wholes.keys() == {kpi["kpi_id"] for kpi in KPIS}
    for kpi_id, whole in wholes.items():
        size = max(abs(whole["contribution"] + bound), bound)
        of_kpi = [row for row in rows if row["kpi_id"] == kpi_id]
        by_channel = [row["contribution"] for row in of_kpi if row["level"] in ("channel", "denominator")]
        by_campaign = [row["contribution"] for row in of_kpi if row["level"] == "campaign"]
        assert near(by_channel, whole["contribution"], size)
        assert (by_campaign == []) == (kpi_id == "conversion")
        assert near(by_campaign, whole["contribution"], size) or not by_campaign
        assert all(near([row[effect] for effect in EFFECTS], row["contribution"], size) for row in of_kpi)


def test_costs_that_stay_the_same_in_a_channel_of_dearer_clicks_are_mix(gaps: Gaps) -> None:
    """Both channels keep their cost per click; half of the clicks move from the one of 1 to the one of 3."""
    rows = gaps.parts({("Email", "sale"): (50, 50, 100, 100), ("Display", "sale"): (450, 150, 300, 100)}, 2)
    whole = next(row for row in rows if row["kpi_id"] == "cost per click" and row["level"] == "total")
    assert [whole[name] for name in (*EFFECTS, "contribution")] == pytest.approx([0.5, 0, 0, 0, 0.5])
