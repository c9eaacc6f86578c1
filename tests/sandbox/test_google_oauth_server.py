"""Google's token endpoint: grants, lives and refusals."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt

from sandbox.google_tokens import ADWORDS, ANALYTICS, Tokens, TokenState, tokens_of
from sandbox.server import Sandbox
from tests.sandbox.small_world import SmallWorld

ACCOUNT = "kompas@sandbox.iam.gserviceaccount.com"
REFRESH = {
    "grant_type": "refresh_token",
    "client_id": "sandbox-client",
    "client_secret": "sandbox-secret",
    "refresh_token": "sandbox-refresh",
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def tokens(sandbox: Sandbox) -> Tokens:
    return tokens_of(sandbox.world)


def ask(sandbox: Sandbox, **form: str) -> requests.Response:
    return requests.post(f"{sandbox.url('google_oauth')}/token", data=form, timeout=10)


def unsigned(claims: dict[str, Any], alg: str = "RS256") -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": alg, "typ": "JWT"}, claims)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    usual = {"iss": ACCOUNT, "scope": ANALYTICS, "aud": "https://oauth2.googleapis.com/token"}
    return {
        name: value for name, value in (usual | {"iat": now, "exp": now + 3600} | changes).items() if value is not None
    }


def assertion(sandbox: Sandbox, text: str) -> requests.Response:
    return ask(sandbox, grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=text)


def test_a_refresh_token_gives_an_access_token_for_both_products(sandbox: Sandbox, tokens: Tokens) -> None:
    body = ask(sandbox, **REFRESH).json()
    bearer = f"Bearer {body['access_token']}"
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3599)
    assert {tokens.state(bearer, ANALYTICS), tokens.state(bearer, ADWORDS)} == {TokenState.VALID}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "gone"}, 400, "invalid_grant"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_a_bad_refresh_is_refused_in_oauth_words(
    sandbox: Sandbox, changes: dict[str, str], status: int, error: str
) -> None:
    answer = ask(sandbox, **REFRESH | changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_removed_refresh_token_says_expired_or_revoked(sandbox: Sandbox, tokens: Tokens) -> None:
    tokens.refresh_tokens.discard("sandbox-refresh")
    body = ask(sandbox, **REFRESH).json()
    tokens.refresh_tokens.add("sandbox-refresh")
    assert body == {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


def test_a_service_account_gets_the_scope_that_it_asks_for(sandbox: Sandbox, tokens: Tokens) -> None:
    bearer = f"Bearer {assertion(sandbox, unsigned(claims())).json()['access_token']}"
    assert tokens.state(bearer, ANALYTICS) is TokenState.VALID
    assert tokens.state(bearer, ADWORDS) is TokenState.OUT_OF_SCOPE


@pytest.mark.parametrize(
    ("changes", "description"),
    [
        ({"iss": "someone@example.com"}, "Invalid grant: account not found"),
        ({"iat": None}, "Invalid JWT: iat (issued at) is not set."),
        ({"exp": int(time.time()) + 7200}, "Invalid JWT: Token must be a short-lived token (60 minutes)"),
        ({"exp": 1}, "Invalid JWT: Token must be a short-lived token (60 minutes)"),
        ({"aud": "https://example.com"}, "Invalid JWT: Failed audience check."),
    ],
)
def test_a_bad_assertion_is_explained(sandbox: Sandbox, changes: dict[str, Any], description: str) -> None:
    answer = assertion(sandbox, unsigned(claims(**changes)))
    assert answer.json()["error"] == "invalid_grant"
    assert answer.json()["error_description"].startswith(description)


def test_an_unreadable_assertion_is_only_a_bad_request(sandbox: Sandbox) -> None:
    assert assertion(sandbox, "not a token").json() == {"error": "invalid_request", "error_description": "Bad Request"}


def test_an_unknown_scope_is_refused(sandbox: Sandbox) -> None:
    assert assertion(sandbox, unsigned(claims(scope=""))).json()["error"] == "invalid_scope"


def test_a_listed_service_account_must_sign_with_its_key(sandbox: Sandbox, tokens: Tokens) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    key, public = serialization.Encoding.PEM, private.public_key()
    listed = public.public_bytes(key, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    tokens.service_accounts["signer@sandbox.iam.gserviceaccount.com"] = listed
    pem = private.private_bytes(key, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    mine = claims(iss="signer@sandbox.iam.gserviceaccount.com")
    signed = jwt.encode(crypt.RSASigner.from_string(pem.decode()), mine).decode()
    assert assertion(sandbox, signed).status_code == 200
    assert assertion(sandbox, unsigned(mine)).json()["error_description"] == "Invalid JWT Signature."


def test_a_token_lives_an_hour() -> None:
    clock = [0.0]
    tokens = Tokens(clock=lambda: clock[0])
    bearer = f"Bearer {tokens.issue()}"
    clock[0] = 3599
    assert tokens.state(bearer, ADWORDS) is TokenState.VALID
    clock[0] = 3600
    assert tokens.state(bearer, ADWORDS) is TokenState.EXPIRED


def test_revoked_and_expired_tokens_are_told_apart() -> None:
    tokens = Tokens()
    first = f"Bearer {tokens.issue()}"
    tokens.revoke_all()
    second = f"Bearer {tokens.issue()}"
    tokens.expire_all()
    assert [tokens.state(bearer, ADWORDS).name for bearer in (first, second)] == ["REVOKED", "EXPIRED"]


def test_two_worlds_do_not_share_tokens() -> None:
    first, second = SmallWorld(), SmallWorld()
    assert tokens_of(first) is tokens_of(first)
    assert tokens_of(first) is not tokens_of(second)
