"""Calls to Typeform: forms, responses by the page, tokens, and errors by their code."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any

import requests
from requests.auth import AuthBase

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import HttpClient, Limits, RetryPolicy, classify_status, decode_json, retry_after
from connectors.load import Load
from connectors.oauth import Token, TokenAuth
from connectors.pages import by_cursor
from connectors.records import objects
from connectors.rotating import Granted, RotatingToken, refresh_grant
from connectors.secret import Secret
from connectors.survey_answers import whole

CONCURRENT = 1
"""Typeform allows two requests a second: one after the other stays below that, but for the fastest of answers."""
_PATIENCE = RetryPolicy(quota_attempts=10)
PAGE_ROWS = 1000
_FORMS = 200
_A_DAY_S = 86_400
_TOKEN_HINT = "create a personal token with forms:read and responses:read, or connect the OAuth app again"


class TypeformApi:
    """One Typeform account's API."""

    def __init__(self, base_url: str, auth: AuthBase) -> None:
        limits = Limits(concurrent=CONCURRENT)
        self._http = HttpClient("typeform", base_url, auth=auth, classify=classify, limits=limits, policy=_PATIENCE)

    def form(self, form_id: str, load: Load) -> dict[str, Any]:
        """A form with its questions. Raises ConfigurationError where it is not there."""
        return _object(self._http.json("GET", f"/forms/{form_id}", load=load))

    def forms(self, load: Load) -> Iterator[dict[str, Any]]:
        """All forms of the account."""
        for page in count(1):
            answer = _object(self._http.json("GET", "/forms", load=load, params={"page": page, "page_size": _FORMS}))
            yield from _items(answer)
            if page >= whole(answer, "page_count"):
                return

    def responses(self, form_id: str, load: Load, params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Responses, newest first, a page at a time. Raises BadDataError where fewer come than were told of."""

        def ask(before: str | None) -> dict[str, Any]:
            query = params | {"page_size": PAGE_ROWS} | ({"before": before} if before else {})
            return _object(self._http.json("GET", f"/forms/{form_id}/responses", load=load, params=query))

        told, received = None, 0
        for answer in by_cursor(ask, _last_token):
            page = _items(answer)
            told = whole(answer, "total_items") if told is None else told
            received += len(page)
            if page:
                yield page
        if received < (told or 0):
            raise BadDataError(f"Typeform told of {told} responses, and {received} were sent")


def _last_token(answer: dict[str, Any]) -> str | None:
    """The cursor of the next page, as long as there are older responses: `page_count` counts what is left."""
    page = _items(answer)
    more = len(page) >= PAGE_ROWS or (page and whole(answer, "page_count") > 1)
    return str(page[-1].get("token")) if more else None


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise BadDataError("the answer is no JSON object")
    return answer


def _items(answer: dict[str, Any]) -> list[dict[str, Any]]:
    if answer.get("items") is None:
        raise BadDataError("the answer lacks its items")
    return objects(answer["items"], "items")


def personal(token: Secret) -> TokenAuth:
    """A personal token: it does not end until it is revoked. It is read when it is first needed, and again daily."""
    return TokenAuth(lambda: Token.of(token.reveal(), _A_DAY_S))


def renewed(base_url: str, client_id: str, client_secret: Secret, refresh_token: Secret) -> TokenAuth:
    """Access tokens for a refresh token that Typeform replaces at every use."""

    def exchange(token: str) -> Granted:
        form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": client_id}
        form |= {"client_secret": client_secret.reveal(), "scope": "forms:read responses:read offline"}
        return refresh_grant("typeform", f"{base_url.rstrip('/')}/oauth/token", data=form)

    return TokenAuth(RotatingToken(refresh_token, exchange).fetch)


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer, by status, with Typeform's own code and description."""
    status = response.status_code
    if status < 400:
        return None
    said = f"HTTP {status} {_words(response)}".strip()
    if status in (401, 403):
        return AuthorisationError(said, refreshable=True, hint=_TOKEN_HINT)
    if status == 404:
        return ConfigurationError(said, hint="the id of a form is the end of its address, …typeform.com/to/u6nXL7")
    if status == 429:
        return QuotaError(said, retry_after=retry_after(response))
    return classify_status(response)


def _words(response: requests.Response) -> str:
    """Code and description of an error; nothing where the body is something else."""
    try:
        body = decode_json(response.content)
        return f"{body.get('code', '')}: {body.get('description', '')}".strip(": ")
    except (BadDataError, AttributeError):
        return ""
