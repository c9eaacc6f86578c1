"""Windows that are too much for a platform at once are asked for in halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import TypeVar

from connectors.errors import BadDataError
from connectors.stream import Window

T = TypeVar("T")


class TooMuchDataError(BadDataError):
    """The platform cannot answer for so many days at once, or took too long over them."""


def in_halves(window: Window, ask: Callable[[Window], T], shortest_days: int = 1) -> Iterator[T]:
    """What `ask` answers for the window, or for its halves where it raises TooMuchDataError.

    A window of `shortest_days` or fewer is not halved: its error is raised.
    """
    try:
        answer = ask(window)
    except TooMuchDataError:
        if len(window.days) <= shortest_days:
            raise
    else:
        yield answer
        return
    for half in window.slices((len(window.days) + 1) // 2):
        yield from in_halves(half, ask, shortest_days)


def started(parts: Iterator[T]) -> Iterator[T]:
    """The same parts, the first of which has come: what asking for it raises is raised here, and not later."""
    first = next(parts, None)
    return parts if first is None else chain([first], parts)
