"""Secrets are named and never shown; e-mail addresses are hashed with a key."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from connectors.errors import ConfigurationError
from connectors.secret import Secret, pseudonym


class Credentials(BaseModel):
    token: Secret


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "s3cret\n")
    assert Secret("env:SHOP_TOKEN").reveal() == "s3cret"


def test_a_secret_comes_from_a_file_beside_the_settings(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    assert Secret("file:token", tmp_path).reveal() == "s3cret"


def test_an_absolute_path_is_not_counted_from_the_settings(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret")
    assert Secret(f"file:{tmp_path / 'token'}", Path("elsewhere")).reveal() == "s3cret"


def test_a_secret_that_is_not_set_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_TOKEN", raising=False)
    with pytest.raises(ConfigurationError, match="env:SHOP_TOKEN is not set"):
        Secret("env:SHOP_TOKEN").reveal()


def test_an_empty_secret_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", " ")
    with pytest.raises(ConfigurationError, match="is not set"):
        Secret("env:SHOP_TOKEN").reveal()


def test_a_file_that_is_not_there_is_a_matter_of_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="file:token cannot be read: No such file"):
        Secret("file:token", tmp_path).reveal()


@pytest.mark.parametrize("reference", ["s3cret", "env:", "file:", "vault:x", ""])
def test_a_secret_in_the_settings_themselves_is_refused(reference: str) -> None:
    with pytest.raises(ValueError, match="env:NAME or file:PATH"):
        Secret(reference)


def test_a_secret_that_is_refused_is_not_shown() -> None:
    with pytest.raises(ValueError) as error:
        Secret("s3cret")
    assert "s3cret" not in str(error.value)


def test_printing_shows_the_reference_and_not_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_TOKEN", "s3cret")
    secret = Secret("env:SHOP_TOKEN")
    secret.reveal()
    assert (repr(secret), str(secret)) == ("Secret(env:SHOP_TOKEN)",) * 2


def test_secrets_of_one_reference_are_equal() -> None:
    assert {Secret("env:A"), Secret("env:A")} == {Secret("env:A")}


def test_settings_read_a_secret_with_their_folder(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret")
    made = Credentials.model_validate({"token": "file:token"}, context={"folder": tmp_path})
    assert made.token.reveal() == "s3cret"


def test_settings_refuse_a_plain_secret() -> None:
    with pytest.raises(ValidationError, match="env:NAME or file:PATH"):
        Credentials.model_validate({"token": "s3cret"})


def test_settings_write_the_reference() -> None:
    made = Credentials.model_validate({"token": "env:A"})
    assert json.loads(made.model_dump_json()) == {"token": "env:A"}


def test_the_json_schema_of_a_secret_is_its_pattern() -> None:
    pattern = Credentials.model_json_schema()["properties"]["token"]["pattern"]
    assert re.match(pattern, "env:SHOP_TOKEN") and not re.match(pattern, "s3cret")


def test_a_pseudonym_is_the_keyed_hash_of_the_address() -> None:
    assert pseudonym("jan@x.nl", "key") == hmac.new(b"key", b"jan@x.nl", hashlib.sha256).hexdigest()


def test_one_address_has_one_pseudonym_however_it_is_written() -> None:
    assert pseudonym(" Jan@X.nl ", "key") == pseudonym("jan@x.nl", "key")


def test_another_key_gives_another_pseudonym() -> None:
    assert pseudonym("jan@x.nl", "key") != pseudonym("jan@x.nl", "another")


@pytest.mark.parametrize("email", [None, "", " "])
def test_no_address_has_no_pseudonym(email: str | None) -> None:
    assert pseudonym(email, "key") is None


@settings(deadline=None)
@given(st.emails(), st.text(min_size=1))
def test_a_pseudonym_never_holds_its_address(email: str, key: str) -> None:
    made = pseudonym(email, key)
    assert made is not None
    assert re.fullmatch("[0-9a-f]{64}", made)


@settings(deadline=None)
@given(st.emails(), st.emails())
def test_different_addresses_have_different_pseudonyms(one: str, other: str) -> None:
    assert (pseudonym(one, "key") == pseudonym(other, "key")) == (one.lower() == other.lower())
