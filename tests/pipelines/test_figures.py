"""Figures as a language writes them."""

from datetime import date

import pytest

from pipelines import figures
from tests.spaces import plain


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [
        (0.0269, "ratio", "nl", "2,69%"),
        (0.0269, "ratio", "en", "2.69%"),
        (1234567.891, "EUR", "nl", "€ 1.234.567,89"),
        (1234567.891, "EUR", "en", "€1,234,567.89"),
        (10377.0, "count", "nl", "10.377"),
        (3.5, "number", "nl", "3,50"),
        (-12.5, "EUR", "nl", "€ -12,50"),
        (0.0, "count", "nl", "0"),
        (None, "EUR", "nl", "–"),
    ],
)
def test_a_figure_has_its_unit_in_the_marks_of_the_language(
    value: float | None, unit: str, language: str, text: str
) -> None:
    assert plain(figures.figure(value, unit, language)) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (-0.0011, "ratio", "−0,11 %-punt"),
        (4.966, "EUR", "+€ 4,97"),
        (-1234.0, "count", "−1.234"),
        (0.0, "EUR", "€ 0,00"),
        (-0.001, "EUR", "€ 0,00"),
        (None, "EUR", "–"),
    ],
)
def test_a_difference_has_its_sign_and_unit(value: float | None, unit: str, text: str) -> None:
    assert plain(figures.change(value, unit, "nl")) == text


def test_a_small_difference_may_have_more_decimals() -> None:
    assert plain(figures.change(0.00012345, "ratio", "en", digits=4)) == "+0.0123 % points"


def test_a_change_is_a_share_with_its_sign() -> None:
    assert [figures.share(value, "nl") for value in (0.1234, -0.5, None)] == ["+12,3%", "−50,0%", "–"]


@pytest.mark.parametrize(
    ("value", "unit", "language", "text"),
    [(20000, "EUR", "en", "€20K"), (0.035, "ratio", "nl", "3,5%"), (12000, "count", "nl", "12K")],
)
def test_the_figure_of_an_axis_is_short(value: float, unit: str, language: str, text: str) -> None:
    assert plain(figures.short(value, unit, language)) == text


def test_a_day_is_in_words() -> None:
    assert figures.day(date(2026, 11, 27), "nl") == "27 november 2026"


def test_what_belongs_together_does_not_break() -> None:
    assert "\u00a0" in figures.figure(1.0, "EUR", "nl")
