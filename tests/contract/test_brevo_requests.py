"""Our requests to Brevo, judged by the vendor's SDK: it is asked for the same, and what it sends is compared."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from sandbox.brevo_accounts import ACCOUNTS
from tests.contract.our_requests import Night, Sent

NightOf = Callable[[str], Night]

CALLS = {
    "/v3/account": ("account", "get_account"),
    "/v3/emailCampaigns": ("email_campaigns", "get_email_campaigns"),
    "/v3/smtp/statistics/reports": ("transactional_emails", "get_smtp_report"),
}
LITERALS = {
    "statistics": "get_email_campaigns_request_statistics",
    "sort": "get_email_campaigns_request_sort",
}


@pytest.fixture(scope="module")
def requests_sent(night: NightOf) -> list[Sent]:
    return night("brevo").api("brevo")


def by_the_sdk(sent: Sent) -> tuple[str, str, dict[str, str], str]:
    """(method, path, query, key) as the SDK sends them. Raises TypeError on a parameter that it does not know."""
    brevo = pytest.importorskip("brevo", reason="Brevo's SDK is not installed")
    httpx = pytest.importorskip("httpx")
    noted: list[Any] = []

    def note(request: Any) -> Any:
        noted.append(request)
        return httpx.Response(200, json={})

    group, method = CALLS[sent.path]
    with httpx.Client(transport=httpx.MockTransport(note)) as transport:
        client = brevo.Brevo(api_key=ACCOUNTS[0].key, token="unused", httpx_client=transport)
        call = getattr(getattr(client, group), method)
        call(**{_argument(name): _value(name, text) for name, text in sent.query.items()})
    [request] = noted
    return request.method, request.url.path, dict(request.url.params), request.headers["api-key"]


def _argument(name: str) -> str:
    """`excludeHtmlContent` is `exclude_html_content` in Python."""
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _value(name: str, text: str) -> Any:
    return {"excludeHtmlContent": text == "true"}.get(name, int(text) if text.isdigit() else text)


def allowed(name: str) -> str:
    """What the SDK's type of a parameter says, as text."""
    return inspect.getsource(__import__(f"brevo.email_campaigns.types.{LITERALS[name]}", fromlist=["*"]))


def test_a_night_asks_for_everything_that_is_read(requests_sent: list[Sent]) -> None:
    assert {sent.path for sent in requests_sent} == set(CALLS)


def test_every_request_is_one_that_the_vendors_sdk_sends(requests_sent: list[Sent]) -> None:
    for sent in requests_sent:
        assert by_the_sdk(sent) == (sent.method, sent.path, sent.query, sent.headers["api-key"])


def test_choices_are_among_those_that_the_sdk_knows(requests_sent: list[Sent]) -> None:
    pytest.importorskip("brevo", reason="Brevo's SDK is not installed")
    asked = next(sent.query for sent in requests_sent if sent.path == "/v3/emailCampaigns")
    assert [name for name in LITERALS if f'"{asked[name]}"' not in allowed(name)] == []


def test_the_sdk_refuses_an_unknown_parameter(requests_sent: list[Sent]) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'since'"):
        by_the_sdk(replace(requests_sent[0], path="/v3/emailCampaigns", query={"since": "2026-11-01"}))
