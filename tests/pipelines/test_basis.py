"""What a KPI is counted by: a basis that kompas.yaml names, out of those that the KPI has."""

from typing import Any

import pytest

from pipelines import vocabulary
from pipelines.kpi import Kpi, catalogue, with_defaults

BASES = [(kpi_id, basis) for kpi_id, entry in catalogue().items() for basis in entry.get("bases", ())]


def counted(kpi_id: str, **told: Any) -> Kpi:
    return Kpi.model_validate(with_defaults({"id": kpi_id, "informational": True} | told))


def test_a_return_rate_counts_units_when_nothing_is_said() -> None:
    made = counted("return_rate")
    assert (made.basis, made.numerator, made.denominator) == ("units", "units_returned", "units_sold")


def test_a_return_rate_by_orders_says_so() -> None:
    made = counted("return_rate", basis="orders")
    assert (made.numerator, made.denominator, made.immature_days) == ("orders_returned", "orders", 30)
    assert made.name.en == "Return rate (orders)"
    assert made.definition.nl.startswith("Bestellingen waarvan iets terugkwam")


def test_what_kompas_yaml_says_goes_before_the_basis() -> None:
    assert counted("return_rate", basis="value", minimum_sample=5).minimum_sample == 5


def test_a_kpi_of_one_s_own_may_have_bases() -> None:
    own = catalogue()["aov"] | {"id": "own", "bases": {"net": {"numerator": "net_revenue"}}, "basis": "net"}
    assert (
        counted(**{"kpi_id": "own", **{key: value for key, value in own.items() if key != "id"}}).numerator
        == "net_revenue"
    )


@pytest.mark.parametrize(("kpi_id", "basis"), BASES)
def test_every_basis_has_measures_and_words_of_its_own(kpi_id: str, basis: str) -> None:
    made = counted(kpi_id, basis=basis)
    assert {made.numerator, made.denominator or made.numerator} <= vocabulary.measures()
    others = [counted(kpi_id, basis=other) for known, other in BASES if known == kpi_id and other != basis]
    assert made.name not in [other.name for other in others]
    assert made.definition not in [other.definition for other in others]


@pytest.mark.parametrize(
    ("kpi_id", "words"),
    [
        ("return_rate", "there is no basis lines: units, orders, value"),
        ("aov", "there is no basis lines: the KPI has none"),
    ],
)
def test_a_basis_that_a_kpi_has_not_is_refused_with_those_that_it_has(kpi_id: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        counted(kpi_id, basis="lines")
