"""Calls to the SurveyMonkey API v3: surveys, responses by the page, and errors by their number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from connectors.columns import pick
from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, ConnectorError, QuotaError
from connectors.http import HttpClient, Limits, classify_status, decode_json, retry_after
from connectors.load import Load
from connectors.oauth import Token, TokenAuth
from connectors.pages import by_cursor
from connectors.records import objects
from connectors.secret import Secret
from connectors.survey_answers import whole

CONCURRENT = 2
"""An app may make 120 calls a minute, and 500 a day."""
_BULK_ROWS = 100
_SURVEYS = 1000
_A_DAY_S = 86_400
_LIMIT = "X-Ratelimit-App-Global"


class SurveyMonkeyApi:
    """The API of one app's token."""

    def __init__(self, base_url: str, token: Secret) -> None:
        auth = TokenAuth(lambda: Token.of(token.reveal(), _A_DAY_S))
        limits = Limits(concurrent=CONCURRENT)
        self._http = HttpClient("surveymonkey", base_url, auth=auth, classify=classify, limits=limits)

    def survey(self, survey_id: str, load: Load) -> dict[str, Any]:
        """A survey with its questions, their choices and weights. Raises ConfigurationError where it is not there."""
        return self._get(f"/v3/surveys/{survey_id}/details", load, {})

    def surveys(self, load: Load) -> Iterator[dict[str, Any]]:
        """All surveys that the token can see."""
        for page in self._pages("/v3/surveys", load, {"per_page": _SURVEYS}):
            yield from page

    def responses(self, survey_id: str, load: Load, params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Responses with their answers, a page at a time."""
        return self._pages(f"/v3/surveys/{survey_id}/responses/bulk", load, {"per_page": _BULK_ROWS} | params)

    def _pages(self, path: str, load: Load, params: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
        """Records by the page. Raises BadDataError where fewer come than were told of."""
        told, received = 0, 0
        for answer in by_cursor(lambda page: self._get(path, load, params | {"page": page or 1}), _next_page):
            if answer.get("data") is None:
                raise BadDataError(f"the answer of {path} lacks its data")
            records = objects(answer["data"], "data")
            told, received = told or whole(answer, "total"), received + len(records)
            if records:
                yield records
        if received < told:
            raise BadDataError(f"{path} told of {told} records, and {received} were sent")

    def _get(self, path: str, load: Load, params: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.json("GET", path, load=load, params=params)
        if not isinstance(answer, dict):
            raise BadDataError(f"the answer of {path} is no JSON object")
        return answer


def _next_page(answer: dict[str, Any]) -> int | None:
    """The number of the next page, which its link tells; the last page has no such link."""
    link = pick([answer], "links.next")[0]
    if not link:
        return None
    try:
        return int(parse_qs(urlsplit(link).query)["page"][0])
    except (KeyError, ValueError, AttributeError, TypeError):
        raise BadDataError("the link to the next page names no page") from None


_TOKEN = partial(AuthorisationError, refreshable=True, hint="copy the access token of the app again")
_REGION = partial(ConfigurationError, hint="set base_url to the access_url of the account: com, eu or ca")
_SCOPE = partial(
    AuthorisationError, hint="the app needs surveys_read and responses_read_detail, which take a paid plan"
)
_GONE = partial(ConfigurationError, hint="`kompas check` lists the ids of the surveys that the token can see")
_REFUSALS: dict[str, Callable[[str], ConnectorError]] = {"1018": _REGION}
"""By SurveyMonkey's number of the error, where a status has several causes."""
_STATUSES: dict[int, Callable[[str], ConnectorError]] = {401: _TOKEN, 403: _SCOPE, 404: _GONE, 410: _GONE}


def classify(response: requests.Response) -> ConnectorError | None:
    """The class of an answer: by SurveyMonkey's number of the error, else by status."""
    status = response.status_code
    if status < 400:
        return None
    number, words = _told(response)
    said = f"HTTP {status} {words}".strip()
    if status == 429:
        return QuotaError(said, retry_after=_wait(response))
    refusal = _REFUSALS.get(number) or _STATUSES.get(status)
    return refusal(said) if refusal else classify_status(response)


def _told(response: requests.Response) -> tuple[str, str]:
    """Number and words of an error; empty where the body is something else."""
    try:
        error = decode_json(response.content)["error"]
        return str(error.get("id", "")), f"{error.get('id', '')} {error.get('name', '')}: {error.get('message', '')}"
    except (BadDataError, AttributeError, LookupError, TypeError):
        return "", ""


def _wait(response: requests.Response) -> float | None:
    """Seconds until calls are allowed again: until midnight GMT where those of the day are used up."""
    asked = retry_after(response)
    if asked is not None:
        return asked
    span = "Day" if response.headers.get(f"{_LIMIT}-Day-Remaining") == "0" else "Minute"
    left = response.headers.get(f"{_LIMIT}-{span}-Reset", "")
    return float(left) if left.isdigit() else None
