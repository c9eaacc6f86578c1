"""The token endpoint's way of saying no (RFC 6749, section 5.2)."""

from __future__ import annotations


class OAuthError(Exception):
    """`{"error": code, "error_description": description}` with an HTTP status."""

    def __init__(self, code: str, description: str, status: int = 400) -> None:
        super().__init__(f"{code}: {description}")
        self.status = status
        self.body = {"error": code, "error_description": description}
