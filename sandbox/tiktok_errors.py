"""TikTok's answers: HTTP 200 with `code` and `message`, whether all is well or not."""

from __future__ import annotations

import secrets
from typing import Any

NO_PERMISSION = "No permission to operate advertiser {}. Please check whether the advertiser has authorized the app."


class TikTokError(Exception):
    """An answer whose code is not 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message

    def body(self) -> dict[str, Any]:
        """The JSON body."""
        return answer(self.code, self.message, {})


def answer(code: int, message: str, data: dict[str, Any]) -> dict[str, Any]:
    """A body."""
    return {"code": code, "message": message, "request_id": secrets.token_hex(16), "data": data}


def bad_param(message: str) -> TikTokError:
    """Code 40002: the caller's mistake."""
    return TikTokError(40002, message)
