"""What holds of the models from what was measured to the verdict, whatever was measured."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from tests.kpi.model_sql import Models
from tests.kpi.small_company import (
    BRANDS,
    CHANNELS,
    IN_EUROS,
    LAST_YEAR,
    RECENT,
    Facts,
    Row,
    SmallCompany,
    register,
    target,
)

# An example is a company, worked out by a dozen models: a few say much, and a smaller one cannot be had from its seed.
few = settings(max_examples=6, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate])
seeds = st.integers(0, 2**32)
# fmt: off
EUROS = [
    "actual", "target", "target_low", "target_high", "target_base", "expected_so_far", "low_so_far", "high_so_far",
    "gap", "forecast", "interval_low", "interval_high", "previous_value", "last_year_value", "numerator_value",
]
# fmt: on
AMOUNTS = {
    "intermediate.orders": ["revenue_eur"],
    "intermediate.refunds": ["refund_eur"],
    "intermediate.ad_performance": ["spend_eur", "conversion_value_eur"],
}


def made_up(chance: Random) -> Facts:
    """A company of a hundred days. Amounts are quarters of euros, which doubles and decimals both hold exactly."""

    def euros(most: int) -> float:
        return chance.randint(1, 4 * most) / 4

    def some(count: int, row: Callable[[], Row], day: str = "day") -> list[Row]:
        return [{day: chance.choice(LAST_YEAR + RECENT), **_place(chance), **row()} for _ in range(count)]

    def visits() -> Row:
        sessions = chance.randint(1, 90)
        return {"sessions": sessions, "purchases": chance.randint(0, sessions)}

    return {
        "intermediate.web_sessions": some(150, visits),
        "intermediate.ad_performance": some(
            150,
            lambda: {
                "spend_eur": euros(90),
                "conversions": float(chance.randint(0, 9)),
                "conversion_value_eur": euros(300),
            },
        ),
        "intermediate.orders": some(
            150, lambda: {"revenue_eur": euros(200), "is_new_customer": chance.random() < 0.4}, "order_date"
        ),
        "intermediate.refunds": some(20, lambda: {"refund_eur": euros(100)}, "refund_date"),
        "intermediate.survey_responses": [
            {name: value for name, value in row.items() if name != "channel"}
            for row in some(60, lambda: {"score_1_to_10": float(chance.randint(1, 10))})
        ],
        "staging.stg_kompas__targets": _targets(chance),
    }


def _place(chance: Random) -> Row:
    return {"brand": chance.choice(BRANDS), "country": "NL", "channel": chance.choice(CHANNELS)}


def _targets(chance: Random) -> list[Row]:
    levels = {"revenue": 4000, "traffic": 1500, "roas": 3, "order_value": 100, "conversion": 0.5}
    lows = [
        target(kpi_id, brand, grain, target=bound, low=bound)
        for kpi_id, level in levels.items()
        for brand, grain in [("all", "month"), ("noord", "month"), ("all", "week")]
        for bound in [level * chance.choice([0.25, 0.5, 0.75, 1, 1.25])]
    ]
    most = chance.choice([60, 90, 120])
    others = [target("cpa", target=most, high=most), target("csat", target=6, low=5, high=7)]
    return [*lows, *others, target("revenue", "zuid", share=chance.choice([0.2, -0.5]))]


@pytest.fixture(scope="module")
def company(models: Models) -> SmallCompany:
    return SmallCompany(models)


def same(before: list[Row], after: list[Row]) -> bool:
    """Sums of quarters are exact; a variance depends on the order of its days in the last digits."""
    return len(before) == len(after) and all(
        _near(row[name], other[name]) for row, other in zip(before, after, strict=True) for name in row
    )


def _near(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)


def test_made_up_companies_get_every_verdict_and_many_reasons(company: SmallCompany) -> None:
    rows = [row for seed in range(3) for row in company.verdicts(made_up(Random(seed)))]
    assert Counter(row["verdict"] for row in rows).keys() == {"on_target", "at_risk", "off_target", "no_verdict"}
    assert {"guardrail", "no_base", "too_few", "no_value"} <= {row["reason_code"] for row in rows}
    assert {"holds", "broken"} <= {row["guardrail_state"] for row in rows}
    assert any(row["forecast"] and row["interval_low"] for row in rows)


@given(seeds)
@few
def test_the_order_of_rows_does_not_matter(company: SmallCompany, seed: int) -> None:
    facts, chance = made_up(Random(seed)), Random(seed)
    shuffled = {table: chance.sample(rows, len(rows)) for table, rows in facts.items()}
    assert same(company.verdicts(facts), company.verdicts(shuffled))


@given(seeds)
@few
def test_a_day_s_rows_in_parts_are_the_same_day(company: SmallCompany, seed: int) -> None:
    facts = made_up(Random(seed))
    parts = {
        table: [part for row in facts[table] for part in _halves(row)]
        for table in ("intermediate.web_sessions", "intermediate.ad_performance")
    }
    assert same(company.verdicts(facts), company.verdicts(facts | parts))


def _halves(row: Row) -> list[Row]:
    """Two rows that add up to it."""
    less = {name: _half(value) for name, value in row.items() if isinstance(value, int | float)}
    return [row | less, row | {name: row[name] - half for name, half in less.items()}]


def _half(value: float) -> float:
    return value // 2 if isinstance(value, int) else value / 2


SAMPLED_IN_MONEY = {"revenue", "roas"}
"""KPIs whose sample is an amount."""


@given(seeds, st.sampled_from([0.25, 2.0, 1024.0]))
@example(seed=1895, factor=0.25)
@few
def test_the_currency_of_all_amounts_does_not_matter(company: SmallCompany, seed: int, factor: float) -> None:
    facts = made_up(Random(seed))
    before, after = company.verdicts(facts), company.verdicts(_in_other_money(facts, factor))
    # Powers of two change no digit of a double: what is equal is equal exactly.
    assert [_in_money(row, factor) for row in before] == after


def _in_other_money(facts: Facts, factor: float) -> Facts:
    changed = {
        table: [row | {name: row[name] * factor for name in names} for row in facts[table]]
        for table, names in AMOUNTS.items()
    }
    targets = [_bounds(row, factor) for row in facts["staging.stg_kompas__targets"]]
    kpis = [_minimum(row, factor) for row in register()["staging.stg_kompas__kpis"]]
    return facts | changed | {"staging.stg_kompas__targets": targets, "staging.stg_kompas__kpis": kpis}


def _minimum(row: Row, factor: float) -> Row:
    """What has to be spent or earned at least is an amount as well."""
    return row | ({"minimum_sample": int(row["minimum_sample"] * factor)} if row["kpi_id"] in SAMPLED_IN_MONEY else {})


def _bounds(row: Row, factor: float) -> Row:
    names = [name for name in ("target", "low", "high") if name in row and row["kpi_id"] in IN_EUROS]
    return row | {name: row[name] * factor for name in names}


def _in_money(row: Row, factor: float) -> Row:
    """A verdict as it reads with all amounts in the other money."""
    euros = _amounts_of(row)
    return row | {name: row[name] * factor for name in euros if row[name] is not None}


def _amounts_of(row: Row) -> list[str]:
    sample = [name for name in ("sample", "minimum_sample") if row["kpi_id"] in SAMPLED_IN_MONEY and name in row]
    if row["kpi_id"] == "roas":
        return ["numerator_value", "denominator_value", *sample]
    return EUROS + sample if row["kpi_id"] in IN_EUROS else []
