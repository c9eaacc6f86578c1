"""Pages end when the platform says so, and never turn in circles."""

from __future__ import annotations

import pytest

from connectors.errors import BadDataError
from connectors.pages import by_cursor, by_offset

CHAIN: dict[str | None, tuple[str, str | None]] = {None: ("a", "1"), "1": ("b", "2"), "2": ("c", None)}


def test_cursors_are_followed_to_the_end() -> None:
    assert [page[0] for page in by_cursor(CHAIN.__getitem__, lambda page: page[1])] == ["a", "b", "c"]


def test_an_empty_cursor_is_an_end() -> None:
    assert list(by_cursor(lambda _: "only", lambda _: "")) == ["only"]


def test_a_cursor_that_comes_again_is_refused() -> None:
    with pytest.raises(BadDataError, match="turns in circles"):
        list(by_cursor(lambda _: "page", lambda _: "1"))


def rows(count: int, size: int) -> list[list[int]]:
    return list(by_offset(lambda offset: list(range(offset, min(count, offset + size))), lambda page: page, size))


@pytest.mark.parametrize(("count", "pages"), [(0, 0), (1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_offsets_are_counted_until_a_short_page(count: int, pages: int) -> None:
    found = rows(count, 3)
    assert [row for page in found for row in page] == list(range(count))
    assert len(found) == pages


def test_a_page_that_repeats_its_rows_is_refused() -> None:
    with pytest.raises(BadDataError, match="turns in circles"):
        list(by_offset(lambda _: [1, 2], lambda page: page, 2))
