"""A refresh token that changes at every use is kept safely, or not spent at all."""

from __future__ import annotations

import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors.errors import AuthorisationError, ConfigurationError
from connectors.oauth import Token
from connectors.rotating import Granted, RotatingToken
from connectors.secret import Secret


class Platform:
    """Accepts the newest refresh token only, as a platform that rotates them does."""

    def __init__(self) -> None:
        self.number = 0

    def exchange(self, refresh_token: str) -> Granted:
        if refresh_token != f"refresh-{self.number}":
            raise AuthorisationError("no access token: invalid_grant")
        self.number += 1
        return Granted(Token.of(f"access-{self.number}", 3600), f"refresh-{self.number}")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "platform.token"
    path.write_text("refresh-0\n")
    return path


def rotating(file: Path, exchange: Callable[[str], Granted]) -> RotatingToken:
    return RotatingToken(Secret(f"file:{file}"), exchange)


def test_the_new_refresh_token_takes_the_place_of_the_old(file: Path) -> None:
    assert rotating(file, Platform().exchange).fetch().value == "access-1"
    assert file.read_text() == "refresh-1"


def test_each_fetch_uses_the_newest_token_whoever_stored_it(file: Path) -> None:
    platform = Platform()
    one, other = rotating(file, platform.exchange), rotating(file, platform.exchange)
    assert [token.fetch().value for token in (one, other, one)] == ["access-1", "access-2", "access-3"]


def test_those_who_fetch_at_the_same_time_take_turns(file: Path) -> None:
    platform = Platform()
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: rotating(file, platform.exchange).fetch().value, range(16)))
    assert len(set(found)) == 16
    assert file.read_text() == "refresh-16"


def test_only_its_owner_may_read_it(file: Path) -> None:
    rotating(file, Platform().exchange).fetch()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_platform_that_keeps_the_token_leaves_the_file_alone(file: Path) -> None:
    rotating(file, lambda _: Granted(Token.of("access", 60), None)).fetch()
    assert file.read_text() == "refresh-0\n"


def test_a_refusal_leaves_the_file_alone_and_nothing_beside_it(file: Path) -> None:
    def refuse(_: str) -> Granted:
        raise AuthorisationError("no access token: invalid_grant")

    with pytest.raises(AuthorisationError):
        rotating(file, refuse).fetch()
    assert file.read_text() == "refresh-0\n"
    assert {path.name for path in file.parent.iterdir()} <= {file.name, f"{file.name}.lock"}


def test_a_token_in_the_environment_is_not_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "refresh-0")
    platform = Platform()
    with pytest.raises(ConfigurationError, match="keep it in a file"):
        RotatingToken(Secret("env:TOKEN"), platform.exchange).fetch()
    assert platform.number == 0


def test_a_folder_that_cannot_be_written_is_told_before_the_token_is_spent(tmp_path: Path) -> None:
    platform = Platform()
    (tmp_path / "nowhere").write_text("no folder, which not even root can write in")
    with pytest.raises(ConfigurationError, match="let the user that Kompas runs as write"):
        rotating(tmp_path / "nowhere" / "platform.token", platform.exchange).fetch()
    assert platform.number == 0


def test_the_token_is_not_shown() -> None:
    assert "refresh-9" not in repr(Granted(Token.of("access", 60), "refresh-9"))
