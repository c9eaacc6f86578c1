"""The tests of the verdict code notice mistakes: tried on the macros, and on a test that notices none."""

import pytest

from tests.kpi import mutations, verdict_sql
from tests.kpi.mutants import of_macros, score


def test_every_mistake_in_the_macros_is_noticed() -> None:
    found = of_macros()
    assert found.survivors == []
    assert found.killed > 100


def test_a_mistake_that_no_test_notices_is_told() -> None:
    found = score("planted", "select 1 < 2 and 3 = 3", lambda sql: True)
    assert any(survivor.startswith("operator: 1 < 2 -> ") for survivor in found.survivors)
    assert (found.killed, found.share) == (0, 0)


def test_sql_that_fails_its_own_tests_has_no_score() -> None:
    with pytest.raises(AssertionError, match="does not pass its own tests"):
        score("planted", "select 1", lambda sql: False)


@pytest.mark.parametrize("mistake", ["operator", "constant", "outcomes swapped", "else dropped", "abs dropped"])
def test_a_mistake_of_each_kind_is_made(mistake: str) -> None:
    made = mutations.mutants(verdict_sql.verdict_query())
    assert any(mutant.what.startswith(f"{mistake}: ") for mutant in made)


def test_no_two_mutants_are_the_same() -> None:
    found = [mutant.sql for mutant in mutations.mutants(verdict_sql.verdict_query())]
    assert len(set(found)) == len(found)
