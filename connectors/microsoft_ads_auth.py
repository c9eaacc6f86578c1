"""Microsoft's tokens: access for an hour, by a refresh token that is replaced at every use and ends after 90 days.

Source: https://learn.microsoft.com/en-us/advertising/guides/authentication-oauth-get-tokens
"""

from __future__ import annotations

from dataclasses import dataclass

from connectors.errors import AuthorisationError
from connectors.rotating import Granted, refresh_grant
from connectors.secret import Secret

TOKEN_URL = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
_SCOPE = "https://ads.microsoft.com/msads.manage offline_access"
_HINT = "connect Microsoft Advertising again: a refresh token that was not used for 90 days has ended"


@dataclass(frozen=True)
class App:
    """The app for which the user gave consent. One of a desktop has no secret."""

    token_url: str
    client_id: str
    client_secret: Secret | None

    def exchange(self, refresh_token: str) -> Granted:
        """An access token and the next refresh token. Raises AuthorisationError when the consent has ended."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self.client_id,
            "refresh_token": refresh_token,
            "scope": _SCOPE,
        }
        if self.client_secret:
            form["client_secret"] = self.client_secret.reveal()
        try:
            return refresh_grant("microsoft_ads", self.token_url, data=form)
        except AuthorisationError as error:
            raise AuthorisationError(error.message, hint=_HINT) from None
