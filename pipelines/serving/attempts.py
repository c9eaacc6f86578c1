"""Serving at night: a server that restarts, or a table that somebody locks for a moment, is waited for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from connectors.errors import TransientError
from pipelines.serving.postgres import Served, serve
from pipelines.serving.settings import PostgresSettings

_TIMES, _FIRST_S, _MOST_S = 4, 5.0, 60.0


def served(file: Path, settings: PostgresSettings, tell: Callable[[str], None], first_s: float = _FIRST_S) -> Served:
    """Serve the file, in up to four attempts within some two minutes. Raises ConnectorError."""
    attempts = Retrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop_after_attempt(_TIMES),
        wait=wait_random_exponential(first_s, _MOST_S),
        before_sleep=lambda state: tell(f"{_problem(state)}; trying again"),
        reraise=True,
    )
    return attempts(serve, file, settings)


def _problem(state: RetryCallState) -> str:
    return str(state.outcome.exception()) if state.outcome else ""
