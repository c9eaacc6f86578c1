"""Access tokens of Google for APIs over REST, by the JSON of a person who connected, or of a service account.

Source: https://developers.google.com/identity/protocols/oauth2 (refresh tokens; signed assertions, RFC 7523)
"""

from __future__ import annotations

import time
from typing import Any

import msgspec
from google.auth import crypt, jwt

from connectors.errors import AuthorisationError, ConfigurationError
from connectors.oauth import Token, grant
from connectors.secret import Secret

_TOKEN_URI = "https://oauth2.googleapis.com/token"
_ASSERTION_S = 3600


class Person(msgspec.Struct, tag="authorized_user"):
    """The consent of a person."""

    client_id: str
    client_secret: str
    refresh_token: str
    token_uri: str = _TOKEN_URI

    def form(self, url: str, scope: str) -> dict[str, str]:
        """A refresh token has the scopes of the consent, whatever is asked for."""
        return {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": self.refresh_token,
        }


class Robot(msgspec.Struct, tag="service_account"):
    """A service account, added as a user of the Google account that has the figures."""

    client_email: str
    private_key: str
    private_key_id: str = ""
    token_uri: str = _TOKEN_URI

    def form(self, url: str, scope: str) -> dict[str, str]:
        """Raises ValueError when the private key is none."""
        now = int(time.time())
        claims = {"iss": self.client_email, "scope": scope, "aud": url, "iat": now, "exp": now + _ASSERTION_S}
        signer = crypt.RSASigner.from_string(self.private_key, self.private_key_id or None)
        assertion = jwt.encode(signer, claims).decode()
        return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": assertion}


def fetch(platform: str, secret: Secret, scope: str, token_url: str = "") -> Token:
    """An access token. Raises ConfigurationError for a credential that is none, AuthorisationError when refused."""
    credential = _read(secret)
    url = token_url or credential.token_uri
    try:
        form = credential.form(url, scope)
    except ValueError:  # its text may quote the key
        raise _unusable(secret, "its private_key cannot be read") from None
    try:
        return grant(platform, url, form)
    except AuthorisationError as error:
        hint = "connect the account again; refresh tokens of an OAuth consent screen in Testing end after 7 days"
        raise AuthorisationError(error.message, hint=hint) from None


def _read(secret: Secret) -> Person | Robot:
    try:
        info: dict[str, Any] = {"type": "authorized_user"} | msgspec.json.decode(secret.reveal(), type=dict[str, Any])
        return msgspec.convert(info, Person | Robot)  # type: ignore[arg-type]  # a union is a type to msgspec
    except msgspec.ValidationError as error:  # names the field and what it should be, never a value of ours
        raise _unusable(secret, str(error)) from None
    except msgspec.DecodeError:
        raise _unusable(secret, "it is no JSON") from None


def _unusable(secret: Secret, why: str) -> ConfigurationError:
    hint = "it takes the whole JSON of type authorized_user or service_account"
    return ConfigurationError(f"{secret.reference} is no Google credential that works here: {why}", hint=hint)
