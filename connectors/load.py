"""What one pull of one account and window notes beside its rows: requests, quality flags, rejected rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

from connectors.errors import BadDataError

SAMPLED = "sampled"
THRESHOLDED = "thresholded"
OTHER_ROW = "other_row"
RESTRICTED = "restricted"
"""The platform withheld a metric for lack of permission and answered 0 or nothing."""
PROVISIONAL = "provisional"
"""The day was not over where the account is, or is one of those that the platform still works on."""


@dataclass(frozen=True)
class Rejected:
    """A row that does not fit the schema, as text for a person, with its reason. It goes to the quarantine."""

    reason: str
    row: str


@dataclass
class Load:
    """The notes of one pull. Safe to use from several threads."""

    requests: int = 0
    flags: set[str] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def request(self) -> None:
        """Count one request to the platform."""
        with self._lock:
            self.requests += 1

    def flag(self, *names: str) -> None:
        """Say that the figures of this window are less than they seem."""
        with self._lock:
            self.flags.update(names)

    def note(self, **values: Any) -> None:
        """Keep a fact about the load: property quota left, time zone, unknown fields."""
        with self._lock:
            self.notes.update(values)

    def unknown(self, *names: str) -> None:
        """Keep the names of fields that the platform sent and nobody asked for, as the note `unknown_fields`."""
        if names:
            with self._lock:
                self.notes["unknown_fields"] = sorted({*self.notes.get("unknown_fields", []), *names})

    def reject(self, reason: str, row: str) -> None:
        """Put a row aside. Fetched = loaded + rejected must hold."""
        with self._lock:
            self.rejected.append(Rejected(reason, row))


class Pages:
    """Notices pagination that turns in circles.

    >>> pages = Pages()
    >>> pages.next("cursor-1")
    >>> pages.next("cursor-1")
    Traceback (most recent call last):
    connectors.errors.BadDataError: page 2 repeats an earlier page: the platform's pagination turns in circles
    """

    def __init__(self) -> None:
        self._seen: set[object] = set()

    def next(self, token: object) -> None:
        """Take note of a page's cursor, or of its content's digest; one that was there before is refused."""
        if token in self._seen:
            page = len(self._seen) + 1
            raise BadDataError(f"page {page} repeats an earlier page: the platform's pagination turns in circles")
        self._seen.add(token)
