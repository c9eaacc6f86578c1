"""Our requests to Mailchimp, judged by the vendor's client (paths, parameters) and its OpenAPI document (values too).

What the fields of a report mean is not told by either; `tests/connectors` checks how they are read.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.contract import mailchimp_spec as spec
from tests.contract.our_requests import Night, Sent

NightOf = Callable[[str], Night]


@pytest.fixture(scope="module")
def requests_sent(night: NightOf) -> list[Sent]:
    return night("mailchimp").api("mailchimp")


def by_the_client(sent: Sent) -> tuple[str, str, dict[str, str]]:
    """Method, path and query that the vendor's client sends when it is asked for the same.

    Raises AssertionError on an unknown path, TypeError on an unknown parameter, ValueError on a forbidden value.
    """
    operation = spec.operation_of(sent.method, sent.path)
    module, kind = spec.client_methods()[operation][0].split(":")
    client = _silent_client()
    method = getattr(getattr(importlib.import_module(module), kind)(client), spec.client_methods()[operation][1])
    method(*spec.path_values(operation, sent.path).values(), **_arguments(sent.query))
    verb, path, query = client.noted
    return verb, path, {name: str(value) for name, value in query}


def _silent_client() -> Any:
    """The vendor's client, which notes a request instead of sending it."""
    import mailchimp_marketing.api_client
    import requests

    class Silent(mailchimp_marketing.api_client.ApiClient):  # type: ignore[misc]  # the vendor's code is untyped
        def request(self, method: str, url: str, query_params: Any = None, **_rest: Any) -> requests.Response:
            self.noted = (method, url, query_params or [])
            return requests.Response()

    client = Silent()
    client.host = spec.BASE
    return client


def _arguments(query: dict[str, str]) -> dict[str, Any]:
    lists = ("fields", "exclude_fields")
    split: dict[str, Any] = {name: text.split(",") if name in lists else text for name, text in query.items()}
    return {name: int(value) if name in ("count", "offset") else value for name, value in split.items()}


def misfits(sent: Sent) -> list[str]:
    """What is wrong with the query by the OpenAPI document: unknown parameters, wrong values, unknown fields."""
    operation = spec.operation_of(sent.method, sent.path)
    known = {it["name"]: it["schema"] for it in spec.described(operation).get("parameters", []) if it["in"] == "query"}
    unknown = [name for name in sent.query if name not in known]
    wrong = [name for name, text in sent.query.items() if name in known and not _fits(known[name], text)]
    fields = sent.query["fields"].split(",") if "fields" in sent.query else []
    return unknown + wrong + spec.unknown_fields(operation, fields)


def _fits(schema: dict[str, Any], text: str) -> bool:
    if schema.get("format") == "date-time":
        return datetime.fromisoformat(text).tzinfo is not None
    kinds: dict[str, Callable[[str], Any]] = {"integer": int, "array": lambda names: names.split(",")}
    return bool(spec.jsonschema.Draft7Validator(schema).is_valid(kinds.get(schema["type"], str)(text)))


def test_a_night_asks_for_everything_that_is_read(requests_sent: list[Sent]) -> None:
    assert {spec.operation_of(sent.method, sent.path) for sent in requests_sent} == {
        ("GET", "/ping"),
        ("GET", "/reports"),
        ("GET", "/lists"),
        ("GET", "/lists/{list_id}/activity"),
    }


def test_every_request_is_one_that_the_vendors_client_sends(requests_sent: list[Sent]) -> None:
    for sent in requests_sent:
        assert by_the_client(sent) == (sent.method, sent.path, sent.query)


def test_every_query_fits_the_document(requests_sent: list[Sent]) -> None:
    assert [misfits(sent) for sent in requests_sent] == [[]] * len(requests_sent)


def wrong(requests_sent: list[Sent], **changes: str) -> Sent:
    """The request for reports with another query."""
    [reports] = [sent for sent in requests_sent if sent.path == "/3.0/reports"]
    return replace(reports, query=reports.query | changes)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"sincesend_time": "2026-11-01T00:00:00Z"}, ["sincesend_time"]),
        ({"count": "1001"}, ["count"]),
        ({"since_send_time": "2026-11-01T00:00:00"}, ["since_send_time"]),
        ({"type": "automatic"}, ["type"]),
        ({"fields": "reports.id,reports.sent,reports.opens.unique"}, ["reports.sent", "reports.opens.unique"]),
    ],
)
def test_the_document_refuses_a_wrong_query(
    requests_sent: list[Sent], changes: dict[str, str], found: list[str]
) -> None:
    assert misfits(wrong(requests_sent, **changes)) == found


def test_the_client_refuses_an_unknown_parameter(requests_sent: list[Sent]) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'sort_field'"):
        by_the_client(wrong(requests_sent, sort_field="send_time"))


def test_the_client_refuses_an_unknown_path(requests_sent: list[Sent]) -> None:
    with pytest.raises(AssertionError, match="no operation"):
        by_the_client(replace(requests_sent[0], path="/3.0/report"))
