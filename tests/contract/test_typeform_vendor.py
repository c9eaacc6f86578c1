"""Typeform's Python client as the reader of the sandbox, and as the judge of our requests.

It does not know `response_type`, which is newer: that parameter is judged by the fact sheet alone, and so is OAuth.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from sandbox.server import Sandbox
from sandbox.typeform import TOO_MANY
from sandbox.typeform_oauth import PERSONAL_TOKEN
from tests.contract.our_requests import Night, Sent

FORM = "Kt7nQx2L"


def client_at(url: str, monkeypatch: pytest.MonkeyPatch, token: str = PERSONAL_TOKEN) -> Any:
    """The vendor's client, its address turned to the sandbox."""
    vendor = pytest.importorskip("typeform", reason="Typeform's client is not installed")
    monkeypatch.setattr("typeform.client.API_BASE_URL", url)
    return vendor.Typeform(token)


@pytest.fixture
def client(now_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    return client_at(now_sandbox.url("typeform"), monkeypatch)


def test_the_client_lists_forms_and_reads_one(client: Any) -> None:
    forms = client.forms.list(pageSize=1)
    assert (forms["total_items"], forms["page_count"]) == (2, 2)
    fields = client.forms.get(forms["items"][0]["id"])["fields"]
    assert [field["type"] for field in fields] == ["opinion_scale", "nps", "long_text"]


def test_the_client_reads_responses_page_by_page(client: Any) -> None:
    found: list[str] = []
    while True:
        page = client.responses.list(FORM, pageSize=2, before=found[-1] if found else None)
        found += [response["token"] for response in page["items"]]
        if len(page["items"]) < 2:
            break
    everyone = client.responses.list(FORM, pageSize=1000, completed=True)
    assert found == [response["token"] for response in everyone["items"]]
    assert len(found) > 2


def test_the_client_reads_unfinished_responses(client: Any) -> None:
    assert {row["response_type"] for row in client.responses.list(FORM, completed=False)["items"]} == {"started"}


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda client: client.forms.get("none"), "Non existing form with uid none"),
        (lambda client: client.responses.list(FORM, pageSize=1001), "Invalid parameter page_size"),
        (lambda client: client.responses.list(FORM, since="yesterday"), "Invalid parameter since"),
    ],
)
def test_the_client_sees_a_refusal(client: Any, ask: Callable[[Any], Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        ask(client)


def test_the_client_sees_a_wrong_token(now_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = client_at(now_sandbox.url("typeform"), monkeypatch, token="tfp_other")
    with pytest.raises(Exception, match="Unauthorized"):
        stranger.forms.list()


def test_the_client_sees_the_limit(now_sandbox: Sandbox, client: Any) -> None:
    now_sandbox.faults.script("typeform", [TOO_MANY])
    with pytest.raises(Exception, match="Too many requests"):
        client.forms.list()


class Silent:
    """Notes the URL of a request of the client instead of sending it."""

    def request(self, method: str, url: str, **_: Any) -> requests.Response:
        self.method, self.url = method.upper(), url
        answer = requests.Response()
        answer.status_code, answer._content = 200, b"{}"
        return answer


def by_the_client(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, dict[str, str]]:
    """Method, path and query that the vendor's client sends when it is asked for the same.

    Raises TypeError on a parameter that it does not know.
    """
    noted = Silent()
    client = client_at("https://api.typeform.com", monkeypatch)
    monkeypatch.setattr("typeform.client.requests.request", noted.request)
    form = sent.path.split("/")[2]
    names = {"page_size": "pageSize"}
    told = {names.get(name, name): value for name, value in sent.query.items() if name != "response_type"}
    _ = client.responses.list(form, **told) if sent.path.endswith("/responses") else client.forms.get(form, **told)
    parts = urlsplit(noted.url)
    return noted.method, parts.path, dict(parse_qsl(parts.query))


def test_our_requests_are_those_of_the_client(night: Callable[[str], Night], monkeypatch: pytest.MonkeyPatch) -> None:
    for sent in night("typeform").api("typeform"):
        query = {name: value for name, value in sent.query.items() if name != "response_type"}
        assert by_the_client(sent, monkeypatch) == (sent.method, sent.path, query)


def test_a_night_asks_for_the_form_and_its_completed_responses(night: Callable[[str], Night]) -> None:
    asked = {(sent.path, sent.query.get("response_type")) for sent in night("typeform").api("typeform")}
    assert asked == {(f"/forms/{FORM}", None), (f"/forms/{FORM}/responses", "completed")}


def test_the_judge_refuses_an_unknown_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Sent("typeform", "GET", "", f"/forms/{FORM}/responses", {"from": "2026-11-01"}, {}, b"")
    with pytest.raises(TypeError, match="from"):
        by_the_client(wrong, monkeypatch)
