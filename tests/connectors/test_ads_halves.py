"""Windows that are too much at once are asked for in halves, and no day is lost or asked for twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from connectors.ads_halves import TooMuchDataError, in_halves, started
from connectors.stream import Window

START = date(2026, 9, 1)


def window(days: int) -> Window:
    return Window(START, START + timedelta(days=days - 1))


def at_most(days: int) -> list[Window]:
    """What is answered of 31 days by a platform that takes so many at a time."""

    def ask(part: Window) -> Window:
        if len(part.days) > days:
            raise TooMuchDataError("too much")
        return part

    return list(in_halves(window(31), ask))


def test_what_is_not_too_much_is_asked_for_once() -> None:
    assert at_most(31) == [window(31)]


@pytest.mark.parametrize("days", [30, 7, 1])
def test_halves_are_the_whole(days: int) -> None:
    assert [day for part in at_most(days) for day in part.days] == window(31).days


def test_what_the_first_part_raises_is_raised_at_once() -> None:
    def parts() -> Iterator[int]:
        raise TooMuchDataError("too much")
        yield 1

    with pytest.raises(TooMuchDataError):
        started(parts())


@pytest.mark.parametrize("parts", [[], [1], [1, 2, 3]])
def test_parts_that_were_started_are_all_there(parts: list[int]) -> None:
    assert list(started(iter(parts))) == parts


def test_the_shortest_window_is_not_halved() -> None:
    with pytest.raises(TooMuchDataError):
        at_most(0)
