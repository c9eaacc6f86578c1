"""What threads share by key is made once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.shared import PerKey


def test_each_key_has_a_value_of_its_own_made_once() -> None:
    kept, made = PerKey[str, list[str]](), list[str]()

    def make(key: str) -> list[str]:
        made.append(key)
        return [key]

    found = [kept.get(key, lambda key=key: make(key)) for key in ("a", "b", "a")]
    assert found == [["a"], ["b"], ["a"]]
    assert found[0] is found[2]
    assert made == ["a", "b"]


def test_threads_that_ask_at_once_get_the_same() -> None:
    kept, together = PerKey[str, object](), threading.Barrier(8)

    def ask(_: int) -> object:
        together.wait()
        return kept.get("a", object)

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(ask, range(8)))) == 1


def test_one_that_could_not_be_made_is_made_the_next_time() -> None:
    kept = PerKey[str, int]()

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        kept.get("a", fail)
    assert kept.get("a", lambda: 1) == 1
