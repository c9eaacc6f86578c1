"""Calls to the Mailchimp Marketing API 3.0: data centre, pages, and problem documents (RFC 7807) as errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import requests

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import HttpClient, Limits, RetryPolicy, classify_status, decode_json, retry_after
from connectors.load import Load, Pages
from connectors.oauth import StaticAuth

CONCURRENT = 8
"""Mailchimp refuses an eleventh connection of one key; two are left to the company's other tools."""
_PAGE_ROWS = 1000
_KEY = re.compile(r"^\S+-(?P<dc>[a-z]+[0-9]+)$")
_KEY_HINT = "make a new API key in Mailchimp under Account > Extras > API keys"


class GoneError(BadDataError):
    """HTTP 404: the record was there when it was named, and is not any more."""


class MailchimpApi:
    """One account's API. `base_url` empty: the data centre is the end of the key, `…-us21`."""

    def __init__(self, key: str, base_url: str = "", policy: RetryPolicy | None = None) -> None:
        self._http = HttpClient(
            "mailchimp",
            base_url or f"https://{data_centre(key)}.api.mailchimp.com",
            auth=StaticAuth(key),
            classify=classify,
            limits=Limits(concurrent=CONCURRENT),
            policy=policy,
        )

    def get(self, path: str, load: Load, params: dict[str, Any] | None = None) -> Any:
        return self._http.json("GET", path, load=load, params=params)

    def pages(self, path: str, name: str, load: Load, params: dict[str, Any]) -> Iterator[list[Any]]:
        """The items of a collection, a page at a time; raises BadDataError unless all of `total_items` came."""
        seen, received = Pages(), 0
        while True:
            answer = self.get(path, load, {**params, "count": _PAGE_ROWS, "offset": received})
            page, total = items(answer, name, path)
            received += len(page)
            if page:
                seen.next(tuple(item.get("id") for item in page))
                yield page
            if not page or received >= total:
                break
        if received != total:
            raise BadDataError(f"{path} told of {total} {name}, and {received} were sent")


def data_centre(key: str) -> str:
    """The data centre of an API key. Raises ConfigurationError when the key names none."""
    match = _KEY.match(key)
    if match is None:
        raise ConfigurationError("the Mailchimp API key does not end in its data centre, like -us21", hint=_KEY_HINT)
    return match["dc"]


def items(answer: Any, name: str, path: str) -> tuple[list[Any], int]:
    """The items of an answer, and how many there are in all. Raises BadDataError where either is absent."""
    try:
        return list(answer[name]), int(answer["total_items"])
    except (KeyError, TypeError, ValueError):
        raise BadDataError(f"the answer of {path} lacks {name} or total_items") from None


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer: by status, and by the title of the problem document where a status has several causes."""
    status = response.status_code
    if status < 400:
        return None
    problem = _problem(response)
    said = f"HTTP {status} {problem.get('title', '')}: {problem.get('detail', '')}".strip(": ")
    if status == 401:
        return AuthorisationError(said, hint=_KEY_HINT)
    if status == 404:
        return GoneError(said)
    if status == 403:
        return _forbidden(problem, said)
    if status == 429:
        return QuotaError(said, retry_after=retry_after(response))
    return classify_status(response)


def _forbidden(problem: dict[str, Any], said: str) -> ConnectorError:
    if not problem:
        # Mailchimp's own words are problem documents; another body comes from the wall before it, after too many calls.
        return QuotaError(f"{said}, without a reason: too many calls", hint="it is tried again later")
    if "datacenter" in str(problem.get("title", "")).lower().replace(" ", ""):
        return ConfigurationError(said, hint="remove base_url, or let it name the data centre of the key")
    return AuthorisationError(said, hint="the key's user needs to be enabled, and to be a manager of the account")


def _problem(response: requests.Response) -> dict[str, Any]:
    """The problem document of an error; {} where the body is something else."""
    try:
        problem = decode_json(response.content)
    except BadDataError:
        return {}
    return problem if isinstance(problem, dict) else {}
