"""What GA4's errors mean, by what happens next.

Sources: https://developers.google.com/analytics/devguides/reporting/data/v1/quotas and the texts of the API's own
messages; a text that is not known here is classed by its status alone.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import grpc

from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)

_PACIFIC = ZoneInfo("America/Los_Angeles")
_CONCURRENT_S = 30.0
_HOUR_S = 3600.0
_ERRORS_LEFT_ALONE = 6
"""GA4 blocks a project for an hour after ten server errors on a property; others may cause some of the ten."""


class ServerError(TransientError):
    """A failure that GA4 counts among the few that it allows a project on a property."""


def to_next_hour(now: datetime) -> float:
    """Seconds until the hourly tokens return."""
    return _HOUR_S - (now.minute * 60 + now.second + now.microsecond / 1e6)


def to_pacific_midnight(now: datetime) -> float:
    """Seconds until the daily tokens return; a day of the clock change has 23 or 25 hours."""
    tomorrow = now.astimezone(_PACIFIC).date() + timedelta(days=1)
    midnight = datetime.combine(tomorrow, datetime.min.time(), _PACIFIC)
    return (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()


_WAITS: tuple[tuple[str, Callable[[datetime], float]], ...] = (
    ("concurrent requests", lambda _now: _CONCURRENT_S),
    ("thresholded requests", lambda _now: _HOUR_S),
    ("per day", to_pacific_midnight),
    ("per hour", to_next_hour),
)
"""How long an exhausted quota lasts, by the words in its message; the first that fits."""
_OFFLINE = ("failed to connect", "dns resolution", "name resolution", "connections to all backends failing")


@dataclass(frozen=True)
class _Failure:
    """A failed call: GA4's words, its machine-readable details, who asked and when."""

    message: str
    details: bytes
    who: str
    now: datetime


def classify(error: Any, who: str, now: datetime | None = None) -> ConnectorError:
    """The class of a grpc.RpcError. `who` is the account that the credential stands for, as a person knows it."""
    status, text = error.code(), error.details() or ""
    if any(words in text.lower() for words in _OFFLINE):
        return TransientError(f"{status.name}: {text[:400]}", hint="is the network up, and base_url right?")
    failure = _Failure(f"{status.name}: {text[:400]}", _details(error), who, now or datetime.now(UTC))
    return _CLASSES.get(status, lambda failure: BadDataError(failure.message))(failure)


def _details(error: Any) -> bytes:
    values = (value for _, value in error.trailing_metadata() or ())
    return b" ".join(value if isinstance(value, bytes) else value.encode() for value in values)


def _server(failure: _Failure) -> ConnectorError:
    return ServerError(failure.message)


def _transient(failure: _Failure) -> ConnectorError:
    return TransientError(failure.message)


def _exhausted(failure: _Failure) -> ConnectorError:
    if "larger than max" in failure.message:  # gRPC's own limit, which has the same status
        return BadDataError(failure.message, hint="no page of a report should be as large")
    wait = next((wait(failure.now) for words, wait in _WAITS if words in failure.message.lower()), None)
    return QuotaError(failure.message, retry_after=wait)


def _unauthenticated(failure: _Failure) -> ConnectorError:
    return AuthorisationError(
        failure.message, refreshable=True, hint="the credential is wrong, expired or revoked: connect the account again"
    )


def _denied(failure: _Failure) -> ConnectorError:
    if b"SERVICE_DISABLED" in failure.details or "it is disabled" in failure.message:
        return ConfigurationError(
            failure.message, hint="enable the Google Analytics Data API in the credential's Google Cloud project"
        )
    return AuthorisationError(
        failure.message,
        hint=f"is the property id right? If so, add {failure.who} as a Viewer in Admin > Property access management",
    )


def _configuration(hint: str) -> Callable[[_Failure], ConnectorError]:
    return lambda failure: ConfigurationError(failure.message, hint=hint)


_CLASSES: dict[grpc.StatusCode, Callable[[_Failure], ConnectorError]] = {
    grpc.StatusCode.UNAVAILABLE: _server,
    grpc.StatusCode.INTERNAL: _server,
    grpc.StatusCode.UNKNOWN: _server,
    grpc.StatusCode.DEADLINE_EXCEEDED: _transient,
    grpc.StatusCode.ABORTED: _transient,
    grpc.StatusCode.CANCELLED: _transient,
    grpc.StatusCode.RESOURCE_EXHAUSTED: _exhausted,
    grpc.StatusCode.UNAUTHENTICATED: _unauthenticated,
    grpc.StatusCode.PERMISSION_DENIED: _denied,
    grpc.StatusCode.INVALID_ARGUMENT: _configuration("a field is unknown to GA4, or does not go with the others"),
    grpc.StatusCode.FAILED_PRECONDITION: _configuration("the property cannot answer this report"),
    grpc.StatusCode.NOT_FOUND: _configuration("is the property id right? GA4 shows it in Admin > Property details"),
    grpc.StatusCode.UNIMPLEMENTED: _configuration("base_url answers, but is no GA4 Data API"),
}


class ErrorQuota:
    """Server errors of one property within the hour: stops well before GA4 blocks the project for them."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()
        self._lock = threading.Lock()

    def counted(self, error: ServerError, now_s: float) -> ConnectorError:
        """The error to raise: the one that came, or the wish to be left alone for an hour."""
        with self._lock:
            self._times.append(now_s)
            while self._times[0] <= now_s - _HOUR_S:
                self._times.popleft()
            errors = len(self._times)
        if errors < _ERRORS_LEFT_ALONE:
            return error
        return QuotaError(
            f"{errors} server errors within the hour, the last: {error.message}",
            retry_after=_HOUR_S,
            hint="GA4 blocks a project for an hour after ten, so the property is left alone until then",
        )
