"""How an account of HubSpot is opened that gave no service key: by the refresh token that it gave to an OAuth app.

HubSpot does not replace a refresh token when it is used.
Source: https://developers.hubspot.com/docs/api-reference/latest/authentication
"""

from __future__ import annotations

from dataclasses import dataclass, field

import requests
from requests.auth import AuthBase

from connectors.errors import AuthorisationError, ConnectorError
from connectors.http import ONCE, HttpClient
from connectors.hubspot_errors import classify
from connectors.oauth import Token, TokenAuth


@dataclass(frozen=True)
class App:
    """An OAuth app, and where it asks for access tokens."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)

    def auth(self, refresh_token: str) -> AuthBase:
        """What signs requests. A token lives for half an hour."""
        return TokenAuth(lambda: self._fetch(refresh_token))

    def _fetch(self, refresh_token: str) -> Token:
        """Raises AuthorisationError with HubSpot's reason, never with the form."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "refresh_token": refresh_token,
        }
        # Once: the request that needs the token is tried again as a whole.
        client = HttpClient("hubspot", self.token_url, classify=_classify, policy=ONCE)
        answer = client.json("POST", "", data=form)
        return Token.of(answer["access_token"], float(answer.get("expires_in", 1800)))


def _classify(response: requests.Response) -> ConnectorError | None:
    error = classify(response)
    if error is None or response.status_code not in (400, 401, 403):
        return error
    return AuthorisationError(f"no access token: {error.message}", hint="connect the account to the app again")
