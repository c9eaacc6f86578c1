"""Refresh tokens that a platform replaces at every use: the new one is kept, or access ends (RFC 6749 §6, RFC 9700).

token = RotatingToken(settings.refresh_token, exchange)
auth = TokenAuth(token.fetch)
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from connectors.errors import ConfigurationError, TransientError
from connectors.oauth import Token, ask, token_of
from connectors.secret import Secret

_WAIT_S = 60.0
"""Longer than another process needs to fetch a token."""


@dataclass(frozen=True)
class Granted:
    """What a refresh grant gave: an access token, and the next refresh token where the platform sent one."""

    token: Token
    refresh_token: str | None = field(repr=False)


def refresh_grant(
    platform: str, token_url: str, *, data: dict[str, str] | None = None, json: dict[str, Any] | None = None
) -> Granted:
    """What a refresh grant gives, asked for by a form (`data`) or a JSON body. Raises AuthorisationError if refused."""
    answer = ask(platform, token_url, data=data, json=json)
    return Granted(token_of(answer), answer.get("refresh_token"))


class RotatingToken:
    """A refresh token in the `file:` of a secret, which is replaced whole, readable by its owner alone.

    Processes take turns, and each reads the file anew: two that use the same refresh token would lock each other out.
    """

    def __init__(self, secret: Secret, exchange: Callable[[str], Granted]) -> None:
        self._secret, self._exchange = secret, exchange

    def fetch(self) -> Token:
        """A new access token; the refresh token that came with it is stored before this returns.

        Raises ConfigurationError when the file cannot be written: known before the old token is spent.
        """
        path = self._secret.path
        with _turn(path), _replacement(path) as new:
            granted = self._exchange(self._secret.reveal())
            if granted.refresh_token:
                new.write(granted.refresh_token)
        return granted.token


@contextmanager
def _turn(path: Path) -> Iterator[None]:
    try:
        with FileLock(f"{path}.lock", timeout=_WAIT_S):
            yield
    except Timeout:
        raise TransientError(f"another process has been renewing {path.name} for {_WAIT_S:.0f} s") from None
    except OSError as error:
        raise _unwritable(path, error) from error


@contextmanager
def _replacement(path: Path) -> Iterator[IO[str]]:
    """A file beside `path` that takes its place when something was written into it."""
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(number)
            written = file.tell() > 0
        if written:
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _unwritable(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"the next refresh token cannot be written beside {path.name}: {error.strerror}",
        hint="let the user that Kompas runs as write in its folder",
    )
