"""kompas.yaml as tables in the lake."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from connectors.registry import CONNECTORS
from pipelines import register
from pipelines.lake import Lake
from pipelines.settings import Settings, parse

NIGHT = date(2026, 11, 15)
ONE_TARGET = "{grain: month, from: 2026-01-01, target: € 80.000}"
TWO_TARGETS = f"{ONE_TARGET}\n      - {{grain: month, from: 2026-07-01, target: € 90.000}}"


def settings(targets: str = ONE_TARGET, kpi: str = "revenue", more: str = "") -> Settings:
    text = f"""\
platforms:
  ecb: {{}}
  mailchimp:
    accounts:
      - {{id: one, api_key: "env:KEY", brand: a}}
      - {{id: two, name: Second, api_key: "env:KEY", brand: b, country: be}}
kpis:
  - id: {kpi}
    owner: directie
    {more}
    targets:
      - {targets}
"""
    return parse(text, Path("kompas.yaml"))


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.at(str(tmp_path))


def rows(lake: Lake, table: str) -> list[dict[str, Any]]:
    found = lake.table(table)
    assert found is not None
    return found.to_pylist()


def targets(lake: Lake, **told: str) -> list[dict[str, Any]]:
    register.write(settings(**told), lake, NIGHT)
    return rows(lake, "targets")


@pytest.mark.parametrize(
    ("clv", "told"),
    [
        ("{gross_margin: 0.45}", ["profit", 0.45, 60, 0.1]),
        ("{basis: revenue, horizon_years: 0.5, discount_rate: 0}", ["revenue", 1.0, 6, 0.0]),
        ("{basis: revenue, gross_margin: 0.45}", ["revenue", 1.0, 60, 0.1]),
        ("null", [None, None, None, None]),
    ],
)
def test_the_night_says_what_a_customer_is_worth(lake: Lake, clv: str, told: list[Any]) -> None:
    company = parse(f"clv: {clv}\nplatforms: {{ecb: {{}}}}\nkpis: []\n", Path("kompas.yaml"))
    register.write(company, lake, NIGHT)
    (night,) = rows(lake, "night")
    names = ("clv_basis", "clv_gross_margin", "clv_horizon_months", "clv_discount_rate")
    assert [night[name] for name in names] == told


def test_an_account_stands_once_for_each_stream_that_it_feeds(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    accounts = {(row["connector"], row["account_id"], row["stream"]) for row in rows(lake, "accounts")}
    assert accounts == {
        ("ecb", "ecb", "daily_rate"),
        *(("mailchimp", name, stream) for name in ("one", "two") for stream in ("campaign_report", "list_activity")),
    }


def test_an_account_keeps_its_name_brand_and_country(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    told = {(row["account_id"], row["name"], row["brand"], row["country"]) for row in rows(lake, "accounts")}
    assert told >= {("one", "one", "a", None), ("two", "Second", "b", "be")}


def test_a_kpi_of_the_catalogue_comes_with_its_formula(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    (kpi,) = rows(lake, "kpis")
    told = ("kpi_id", "position", "numerator", "denominator", "unit", "direction", "name_nl", "owner")
    assert [kpi[name] for name in told] == ["revenue", 1, "net_revenue", None, "EUR", "higher", "Omzet", "directie"]


def test_a_target_is_in_force_until_the_day_before_the_next(lake: Lake) -> None:
    ends = [(row["valid_from"], row["valid_to"]) for row in targets(lake, targets=TWO_TARGETS)]
    assert ends == [(date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), None)]


def test_the_target_of_another_grain_ends_nothing(lake: Lake) -> None:
    other = TWO_TARGETS.replace("grain: month, from: 2026-07-01", "grain: week, from: 2026-07-01")
    assert [row["valid_to"] for row in targets(lake, targets=other)] == [None, None]


def test_a_target_may_end_without_a_successor(lake: Lake) -> None:
    (row,) = targets(lake, targets=ONE_TARGET.replace("}", ", to: 2026-03-31}"))
    assert row["valid_to"] == date(2026, 3, 31)


@pytest.mark.parametrize(
    ("kpi", "target", "bounds"),
    [
        ("revenue", "target: € 80.000", (80000.0, None, 80000.0)),
        ("cpa", "target: € 30", (None, 30.0, 30.0)),
        ("conversion_rate", 'target: "2,5 %"', (0.025, None, 0.025)),
    ],
)
def test_a_target_bounds_the_side_that_is_bad(
    lake: Lake, kpi: str, target: str, bounds: tuple[float | None, ...]
) -> None:
    (row,) = targets(lake, targets=f"{{grain: month, from: 2026-01-01, {target}}}", kpi=kpi)
    assert (row["low"], row["high"], row["target"]) == bounds


def test_a_range_has_two_bounds_and_is_shown_by_its_middle(lake: Lake) -> None:
    (row,) = targets(lake, targets="{from: 2026-01-01, low: € 60, high: € 80}", kpi="aov", more="direction: range")
    assert (row["low"], row["high"], row["target"]) == (60.0, 80.0, 70.0)


def test_a_target_keeps_the_words_that_it_was_written_in(lake: Lake) -> None:
    assert targets(lake)[0]["source_text"] == "€ 80.000"


def test_every_declared_stream_has_a_table_configured_or_not(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    for connector in CONNECTORS.values():
        for stream in connector.streams:
            empty = lake.read_file(f"{connector.name}/{stream.name}/0000-empty.parquet")
            assert empty is not None
            assert empty.schema.names == stream.schema.names


def test_a_rebuild_keeps_the_night_that_the_lake_knows(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    register.write(settings(), lake)
    assert register.latest_run_day(lake) == NIGHT


def test_an_older_night_does_not_turn_the_clock_back(lake: Lake) -> None:
    register.write(settings(), lake, NIGHT)
    register.write(settings(), lake, date(2026, 6, 30))
    assert register.latest_run_day(lake) == NIGHT


def test_a_lake_without_a_night_cannot_be_rebuilt(lake: Lake) -> None:
    with pytest.raises(LookupError, match="kompas run"):
        register.write(settings(), lake)


def scorecard(verdict: str) -> pa.Table:
    row = dict.fromkeys(register.VERDICTS.names) | {"kpi_id": "revenue", "verdict": verdict}
    return pa.Table.from_pylist([row], schema=register.VERDICTS)


def test_the_verdicts_of_each_night_are_kept(lake: Lake) -> None:
    register.keep_verdicts(lake, NIGHT, scorecard("on_target"))
    register.keep_verdicts(lake, date(2026, 11, 16), scorecard("off_target"))
    kept = [(row["run_day"], row["verdict"]) for row in rows(lake, "verdicts")]
    assert kept == [(NIGHT, "on_target"), (date(2026, 11, 16), "off_target")]


def test_a_rerun_of_a_night_replaces_its_verdicts(lake: Lake) -> None:
    register.keep_verdicts(lake, NIGHT, scorecard("on_target"))
    register.keep_verdicts(lake, NIGHT, scorecard("off_target"))
    assert [row["verdict"] for row in rows(lake, "verdicts")] == ["off_target"]
