"""What can go wrong while rows are pulled, classed by what happens next.

ConnectorError
├── TransientError       retry       a time-out, a 5xx, a broken connection: try again soon
├── QuotaError           defer       the platform asks us to wait: later tonight, or tomorrow
├── AuthorisationError   reauthorise the credential is wrong, expired or revoked
├── ConfigurationError   configure   the user has to change a setting or a permission
└── BadDataError         report      the answer is not what the platform documents: a bug of theirs or ours
"""

from __future__ import annotations

from typing import ClassVar


class ConnectorError(Exception):
    """A pull failed. `action` says what happens next, `hint` what a person can do about it."""

    action: ClassVar[str] = "report"
    advice: ClassVar[str] = ""
    """What can be done about it, where the raiser gave no hint of its own."""

    def __init__(
        self, message: str, *, platform: str = "", account: str = "", stream: str = "", hint: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.platform = platform
        self.account = account
        self.stream = stream
        self.hint = hint

    def at(self, *, platform: str, account: str = "", stream: str = "") -> ConnectorError:
        """Fill in where it happened, where the raiser did not know; returns itself to be raised again."""
        self.platform = self.platform or platform
        self.account = self.account or account
        self.stream = self.stream or stream
        return self

    def __str__(self) -> str:
        place = " ".join(part for part in (self.platform, self.account, self.stream) if part)
        text = f"{place}: {self.message}" if place else self.message
        hint = self.hint or self.advice
        return f"{text} ({hint})" if hint else text


class TransientError(ConnectorError):
    """Likely to succeed when tried again; `retry_after` seconds where the platform named them."""

    action = "retry"
    advice = "the next night tries again"

    def __init__(self, message: str, *, retry_after: float | None = None, **where: str) -> None:
        super().__init__(message, **where)
        self.retry_after = retry_after


class QuotaError(ConnectorError):
    """A rate limit or quota. `retry_after` is in seconds; a long one means another night's work."""

    action = "defer"
    advice = "the next night tries again"

    def __init__(self, message: str, *, retry_after: float | None = None, **where: str) -> None:
        super().__init__(message, **where)
        self.retry_after = retry_after


class AuthorisationError(ConnectorError):
    """The credential does not work. `refreshable`: a new access token may help, so one is fetched once."""

    action = "reauthorise"
    advice = "connect the account again"

    def __init__(self, message: str, *, refreshable: bool = False, **where: str) -> None:
        super().__init__(message, **where)
        self.refreshable = refreshable


class ConfigurationError(ConnectorError):
    """A setting, a permission or an account is wrong: only a person can mend it."""

    action = "configure"


class BadDataError(ConnectorError):
    """The answer breaks the platform's own contract: truncated, repeated, or of another shape."""

    action = "report"
    advice = "the next night tries again; if it stays so, please report it"
