"""The drawings."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.page.charts import Drawing, extent, nice, svg
from pipelines.page.trend import Point


def point(actual: float | None, low: float | None = None, **more: object) -> Point:
    told: dict[str, object] = {
        "tick": "nov",
        "name": "november",
        "actual": actual,
        "target": low,
        "low": low,
        "high": None,
        "is_open": False,
        "is_whole": True,
        "forecast": None,
        "interval": None,
        "verdict": "on_target",
    }
    return Point(**(told | more))  # type: ignore[arg-type]


def drawn(*points: Point, is_sum: bool = False) -> str:
    return svg(Drawing(points, "EUR", is_sum, "nl", "chart-1", "Omzet & meer", "van <b>1</b> naar 2"))


def test_it_has_a_title_and_a_description_that_are_text() -> None:
    root = ElementTree.fromstring(drawn(point(1.0), point(2.0)))
    (title, told) = (root[0], root[1])
    assert (title.text, told.text) == ("Omzet & meer", "van <b>1</b> naar 2")
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {told.attrib['id']}"


def test_its_colours_are_those_of_the_page() -> None:
    text = drawn(point(1.0, 2.0), point(3.0, 2.0), is_sum=True)
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', text)) <= {
        "none",
        *(f"var(--{name})" for name in ("ink", "line", "card", "accent", "bar", "good-zone")),
    }


def test_a_target_that_changed_has_a_riser() -> None:
    level, changed = (drawn(point(5.0, 4.0), point(5.0, bound)) for bound in (4.0, 6.0))
    assert changed.count("<line") == level.count("<line") + 2 * 2  # a level and a riser, each with its halo


def test_its_letters_are_letters() -> None:
    assert "€\u00a02" in drawn(point(1.0), point(2.0), is_sum=True)


@pytest.mark.parametrize("is_sum", [True, False])
def test_one_figure_that_is_zero_can_be_drawn(is_sum: bool) -> None:
    assert drawn(point(0.0), is_sum=is_sum).startswith("<svg")


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_are_within_the_range_and_few(low: float, size: float) -> None:
    ticks = nice(low, low + size)
    assert 1 <= len(ticks) <= 6
    assert all(low - 1e-6 * size <= tick <= low + size * 1.000001 for tick in ticks)


def test_sums_begin_at_zero_and_ratios_do_not() -> None:
    points = [point(100.0), point(110.0)]
    assert extent(points, from_zero=True)[0] == 0
    assert extent(points, from_zero=False)[0] > 90
