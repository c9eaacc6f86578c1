"""Typeform's errors: a code and a description."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.faults import Answer


class TypeformError(Exception):
    """An answer other than success."""

    def __init__(self, status: int, code: str, description: str) -> None:
        super().__init__(description)
        self.status, self.code, self.description = status, code, description

    def answer(self, headers: Mapping[str, str] | None = None) -> Answer:
        """As the frame sends it."""
        return Answer(self.status, {"code": self.code, "description": self.description}, headers or {})
