"""Our requests to HubSpot, judged by its own client: asked for the same, it sends the same.

The client is of v3. Where a path has moved since, and that all five fields of a search are required, is told by the
documents of the dated versions, which may be read and not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from connectors.hubspot_api import API_VERSION
from tests.contract.our_requests import Night, Sent

vendor = pytest.importorskip("hubspot", reason="HubSpot's client is not installed")

KINDS = ("contacts", "deals", "feedback_submissions")
DATED = ("publishedAfter", "publishedBefore")
"""Parameters of the dated versions, which the client of v3 does not know yet."""
REQUIRED = {"filterGroups", "sorts", "properties", "limit", "after"}


@pytest.fixture(scope="module")
def requests_sent(night: Callable[[str], Night]) -> list[Sent]:
    return night("hubspot").api("hubspot")


class _Noted(Exception):  # noqa: N818  # it is no error: the client stops there
    """What the client would have sent."""


def by_the_client(sent: Sent) -> tuple[str, str, Any]:
    """Method, path of v3, and query or body that the client sends when it is asked for the same.

    Raises TypeError on a parameter, or a field of a search, that it does not know.
    """
    with pytest.raises(_Noted) as noted:
        _call(sent)
    path, method, query, body = noted.value.args
    return method, path, body or {name: _text(value) for name, value in query}


def _silent(package: Any, name: str, _config: Any) -> Any:
    class Silent(package.ApiClient):  # type: ignore[misc, name-defined]  # the vendor's code is untyped
        def call_api(self, path: str, method: str, _path: Any, query: Any, _headers: Any, **rest: Any) -> Any:
            raise _Noted(path, method, query, self.sanitize_for_serialization(rest.get("body")))

    return getattr(package, name)(api_client=Silent())


def _call(sent: Sent) -> None:
    client = vendor.HubSpot(api_factory=_silent)
    arguments = {_snake(name): _value(value) for name, value in sent.query.items()}
    kind = next((kind for kind in KINDS if f"/{kind}" in sent.path), None)
    if kind is None:
        client.marketing.emails.marketing_emails_api.get_page(**arguments)
        return
    api = client.crm.objects.feedback_submissions if kind == "feedback_submissions" else getattr(client.crm, kind)
    if sent.method == "POST":
        api.search_api.do_search(public_object_search_request=_search(sent.json))
    api.basic_api.get_page(**arguments)


def _search(body: dict[str, Any]) -> Any:
    from hubspot.crm.deals import Filter, FilterGroup, PublicObjectSearchRequest

    groups = [
        FilterGroup(
            filters=[Filter(**{_snake(name): value for name, value in one.items()}) for one in group["filters"]]
        )
        for group in body["filterGroups"]
    ]
    rest = {name: value for name, value in body.items() if name != "filterGroups"}
    return PublicObjectSearchRequest(filter_groups=groups, **rest)


def _snake(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _value(text: str) -> Any:
    return {"true": True, "false": False}.get(text, int(text) if text.isdigit() else text)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _older(path: str) -> str:
    """The path of v3 for a dated one."""
    moved = {"/crm/objects/": "/crm/v3/objects/", "/marketing/emails/": "/marketing/v3/emails/"}
    start = next(start for start in moved if path.startswith(start))
    return moved[start] + path.removeprefix(f"{start}{API_VERSION}").lstrip("/")


def of_the_api(sent: list[Sent]) -> list[Sent]:
    """Without the requests for a token and for the account's details, which the client has none of."""
    return [one for one in sent if not one.path.startswith(("/oauth/", "/account-info/"))]


def test_every_stream_is_asked_for(requests_sent: list[Sent]) -> None:
    asked = {(one.method, one.path) for one in of_the_api(requests_sent)}
    searches = {("POST", f"/crm/objects/{API_VERSION}/{kind}/search") for kind in KINDS}
    lists = {("GET", f"/crm/objects/{API_VERSION}/{kind}") for kind in KINDS}
    assert asked == searches | lists | {("GET", f"/marketing/emails/{API_VERSION}")}


def test_the_client_sends_the_same(requests_sent: list[Sent]) -> None:
    for ours in of_the_api(requests_sent):
        sent = replace(ours, query={name: value for name, value in ours.query.items() if name not in DATED})
        method, path, told = by_the_client(sent)
        assert (method, path) == (sent.method, _older(sent.path))
        assert told == (sent.json if sent.body else sent.query)


def test_a_search_has_all_five_fields(requests_sent: list[Sent]) -> None:
    searches = [sent.json for sent in requests_sent if sent.path.endswith("/search")]
    assert searches
    assert all(body.keys() == REQUIRED for body in searches)
    assert all(isinstance(one["value"], str) for body in searches for one in body["filterGroups"][0]["filters"])


def test_the_client_refuses_what_it_does_not_know(requests_sent: list[Sent]) -> None:
    """The judge can tell wrong from right."""
    emails = next(sent for sent in requests_sent if sent.path.startswith("/marketing/"))
    search = next(sent for sent in requests_sent if sent.path.endswith("/search"))
    with pytest.raises(TypeError, match="unexpected keyword argument 'sent_after'"):
        _call(replace(emails, query={"sentAfter": "2026-11-01T00:00:00Z"}))
    with pytest.raises(TypeError, match="unexpected keyword argument 'property'"):
        _call(replace(search, body=search.body.replace(b'"propertyName": "last', b'"property": "last')))
