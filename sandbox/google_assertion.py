"""A service account's signed assertion (RFC 7523), checked in the order in which Google checks it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from google.auth import crypt

from sandbox.google_oauth_error import OAuthError
from sandbox.google_tokens import LIFETIME_S, SCOPES, Tokens

SERVICE_ACCOUNT_DOMAIN = ".iam.gserviceaccount.com"
CLOCK_SKEW_S = 300
NOT_SHORT_LIVED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
    "Check your iat and exp values in the JWT claim."
)


def check_assertion(assertion: str, tokens: Tokens) -> tuple[str, ...]:
    """The scopes that the assertion is granted; raises OAuthError."""
    header, claims = _decode(assertion)
    _check_signature(assertion, header, claims, tokens)
    account = str(claims.get("iss", ""))
    if not account.endswith(SERVICE_ACCOUNT_DOMAIN) and account not in tokens.service_accounts:
        raise OAuthError("invalid_grant", "Invalid grant: account not found")
    _check_life(claims, tokens.clock())
    if not str(claims.get("aud", "")).endswith("/token"):
        raise OAuthError("invalid_grant", "Invalid JWT: Failed audience check.")
    return _scopes(claims)


def _decode(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims; Google explains nothing about an assertion that it cannot read."""
    try:
        header, claims, _signature = (_segment(part) for part in assertion.split("."))
        return _object(header), _object(claims)
    except (ValueError, binascii.Error) as error:
        raise OAuthError("invalid_request", "Bad Request") from error


def _segment(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _object(text: bytes) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def _check_signature(assertion: str, header: dict[str, Any], claims: dict[str, Any], tokens: Tokens) -> None:
    key = tokens.service_accounts.get(str(claims.get("iss", "")))
    signed, _, signature = assertion.rpartition(".")
    if header.get("alg") != "RS256" or (key and not _verified(signed, _segment(signature), key)):
        raise OAuthError("invalid_grant", "Invalid JWT Signature.")


def _verified(signed: str, signature: bytes, public_key: str) -> bool:
    return bool(crypt.RSAVerifier.from_string(public_key).verify(signed.encode(), signature))


def _check_life(claims: dict[str, Any], now: float) -> None:
    for claim, name in (("iat", "issued at"), ("exp", "expiration time")):
        if not str(claims.get(claim, "")).isdigit():
            raise OAuthError("invalid_grant", f"Invalid JWT: {claim} ({name}) is not set.")
    issued_at, ends_at = int(claims["iat"]), int(claims["exp"])
    if issued_at > now + CLOCK_SKEW_S or ends_at <= now or ends_at - issued_at > LIFETIME_S:
        raise OAuthError("invalid_grant", NOT_SHORT_LIVED)


def _scopes(claims: dict[str, Any]) -> tuple[str, ...]:
    asked = tuple(str(claims.get("scope", "")).split())
    if not asked or not set(asked) <= set(SCOPES):
        raise OAuthError("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    return asked
