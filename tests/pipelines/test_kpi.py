"""The catalogue: KPIs that are whole, and that say what they mean."""

from datetime import date
from typing import Any

import pytest

from pipelines import vocabulary
from pipelines.kpi import Kpi, Unit, Words, catalogue, with_defaults

OF_THE_TEN = [
    "conversion_rate",
    "cpa",
    "csat",
    "return_rate",
    "website_traffic",
    "social_engagement",
    "email_open_rate",
    "lead_time",
    "clv",
    "search_position",
]
ALL = pytest.mark.parametrize("kpi_id", catalogue())


def kpi(kpi_id: str, **changed: Any) -> Kpi:
    return Kpi.model_validate(with_defaults({"id": kpi_id, "informational": True}) | changed)


@ALL
def test_an_entry_is_a_whole_kpi_over_measures_that_exist(kpi_id: str) -> None:
    made = kpi(kpi_id)
    assert {made.numerator, made.denominator or made.numerator} <= vocabulary.measures()


@ALL
@pytest.mark.parametrize("part", ["name", "definition", "means", "measured", "caveats"])
def test_an_entry_says_in_both_languages_what_it_is(kpi_id: str, part: str) -> None:
    words = getattr(kpi(kpi_id), part)
    assert isinstance(words, Words)
    assert words.nl and words.en


@pytest.mark.parametrize("kpi_id", ["clv", "clv_expected"])
def test_a_value_in_revenue_says_so_in_both_languages(kpi_id: str) -> None:
    made = Kpi.model_validate(with_defaults({"id": kpi_id, "informational": True, "basis": "revenue"}))
    assert made.name.nl.endswith("in omzet") and made.name.en.endswith("in revenue")
    assert "winst" not in made.definition.nl and "profit" not in made.definition.en


@ALL
def test_a_quotient_has_a_minimum_sample(kpi_id: str) -> None:
    made = kpi(kpi_id)
    assert made.denominator is None or made.minimum_sample > 0


def test_the_ten_stand_in_their_order() -> None:
    assert [kpi_id for kpi_id in catalogue() if kpi_id in OF_THE_TEN] == OF_THE_TEN


@pytest.mark.parametrize("part", ["nl", "en"])
def test_no_two_entries_have_the_same_name(part: str) -> None:
    names = [entry["name"][part] for entry in catalogue().values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("kpi_id", "direction", "unit"),
    [
        ("csat", "higher", Unit.SCORE),
        ("lead_time", "lower", Unit.DAYS),
        ("search_position", "lower", Unit.POSITION),
        ("unsubscribe_rate", "lower", Unit.RATIO),
    ],
)
def test_an_entry_knows_which_side_is_good(kpi_id: str, direction: str, unit: Unit) -> None:
    assert (kpi(kpi_id).direction, kpi(kpi_id).unit) == (direction, unit)


def test_cpm_is_per_thousand() -> None:
    assert kpi("cpm").scale == 1000


def test_cac_says_how_it_differs_from_cpa() -> None:
    assert "CPA" in kpi("cac").definition.en
    assert (caveats := kpi("cac").caveats) and "CPA" in caveats.nl


@pytest.mark.parametrize(
    ("kpi_id", "target"),
    [("csat", "8 op 10"), ("lead_time", "6 weken"), ("search_position", 1), ("search_position", 10)],
)
def test_an_entry_takes_the_targets_of_the_method(kpi_id: str, target: str | int) -> None:
    assert kpi(kpi_id, targets=[{"from": date(2026, 1, 1), "target": target}]).targets


def test_g23_a_wish_is_refused_and_8_op_10_is_accepted() -> None:
    with pytest.raises(ValueError, match="no number with a unit"):
        kpi("csat", targets=[{"from": date(2026, 1, 1), "target": "klanttevredenheid verbeteren"}])
    assert kpi("csat", targets=[{"from": date(2026, 1, 1), "target": "8 op 10"}]).targets[0].quantities[0].value == 8
