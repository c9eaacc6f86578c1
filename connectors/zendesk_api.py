"""Calls to one Zendesk account: tokens of an OAuth client, cursor pages, and errors in the three shapes they have.

API tokens with an e-mail address are left out: nobody can make one since October 2026, and they end in April 2027.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import requests

from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.http import HttpClient, Limits, classify_status, decode_json, retry_after
from connectors.load import Load
from connectors.oauth import Token, TokenAuth, ask, token_of
from connectors.pages import by_cursor
from connectors.records import objects
from connectors.rotating import Granted, RotatingToken, refresh_grant
from connectors.secret import Secret

CONCURRENT = 4
"""The smallest plan may make 200 requests a minute, which the company's other tools share."""
_PAGE_ROWS = 100
_SCOPE = "read"
_LIFE_S = 172_000
"""How long a token is asked for: Zendesk allows two days at most."""
_KIND_HINT = "set csat to the kind that is switched on in the account; CSAT needs Support Professional or Suite Growth"


@dataclass(frozen=True)
class ZendeskClient:
    """An OAuth client of an account, and its refresh token where it has one."""

    id: str
    secret: Secret
    refresh_token: Secret | None = None

    def fetcher(self, base_url: str) -> Callable[[], Token]:
        """Fetches access tokens: for the refresh token, else as the client itself (client credentials)."""
        url = f"{base_url}/oauth/tokens"

        def exchange(refresh_token: str) -> Granted:
            grant = {"grant_type": "refresh_token", "refresh_token": refresh_token}
            return refresh_grant("zendesk", url, json=grant | self._signed())

        def sign_in() -> Token:
            grant = {"grant_type": "client_credentials", "expires_in": _LIFE_S}
            return token_of(ask("zendesk", url, json=grant | self._signed()))

        return RotatingToken(self.refresh_token, exchange).fetch if self.refresh_token else sign_in

    def _signed(self) -> dict[str, Any]:
        return {"client_id": self.id, "client_secret": self.secret.reveal(), "scope": _SCOPE}


class ZendeskApi:
    """One account's API."""

    def __init__(self, base_url: str, client: ZendeskClient) -> None:
        self._http = HttpClient(
            "zendesk",
            base_url,
            auth=TokenAuth(client.fetcher(base_url)),
            classify=classify,
            limits=Limits(concurrent=CONCURRENT),
        )

    def get(self, path: str, load: Load, params: dict[str, Any]) -> dict[str, Any]:
        """The answer of a call, a JSON object."""
        answer = self._http.json("GET", path, load=load, params=params)
        if not isinstance(answer, dict):
            raise BadDataError(f"the answer of {path} is no JSON object")
        return answer

    def pages(self, path: str, name: str, load: Load, params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """The records of a list by the page. By the cursor: pages that are counted end at 10,000 records."""

        def ask_after(cursor: str | None) -> dict[str, Any]:
            after = {"page[after]": cursor} if cursor else {}
            return self.get(path, load, params | {"page[size]": _PAGE_ROWS} | after)

        for answer in by_cursor(ask_after, _next_cursor):
            if answer.get(name) is None:
                raise BadDataError(f"the answer of {path} lacks {name}")
            yield objects(answer[name], name)


def _next_cursor(answer: dict[str, Any]) -> str | None:
    meta = answer.get("meta")
    if not isinstance(meta, dict) or (meta.get("has_more") and not meta.get("after_cursor")):
        raise BadDataError("the answer does not tell how its pages go on")
    return str(meta["after_cursor"]) if meta.get("has_more") else None


_REFUSALS: dict[int, Callable[[str], ConnectorError]] = {
    401: partial(AuthorisationError, refreshable=True, hint="does the OAuth client still exist, with this secret?"),
    403: partial(AuthorisationError, hint=f"the client needs the scope read and an admin; or {_KIND_HINT}"),
    404: partial(ConfigurationError, hint=f"is the subdomain right? If so, {_KIND_HINT}"),
    409: TransientError,
}


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer, by status, with Zendesk's own words."""
    status = response.status_code
    if status < 400:
        return None
    said = f"HTTP {status} {_words(response)}".strip()
    if status == 429:
        return QuotaError(said, retry_after=retry_after(response))
    return _REFUSALS[status](said) if status in _REFUSALS else classify_status(response)


def _words(response: requests.Response) -> str:
    """What Zendesk says of an error: `error` as a text or an object, or `errors` as a list; nothing in other bodies."""
    try:
        body = decode_json(response.content)
        told = (body.get("errors") or [body.get("error")])[0]
        named = told if isinstance(told, dict) else {"title": told}
        more = named.get("message") or body.get("description") or body.get("error_description")
        return ": ".join(str(part) for part in (named.get("title"), more) if part)
    except (BadDataError, AttributeError, LookupError, TypeError):
        return ""
