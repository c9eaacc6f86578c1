"""What the parts of the dbt project promise each other, as far as it can be told without data."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest

from connectors.registry import CONNECTORS
from pipelines.clv.no_figure import Reason
from tests.dbt.conftest import PROJECT_FOLDER, Built

COPIES = {
    "ad_campaign_day": "ad_performance",
    "data_quality": "load_days",
    "dim_account": "accounts",
    "email_campaign": "email_campaigns",
    "kpi_scorecard": "kpi_verdicts",
    "lead_problem": "leads",
    "social_post": "social_posts",
    "web_channel_day": "web_sessions",
}
"""Models with the rows of another one, or some of them: what is a key there is one here."""


def _seed(name: str) -> list[dict[str, str]]:
    with (PROJECT_FOLDER / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _compiled(built: Built, model: str) -> str:
    (node,) = [node for node in built.nodes("model") if node["name"] == model]
    return str(node["compiled_code"])


def _measures(built: Built, model: str) -> set[str]:
    """The names that a model gives its rows."""
    return set(re.findall(r"'(\w+)' as measure", _compiled(built, model)))


def test_every_measure_has_its_sources_and_every_source_a_measure(built: Built) -> None:
    told = {row["measure"] for row in _seed("measure_concepts")}
    models = ("kpi_measures", "kpi_unique_measures", "kpi_median_measures", "kpi_expected_measures")
    assert told == {measure for model in models for measure in _measures(built, model)}


def test_what_adds_up_over_all_periods_needs_all_days(built: Built) -> None:
    (macro,) = [node for node in built.nodes("macro") if node["name"] == "stock_measures"]
    told = {row["measure"] for row in _seed("measure_concepts") if row["days_needed"] == "all_days"}
    assert told == set(re.findall(r"'(\w+)'", macro["macro_sql"])) | _measures(built, "kpi_expected_measures")


def test_the_wide_table_has_every_measure_of_days_but_the_squares_behind_intervals(built: Built) -> None:
    measures = {name for name in _measures(built, "kpi_measures") if not name.endswith("_squared")}
    assert set(built.columns["marts.channel_day"]) - {"day", "brand", "channel"} == measures


def test_what_is_paid_is_the_same_to_the_macro_and_the_seed(built: Built) -> None:
    (macro,) = [node for node in built.nodes("macro") if node["name"] == "is_paid"]
    assert set(re.findall(r"'([^']+)'", macro["macro_sql"])) == {
        row["channel"] for row in _seed("channels") if row["paid"] == "1"
    }


def test_the_sources_of_measures_are_streams_that_exist() -> None:
    streams = {(connector.name, stream.name) for connector in CONNECTORS.values() for stream in connector.streams}
    assert {(row["connector"], row["stream"]) for row in _seed("concept_streams")} <= streams


def test_every_concept_has_streams_and_makes_measures() -> None:
    assert {row["concept"] for row in _seed("measure_concepts")} == {row["concept"] for row in _seed("concept_streams")}


def test_days_needed_is_one_of_four() -> None:
    known = {"every_day", "single_day", "through_day", "all_days"}
    assert {row["days_needed"] for row in _seed("measure_concepts")} == known


@pytest.mark.parametrize(
    ("seed", "key"),
    [
        ("channels", ["channel"]),
        ("reasons", ["code"]),
        ("measure_concepts", ["measure", "concept"]),
        ("concept_streams", ["concept", "connector", "stream"]),
    ],
)
def test_a_seed_has_a_row_per_key(seed: str, key: list[str]) -> None:
    keys = Counter(tuple(row[column] for column in key) for row in _seed(seed))
    assert [found for found, copies in keys.items() if copies > 1] == []


def test_every_reason_is_told_in_both_languages() -> None:
    assert all(row["nl"] and row["en"] for row in _seed("reasons"))


def test_every_reason_of_a_verdict_is_in_the_seed(built: Built) -> None:
    reasoned = _compiled(built, "kpi_judged").split("as reason_code")[0]
    broken = _compiled(built, "kpi_verdicts") + _compiled(built, "kpi_guardrails").split("as broken_code")[0]
    problems = _compiled(built, "kpi_values") + _compiled(built, "measure_quality")
    of_data = re.findall(r"then '(missing|quota|provisional|flagged|unfinished|not_connected|not_additive)'", problems)
    of_models = [*re.findall(r"'(not_fitted|not_additive)'", _compiled(built, "kpi_expected_measures")), *Reason]
    used = re.findall(r"then '(\w+)'", reasoned) + re.findall(r"then '(guardrail\w*)'", broken) + of_data + of_models
    assert set(used) == {row["code"] for row in _seed("reasons")}


def test_the_channels_of_the_macros_are_those_of_the_seed(built: Built) -> None:
    (macro,) = [node for node in built.nodes("macro") if node["name"] == "channel_names"]
    assert re.findall(r"'([^']+)'", macro["macro_sql"]) == [row["channel"] for row in _seed("channels")]


def test_every_model_has_a_test_of_its_key(built: Built) -> None:
    keys = [node for node in built.nodes("test") if node["name"].startswith(("unique_together_", "keys_of_"))]
    tested = {name.split(".")[-1] for node in keys for name in node["depends_on"]["nodes"]}
    models = {node["name"] for node in built.nodes("model")}
    assert models - tested == set(COPIES)
