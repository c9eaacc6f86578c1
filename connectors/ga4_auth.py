"""Google's credentials for GA4: the JSON of a service account, or of a person who connected their account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import google.auth.transport.requests
import msgspec
import requests
from google.auth.exceptions import GoogleAuthError, TransportError
from google.oauth2.credentials import Credentials as PersonCredentials
from google.oauth2.service_account import Credentials as ServiceCredentials

from connectors.errors import AuthorisationError, ConfigurationError, TransientError
from connectors.oauth import Token
from connectors.secret import Secret

_SCOPES = ["https://www.googleapis.com/auth/analytics.readonly"]
_TOKEN_URI = "https://oauth2.googleapis.com/token"
_LIFE_S = 3600.0


def _service(info: dict[str, Any]) -> Any:
    return ServiceCredentials.from_service_account_info(info, scopes=_SCOPES)


def _person(info: dict[str, Any]) -> Any:
    # Built by hand, as google-auth's own reader of this JSON ignores its token_uri.
    return PersonCredentials(
        None,
        refresh_token=info["refresh_token"],
        client_id=info["client_id"],
        client_secret=info["client_secret"],
        token_uri=info.get("token_uri", _TOKEN_URI),
    )


_KINDS: dict[str, Callable[[dict[str, Any]], Any]] = {"service_account": _service, "authorized_user": _person}


class GoogleAccess:
    """Fetches access tokens. Not safe for several threads: `TokenAuth` takes care of that."""

    def __init__(self, secret: Secret) -> None:
        info = _json(secret)
        try:
            self._credentials = _KINDS[info.get("type", "")](info)
        except (KeyError, ValueError, GoogleAuthError):
            # Their texts may quote the JSON, so they are not told on.
            raise ConfigurationError(
                f"{secret.reference} is no Google credential that works here",
                hint=f"it takes the JSON of type {' or '.join(_KINDS)}, with all of its fields",
            ) from None
        self.who: str = info.get("client_email") or "the Google account of the credential"
        self.quota_project: str = info.get("quota_project_id", "")
        self._session = requests.Session()

    def fetch(self) -> Token:
        """A new token. Raises AuthorisationError with Google's reason, TransientError when Google was not reached."""
        try:
            self._credentials.refresh(google.auth.transport.requests.Request(self._session))
        except TransportError:
            raise TransientError("no answer from Google's token endpoint", hint="is the network up?") from None
        except GoogleAuthError as error:
            raise _refused(error) from None
        expiry = self._credentials.expiry
        life_s = (expiry.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() if expiry else _LIFE_S
        return Token.of(self._credentials.token, life_s)

    def close(self) -> None:
        self._session.close()


def _json(secret: Secret) -> dict[str, Any]:
    try:
        return msgspec.json.decode(secret.reveal(), type=dict[str, Any])
    except msgspec.MsgspecError:
        raise ConfigurationError(f"{secret.reference} is no JSON", hint="it takes the whole file from Google") from None


def _refused(error: GoogleAuthError) -> TransientError | AuthorisationError:
    reason = str(error.args[0] if error.args else error)[:200]
    if error.retryable:
        return TransientError(f"no access token for now: {reason}")
    hint = "connect the account again; refresh tokens of an OAuth consent screen in Testing end after 7 days"
    return AuthorisationError(f"no access token: {reason}", hint=hint)
