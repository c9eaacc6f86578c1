"""What holds for the requests of every connector: secrets travel in headers, or in the form that asks for a token.

The requests for the ECB, SurveyMonkey and the survey responses of Zendesk are judged by this alone: no schema of them
ships in a package. Their sandboxes are written from the documentation, as their docstrings tell.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, unquote_plus

import pytest

from sandbox.zendesk import COPIES
from tests.contract.our_requests import PLATFORMS, SECRETS, Night, Sent

NightOf = Callable[[str], Night]

TOKEN_PATHS = {
    ("google_oauth", "/token"),
    ("linkedin_pages", "/oauth/v2/accessToken"),
    ("linkedin_ads", "/oauth/v2/accessToken"),
    ("microsoft_ads", "/common/oauth2/v2.0/token"),
    ("shopify", "/admin/oauth/access_token"),
    ("zendesk", f"/{COPIES[0]}/oauth/tokens"),
    ("hubspot", "/oauth/2026-09/token"),
}
TOKEN_HEADERS = ("Authorization", "X-Shopify-Access-Token", "api-key", "Access-Token")
OPEN_PATHS = ("/bulk-operation-outputs/", "/reportstorage/", "/service/data/")
"""What needs no token: a file under an address that is its own key, and the ECB's public service."""


def secrets_of(night: Night) -> set[str]:
    """Everything secret: what was configured, and the tokens that were fetched with it."""
    configured = {value for secrets in SECRETS.values() for value in secrets.values()}
    fetched = {sent.headers.get(name, "").removeprefix("Bearer ") for sent in night.http for name in TOKEN_HEADERS}
    return configured | fetched - {""}


def leaks(night: Night) -> list[str]:
    """Addresses and bodies that hold a secret, but for the forms that ask for a token."""
    addresses = [sent.url for sent in night.http]
    addresses += [f"{call.path}?{call.query}" for call in night.grpc]
    bodies = [it.body.decode() for it in night.http if (it.platform, it.path) not in TOKEN_PATHS]
    bodies += [call.body.decode("utf-8", "replace") for call in night.grpc]
    secrets = secrets_of(night)
    return [text for text in (*addresses, *bodies) if any(_holds(text, secret) for secret in secrets)]


def _holds(text: str, secret: str) -> bool:
    return any(secret in decoded for decoded in (text, unquote(text), unquote_plus(text)))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_secret_is_in_an_address_or_a_body(night: NightOf, platform: str) -> None:
    found = night(platform)
    assert found.http
    assert leaks(found) == []


@pytest.mark.parametrize("platform", PLATFORMS)
def test_every_request_is_signed_in_a_header_or_needs_no_token(night: NightOf, platform: str) -> None:
    for sent in night(platform).http:
        signed = any(name in sent.headers for name in TOKEN_HEADERS)
        unsigned = (sent.platform, sent.path) in TOKEN_PATHS or sent.path.startswith(OPEN_PATHS)
        assert signed != unsigned, sent.path


@pytest.mark.parametrize("platform", PLATFORMS)
def test_nothing_is_sent_but_to_the_base_url(night: NightOf, platform: str) -> None:
    assert {sent.platform for sent in night(platform).http} <= {platform, "google_oauth"}
    assert all(sent.url.startswith("http://127.0.0.1:") for sent in night(platform).http)


def sent(**changes: object) -> Sent:
    headers = {"Authorization": "Bearer ya29.fetched/1+2"}
    return replace(Sent("acme", "GET", "http://127.0.0.1/acme/x", "/x", {}, headers, b""), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "leaky",
    [
        sent(url="http://127.0.0.1/acme/x?access_token=ya29.fetched%2F1%2B2"),
        sent(url="http://127.0.0.1/acme/x?access_token=ya29.fetched/1+2"),
        sent(url=f"http://127.0.0.1/acme/{SECRETS['mailchimp']['key']}"),
        sent(body=b"token=ya29.fetched%2F1%2B2&x=1"),
    ],
)
def test_the_judge_sees_a_secret(leaky: Sent) -> None:
    assert leaks(Night([leaky]))


def test_the_judge_lets_headers_and_token_forms_pass() -> None:
    form = f"client_secret={SECRETS['google']['client_secret']}".encode()
    token = sent(platform="google_oauth", method="POST", path="/token", body=form)
    assert leaks(Night([sent(), token])) == []
