"""What a gap is made of, over the tables of a whole shop."""

from __future__ import annotations

import pytest

from tests.warehouse import Warehouse

MARCH = "kpi_id = $kpi and grain = 'month' and period_start = date '2026-03-01' and brand = 'all'"


def parts(warehouse: Warehouse, kpi: str, level: str) -> dict[str, tuple[float, float, float, float]]:
    """Mix, rate, numerator and contribution in March, by channel or campaign."""
    rows = warehouse.rows(
        f"""select case level when 'campaign' then campaign_id else channel end, mix_effect, rate_effect,
            numerator_effect, contribution
            from kpi.kpi_contributions where {MARCH} and level = $level""",
        kpi=kpi,
        level=level,
    )
    return {name: (mix, rate, numerator, contribution) for name, mix, rate, numerator, contribution in rows}


@pytest.mark.parametrize("level", ["channel", "campaign"])
def test_parts_add_up_to_every_gap(warehouse: Warehouse, level: str) -> None:
    rows = warehouse.rows(
        """select sum(parts.contribution), max(verdicts.gap), max(abs(verdicts.actual))
           from kpi.kpi_contributions as parts
           inner join kpi.kpi_verdicts as verdicts using (kpi_id, grain, period_start, brand)
           where verdicts.channel = 'all' and parts.level = $level
           group by parts.kpi_id, parts.grain, parts.period_start, parts.brand""",
        level=level,
    )
    assert len(rows) > 10
    assert [(total, gap) for total, gap, actual in rows if abs(total - gap) > 1e-9 * max(abs(gap), actual)] == []


def test_campaigns_add_up_to_their_channels(warehouse: Warehouse) -> None:
    ((most,),) = warehouse.rows(
        """select max(abs(campaigns - channels)) from (
            select sum(case level when 'campaign' then contribution else 0 end) as campaigns,
                sum(case level when 'channel' then contribution else 0 end) as channels
            from kpi.kpi_contributions where kpi_id in ('cpc', 'email_open_rate')
            group by kpi_id, grain, period_start, brand, channel having max(reference) is not null)
            where channels <> 0"""
    )
    assert most < 1e-12


def test_dearer_clicks_are_a_rate_effect(warehouse: Warehouse) -> None:
    mix, rate, _, _ = parts(warehouse, "cpc", "campaign")["generic"]
    assert rate > 10 * abs(mix)


def test_a_new_campaign_is_mix(warehouse: Warehouse) -> None:
    mix, rate, numerator, contribution = parts(warehouse, "cpc", "campaign")["spring"]
    assert (mix, rate, numerator) == (contribution, 0, 0)


def test_a_campaign_that_is_gone_is_mix(warehouse: Warehouse) -> None:
    mix, rate, numerator, contribution = parts(warehouse, "cpc", "campaign")["winter"]
    assert mix == contribution != 0
    assert (rate, numerator) == (0, 0)


def test_spend_without_a_customer_is_an_effect_of_the_numerator(warehouse: Warehouse) -> None:
    mix, rate, numerator, _ = parts(warehouse, "cpa", "channel")["Display"]
    assert (mix, rate) == (0, 0)
    assert numerator < 0


def test_customers_without_spend_are_mix(warehouse: Warehouse) -> None:
    mix, rate, _, _ = parts(warehouse, "cpa", "channel")["Direct"]
    assert mix == pytest.approx(-21 * (62 / 155 - 0.25))
    assert rate == 0


def test_campaigns_beyond_the_twentieth_are_one_row(warehouse: Warehouse) -> None:
    (count, names) = warehouse.row(
        f"""select sum(segments), count(*) from kpi.kpi_contributions where {MARCH} and level = 'campaign'""",
        kpi="email_open_rate",
    )
    assert (count, names) == (31 + 28, 21)


def test_a_kpi_whose_denominator_has_no_campaigns_is_split_by_channel_only(warehouse: Warehouse) -> None:
    assert parts(warehouse, "cpa", "campaign") == {}


def test_a_first_period_has_its_total_and_nothing_to_compare_with(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select level, reference from kpi.kpi_contributions "
        "where kpi_id = 'cpa' and grain = 'month' and period_start = date '2026-01-01' and brand = 'all'"
    )
    assert rows == [("total", None)]
