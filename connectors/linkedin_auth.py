"""LinkedIn's tokens: an access token of 60 days, and a refresh token that gives new ones until the consent ends.

The consent lasts a year and is not prolonged by use, so a person has to connect again each year.
Source: https://learn.microsoft.com/en-us/linkedin/shared/authentication/programmatic-refresh-tokens
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from connectors.errors import AuthorisationError
from connectors.oauth import Token, ask, token_of
from connectors.secret import Secret

TOKEN_URL = "https://www.linkedin.com/oauth/v2/accessToken"
_WARN_DAYS = 30


class Consent:
    """A member's consent, as a refresh token of an app."""

    def __init__(self, platform: str, url: str, client_id: str, client_secret: Secret, refresh_token: Secret) -> None:
        self._platform, self._url = platform, url
        self._client_id, self._client_secret, self._refresh_token = client_id, client_secret, refresh_token
        self._ends_on: date | None = None

    def fetch(self) -> Token:
        """A new access token. Raises AuthorisationError when the consent has ended or was withdrawn."""
        form = {
            "grant_type": "refresh_token",
            "client_id": self._client_id,
            "client_secret": self._client_secret.reveal(),
            "refresh_token": self._refresh_token.reveal(),
        }
        try:
            answer = ask(self._platform, self._url, data=form)
        except AuthorisationError as error:
            raise AuthorisationError(
                error.message, hint="the consent ends after a year: connect LinkedIn again"
            ) from None
        if left_s := answer.get("refresh_token_expires_in"):
            self._ends_on = (datetime.now(UTC) + timedelta(seconds=float(left_s))).date()
        return token_of(answer)

    def notes(self) -> tuple[str, ...]:
        """What the user has to know: that the consent is about to end."""
        soon = datetime.now(UTC).date() + timedelta(days=_WARN_DAYS)
        if self._ends_on is None or self._ends_on > soon:
            return ()
        return (f"the consent ends on {self._ends_on}: connect LinkedIn again before that day",)
