"""How the Graph API says no: `{"error": {message, type, code, error_subcode, is_transient, fbtrace_id}}`."""

from __future__ import annotations

import secrets
from typing import Any

THROTTLED = (
    "(#80000) There have been too many calls from this ad-account. Wait a bit and try again. For more info, please "
    "refer to https://developers.facebook.com/docs/graph-api/overview/rate-limiting#insights."
)
TOO_MUCH_DATA = "Please reduce the amount of data you're asking for, then retry your request"
BEYOND_HISTORY = "(#3018) The start date of the time range cannot be beyond 37 months from the current date"
RETIRED = "(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v26.0."


class MetaError(Exception):
    """A refused request: code, message, and what of the rest differs from the usual."""

    def __init__(
        self, code: int, message: str, subcode: int = 0, http_code: int = 400, transient: bool = False
    ) -> None:
        super().__init__(message)
        self.code, self.message, self.subcode = code, message, subcode
        self.http_code, self.transient = http_code, transient

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        error: dict[str, Any] = {"message": self.message, "type": "OAuthException", "code": self.code}
        if self.subcode:
            error["error_subcode"] = self.subcode
        if self.transient:
            error["is_transient"] = True
        return {"error": error | {"fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}


def bad_param(message: str) -> MetaError:
    """Code 100: the caller's mistake."""
    return MetaError(100, f"(#100) {message}")


def no_such_object(node: str, method: str) -> MetaError:
    """Code 100/33: unknown, or hidden from this token."""
    return MetaError(
        100,
        f"Unsupported {method.lower()} request. Object with ID '{node}' does not exist, cannot be loaded due to "
        "missing permissions, or does not support this operation. Please read the Graph API documentation at "
        "https://developers.facebook.com/docs/graph-api",
        subcode=33,
    )
