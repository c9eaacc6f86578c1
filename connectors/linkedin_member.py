"""The member of LinkedIn by whose consent Kompas reads: settings, and the way in that they give.

Source: https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow
"""

from __future__ import annotations

from functools import cached_property

from pydantic import Field, model_validator
from requests.auth import AuthBase

from connectors.connector import PlatformSettings
from connectors.linkedin_api import VERSION
from connectors.linkedin_auth import TOKEN_URL, Consent
from connectors.oauth import StaticAuth, TokenAuth
from connectors.secret import Secret


class MemberSettings(PlatformSettings):
    """An app's refresh token, or an access token that lives for 60 days."""

    base_url: str = Field("https://api.linkedin.com", description="Where the API is")
    client_id: str | None = Field(None, description="The app's client id, with `refresh_token`")
    client_secret: Secret | None = Field(None, description="The app's client secret, with `refresh_token`")
    refresh_token: Secret | None = Field(None, description="A member's refresh token; it ends a year after the consent")
    access_token: Secret | None = Field(None, description="An access token, where the app has no refresh tokens")
    token_url: str = Field(TOKEN_URL, description="Where access tokens are")
    version: str = Field(VERSION, pattern=r"^20\d{4}$", description="Version of the API, YYYYMM; each lives for a year")

    @model_validator(mode="after")
    def _one_way_in(self) -> MemberSettings:
        whole = all((self.client_id, self.client_secret, self.refresh_token))
        if whole == bool(self.access_token):
            raise ValueError("give either client_id, client_secret and refresh_token, or access_token")
        return self


class Member:
    """What the settings' way in gives: tokens for the API, and what the user has to know of the consent."""

    def __init__(self, platform: str, settings: MemberSettings) -> None:
        self._platform, self._settings = platform, settings

    def auth(self) -> AuthBase:
        """Raises ConfigurationError when a secret is not set."""
        if self._settings.access_token:
            return StaticAuth(self._settings.access_token.reveal())
        assert self._consent
        return TokenAuth(self._consent.fetch)

    @cached_property
    def _consent(self) -> Consent | None:
        told = self._settings
        if not (told.client_id and told.client_secret and told.refresh_token):
            return None
        return Consent(self._platform, told.token_url, told.client_id, told.client_secret, told.refresh_token)

    def notes(self) -> tuple[str, ...]:
        """Whether the consent is about to end; nothing of an access token, which does not tell."""
        return self._consent.notes() if self._consent else ()
