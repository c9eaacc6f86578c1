"""Refresh tokens that a platform replaces at every use: only the newest works, and each use ends the pair before it."""

from __future__ import annotations

import threading


class RotatingGrants:
    """Numbers its tokens, so that it can be started again beside a file that holds a later one."""

    def __init__(self, refresh_token: str, access_token: str) -> None:
        self._refresh, self._access = refresh_token, access_token
        self._lock = threading.Lock()
        self._last = 1

    def valid(self, access_token: str) -> bool:
        """Whether an access token is the newest one."""
        return access_token == f"{self._access}.{self._last}"

    def use(self, refresh_token: str) -> dict[str, str] | None:
        """The next access_token and refresh_token; None for a refresh token that is spent or unknown."""
        name, _, number = refresh_token.rpartition(".")
        with self._lock:
            if name != self._refresh or not number.isdigit() or int(number) < self._last:
                return None
            self._last = int(number) + 1
            return {
                "access_token": f"{self._access}.{self._last}",
                "refresh_token": f"{self._refresh}.{self._last}",
            }
