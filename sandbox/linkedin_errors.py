"""LinkedIn's errors: `{"status", "serviceErrorCode", "code", "message"}`.

UNCONFIRMED: the words of 400 and 426.
"""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse


class LinkedInError(Exception):
    """An answer other than success. number: LinkedIn's serviceErrorCode, where it sends one."""

    def __init__(self, status: int, code: str, message: str, number: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.status, self.code, self.message, self.number = status, code, message, number

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        number = {} if self.number is None else {"serviceErrorCode": self.number}
        return {"status": self.status, **number, "code": self.code, "message": self.message}

    def response(self) -> JSONResponse:
        """As a route returns it."""
        return JSONResponse(self.body(), self.status)


def bad_query(message: str, code: str = "ILLEGAL_ARGUMENT") -> LinkedInError:
    """HTTP 400: the caller's mistake."""
    return LinkedInError(400, code, message)


def no_access(method: str, resource: str) -> LinkedInError:
    """HTTP 403: a scope or a role is missing."""
    return LinkedInError(403, "ACCESS_DENIED", f"Not enough permissions to access: {resource}.{method}.202608", 100)
