"""How LinkedIn says no, and what follows from it.

    {"status": 401, "serviceErrorCode": 65601, "code": "REVOKED_ACCESS_TOKEN", "message": "…"}

Source: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import requests

from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import classify_status, decode_json, retry_after

_SHORTEST_THROTTLE_S = 60.0
"""LinkedIn names no time to wait; what limits a minute is over after one."""
_CONNECT = "connect LinkedIn again, and replace the token"
_REVOKED = {"REVOKED_ACCESS_TOKEN", 65601}
_VERSION = "LinkedIn ends each version after a year: set version to a newer one (YYYYMM), or update Kompas"


class TimedOutError(TransientError):
    """HTTP 504: LinkedIn took too long over the answer; less may go better."""


def classify(response: requests.Response, role: str) -> ConnectorError | None:
    """The class of an answer: by its status, and by LinkedIn's own code where a status has several causes.

    `role` is what the member has to be, and the token to have, for what is asked.
    """
    status = response.status_code
    if status < 400:
        return None
    problem = _problem(response)
    said = f"HTTP {status} {problem.get('code', '')}: {problem.get('message', '')}".strip(": ")[:500]
    if status == 401:
        return _unauthorised(problem, said)
    if status == 429:
        return QuotaError(said, retry_after=retry_after(response) or _pause_s(said))
    if status in (403, 404):
        return ConfigurationError(said, hint=role)
    if status == 426:
        return ConfigurationError(said, hint=_VERSION)
    return TimedOutError(said) if status == 504 else classify_status(response)


def _unauthorised(problem: Mapping[str, Any], said: str) -> ConnectorError:
    revoked = _REVOKED & {problem.get("code"), problem.get("serviceErrorCode")}
    return AuthorisationError(said, refreshable=not revoked, hint=_CONNECT)


def _pause_s(said: str) -> float:
    """Seconds until a limit counts anew: that of a day does at midnight UTC."""
    if "DAY limit" not in said:
        return _SHORTEST_THROTTLE_S
    now = datetime.now(UTC)
    midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
    return max(_SHORTEST_THROTTLE_S, (midnight - now).total_seconds())


def _problem(response: requests.Response) -> Mapping[str, Any]:
    """The error's JSON object; {} where the body is something else."""
    try:
        problem = decode_json(response.content)
    except BadDataError:
        return {}
    return problem if isinstance(problem, dict) else {}
