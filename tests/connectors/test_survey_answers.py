"""What survey platforms share: the local day of an answer, and the scale of a score."""

from __future__ import annotations

from datetime import date

import pytest

from connectors.errors import BadDataError
from connectors.records import objects, of_window
from connectors.stream import Window
from connectors.survey_answers import NPS, Scale, whole

WINDOW = Window(date(2026, 11, 19), date(2026, 11, 20))


def test_a_scale_is_called_by_its_ends() -> None:
    assert str(Scale(1, 7)) == "1-7"
    assert str(NPS) == "nps"


@pytest.mark.parametrize("given", [1, 7, None])
def test_a_score_on_the_scale_is_taken_as_it_is(given: int | None) -> None:
    assert Scale(1, 7).score(given) == given


@pytest.mark.parametrize("given", [0, 8, "many"])
def test_a_score_off_the_scale_says_so(given: object) -> None:
    assert Scale(1, 7).score(given) == f"{given}, off the scale 1-7"


def test_answers_are_those_of_the_local_days() -> None:
    times = ["2026-11-18T22:59:59Z", "2026-11-18T23:00:00Z", "2026-11-20T22:59:59Z", "2026-11-20T23:00:00Z"]
    kept, days = of_window([{"n": n} for n in range(4)], times, WINDOW, "Europe/Amsterdam")
    assert [record["n"] for record in kept] == [1, 2]
    assert days == [WINDOW.start, WINDOW.end]


def test_a_time_that_is_none_is_kept_to_be_rejected() -> None:
    assert of_window([{}], ["yesterday"], WINDOW, "Europe/Amsterdam") == ([{}], ["yesterday"])


def test_a_list_of_objects_is_taken_and_null_is_an_empty_one() -> None:
    assert objects([{"id": 1}], "items") == [{"id": 1}]
    assert objects(None, "items") == []


@pytest.mark.parametrize("told", ["text", [1], [None], {"id": 1}])
def test_anything_but_a_list_of_objects_is_bad_data(told: object) -> None:
    with pytest.raises(BadDataError, match="another shape than documented at items"):
        objects(told, "items")


def test_a_number_that_is_absent_is_none_at_all() -> None:
    assert whole({"total": 3}, "total") == 3
    assert whole({}, "total") == 0


def test_a_number_that_is_a_word_is_bad_data() -> None:
    with pytest.raises(BadDataError, match="total is no whole number: 'many'"):
        whole({"total": "many"}, "total")
