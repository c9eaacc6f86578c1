"""What Facebook Pages and Instagram share: their settings, and the pages that a token may see.

Source: https://developers.facebook.com/docs/graph-api/reference/user/accounts
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import Field, field_validator

from connectors.connector import AccountSettings, PlatformSettings
from connectors.graph_api import Answer, GraphApi
from connectors.graph_errors import Hints
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.secret import Secret
from connectors.shared import PerKey

T = TypeVar("T")
_PAGES_PER_ANSWER = 100
_PATIENT = RetryPolicy(quota_attempts=3, longest_wait_s=300.0)
"""Several calls of an account run side by side and are throttled together: fewer tries of each."""


class GraphPagesSettings(PlatformSettings):
    """An account is a number: of a page, or of a professional Instagram account."""

    base_url: str = Field("https://graph.facebook.com", description="Where the API is")
    access_token: Secret = Field(description="Token of a system user that has the pages and their permissions")
    app_secret: Secret | None = Field(
        None, description="Secret of the app that made the token, where that app asks for a proof of it"
    )

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[AccountSettings]) -> list[AccountSettings]:
        for account in accounts:
            if not (account.id.isascii() and account.id.isdigit()):
                raise ValueError(f"an account is a number; {account.id} is something else")
        return accounts


class Apis:
    """The APIs of one connector: one for each account, as Meta's limits are per account."""

    def __init__(self, settings: GraphPagesSettings, hints: Hints, policy: RetryPolicy | None) -> None:
        self._settings, self._hints, self._policy = settings, hints, policy or _PATIENT
        self._apis = PerKey[str, GraphApi]()

    def of(self, account_id: str, token: Callable[[], str] | None = None) -> GraphApi:
        """The API of an account, by its own token where it has one. Raises ConfigurationError."""
        return self._apis.get(account_id, lambda: self._made((token or self._settings.access_token.reveal)()))

    def _made(self, token: str) -> GraphApi:
        secret = self._settings.app_secret
        proof = secret.reveal() if secret else None
        return GraphApi(self._hints, self._settings.base_url, token, proof, self._policy)

    def user(self) -> GraphApi:
        """The API of the token's own user."""
        return self._made(self._settings.access_token.reveal())


def pages_of(user: GraphApi, fields: str) -> list[Answer]:
    """The asked fields of every page that the user of a token may see."""
    found = user.pages("/me/accounts", {"fields": fields}, Load(), rows=_PAGES_PER_ANSWER)
    return [page for pages in found for page in pages]
