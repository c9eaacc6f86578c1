"""zenpy, the client that Zendesk recommends for Python, as the reader of the sandbox and the judge of our requests.

It knows satisfaction ratings. Survey responses are newer than it is, and are judged by the fact sheet alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from sandbox.server import Sandbox
from sandbox.zendesk_oauth import CLIENT_ID, client_secret
from tests.contract.our_requests import Night

RATINGS, SURVEYS = "duurzame-mode-be", "duurzame-mode"


class ToSandbox(requests.adapters.HTTPAdapter):
    """Sends what is meant for …zendesk.com to the sandbox, and notes it. To the client it is Zendesk that answers."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url, self.noted = url, list[str]()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self.noted.append(str(request.url))
        parts, sent = urlsplit(str(request.url)), request.copy()
        folder = f"{self.url}/{str(parts.hostname).partition('.')[0]}"
        sent.url = f"{folder}{parts.path}?{parts.query}"
        answer = super().send(sent, *args, **options)
        answer._content = answer.content.replace(folder.encode(), f"https://{parts.hostname}".encode())
        answer.request = request
        return answer


def client_of(sandbox: Sandbox, subdomain: str, secret: str = "") -> tuple[Any, ToSandbox]:
    """The client, signed in by OAuth, and what carries its requests to the sandbox."""
    vendor = pytest.importorskip("zenpy", reason="zenpy is not installed")
    body = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": client_secret(subdomain)}
    url = sandbox.url("zendesk")
    token = requests.post(f"{url}/{subdomain}/oauth/tokens", json=body, timeout=30).json()["access_token"]
    session, carrier = requests.Session(), ToSandbox(url)
    session.mount("https://", carrier)
    return vendor.Zenpy(subdomain=subdomain, oauth_token=secret or token, session=session), carrier


def test_the_client_reads_ratings_to_the_last_page(now_sandbox: Sandbox) -> None:
    client, _ = client_of(now_sandbox, RATINGS)
    by_twos = [rating.id for rating in client.satisfaction_ratings(cursor_pagination=2)]
    counted = [rating.id for rating in client.satisfaction_ratings(cursor_pagination=False)]
    assert len(set(by_twos)) == len(by_twos) > 2
    assert by_twos == counted


def test_the_client_reads_what_was_received_since_a_day(now_sandbox: Sandbox) -> None:
    client, _ = client_of(now_sandbox, RATINGS)
    since = datetime.now(UTC) - timedelta(days=30)
    found = list(client.satisfaction_ratings(score="received", start_time=since, sort_order="desc"))
    assert {rating.score for rating in found} <= {"good", "bad"}
    assert all(datetime.fromisoformat(rating.created_at) >= since - timedelta(seconds=1) for rating in found)


def test_the_client_sees_that_an_account_has_no_ratings(now_sandbox: Sandbox) -> None:
    client, _ = client_of(now_sandbox, SURVEYS)
    with pytest.raises(Exception, match="Forbidden"):
        list(client.satisfaction_ratings())


def test_the_client_sees_a_wrong_token(now_sandbox: Sandbox) -> None:
    client, _ = client_of(now_sandbox, RATINGS, secret="other")
    with pytest.raises(Exception, match="invalid_token"):
        list(client.satisfaction_ratings())


def test_our_request_for_ratings_is_that_of_the_client(now_sandbox: Sandbox, night: Callable[[str], Night]) -> None:
    client, carrier = client_of(now_sandbox, RATINGS)
    ours = [sent for sent in night("zendesk").api("zendesk") if sent.path.endswith("/satisfaction_ratings")]
    pulled = next(sent for sent in ours if "start_time" in sent.query)
    start, end = (datetime.fromtimestamp(int(pulled.query[name]), UTC) for name in ("start_time", "end_time"))
    list(client.satisfaction_ratings(score="received", start_time=start, end_time=end))
    parts = urlsplit(carrier.noted[0])
    # The client still writes the ending .json, which Zendesk takes and does not want any more.
    assert parts.path.removesuffix(".json") == "/api/v2/satisfaction_ratings"
    assert dict(parse_qsl(parts.query)) == pulled.query
