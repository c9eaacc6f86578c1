"""A value that several threads need, and that one of them fetches."""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from connectors.errors import ConnectorError

T = TypeVar("T")


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
