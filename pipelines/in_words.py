"""What went wrong in a step, as a sentence on top of Dagster's page: what it is, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from connectors.errors import ConnectorError

_BUSY = "could not set lock"
_KNOWN = (ConnectorError, FileNotFoundError, LookupError, PermissionError)
"""Errors of ours and of the machine whose own words are enough."""


@contextmanager
def failures(step: str) -> Iterator[None]:
    """Errors of a step as dg.Failure. What is told in words already passes; Dagster's own interruptions do too."""
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:
        raise dg.Failure(description=sentence(step, error), allow_retries=False) from error


def sentence(step: str, error: Exception) -> str:
    """The first line that a person reads of an error."""
    text = " ".join(str(error).split())
    if isinstance(error, duckdb.IOException) and _BUSY in text.lower():
        return f"{step}: another program has Kompas' private build file open; close it there, and run again ({text})"
    if isinstance(error, OSError) and error.errno == 28:
        return f"{step}: the disk is full; make room, and run again ({text})"
    if isinstance(error, _KNOWN):
        return f"{step}: {text}"
    return f"{step}: unexpected {type(error).__name__}: {text} (this is a bug of Kompas, please report it)"
