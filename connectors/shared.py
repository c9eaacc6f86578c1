"""Values that several threads need, and that one of them fetches or makes."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from connectors.errors import ConnectorError

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)


class Shared(Generic[T]):
    """Fetched when first asked for, and again once it is no longer `good`.

    Those who waited while an attempt failed share its error: else each of them would try in turn, and a platform that
    is down would hold up the night for minutes.
    """

    def __init__(self, fetch: Callable[[], T], good: Callable[[T], bool] = lambda _: True) -> None:
        self._fetch, self._good = fetch, good
        self._value: T | None = None
        self._failure: tuple[float, ConnectorError] | None = None
        self._lock = threading.Lock()

    def get(self) -> T:
        """The value. Raises what fetching it raises."""
        asked_at = time.monotonic()
        with self._lock:
            if self._failure and self._failure[0] >= asked_at:
                raise copy.copy(self._failure[1])
            if self._value is None or not self._good(self._value):
                self._value = self._fetched()
            return self._value

    def _fetched(self) -> T:
        try:
            return self._fetch()
        except ConnectorError as error:
            self._failure = time.monotonic(), error
            raise

    def forget(self) -> None:
        """Fetch it anew the next time."""
        with self._lock:
            self._value = None


class PerKey(Generic[K, T]):
    """One value for each key, made when first asked for: an account's API, whose limits all threads share."""

    def __init__(self) -> None:
        self._made: dict[K, T] = {}
        self._lock = threading.Lock()

    def get(self, key: K, make: Callable[[], T]) -> T:
        """The key's value. Raises what making it raises, and makes it anew the next time."""
        with self._lock:
            if key not in self._made:
                self._made[key] = make()
            return self._made[key]
