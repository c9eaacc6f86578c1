"""Our requests to Klaviyo, judged by the vendor's SDK: paths, parameters, statistics, and headers.

The SDK does not look into filters and time frames: the sandbox does, which is written from the vendor's documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.klaviyo_accounts import ACCOUNTS
from tests.contract.klaviyo_sdk import SilentClient, sdk
from tests.contract.our_requests import Night, Sent

NightOf = Callable[[str], Night]

CALLS = {
    ("GET", "/api/accounts"): ("accounts", "get_accounts"),
    ("GET", "/api/metrics"): ("metrics", "get_metrics"),
    ("GET", "/api/campaigns"): ("campaigns", "get_campaigns"),
    ("POST", "/api/campaign-values-reports"): ("reporting", "query_campaign_values"),
    ("POST", "/api/flow-series-reports"): ("reporting", "query_flow_series"),
}
BODIES = {
    "query_campaign_values": "campaign_values_request_dto",
    "query_flow_series": "flow_series_request_dto",
}
HEADERS = ("revision", "Authorization", "Accept")


@pytest.fixture(scope="module")
def client() -> Iterator[SilentClient]:
    with sdk() as module:
        yield SilentClient(module, ACCOUNTS[0].key)


@pytest.fixture(scope="module")
def requests_sent(night: NightOf) -> list[Sent]:
    return night("klaviyo").api("klaviyo")


def by_the_sdk(client: SilentClient, sent: Sent) -> tuple[Any, ...]:
    api, method = CALLS[sent.method, sent.path]
    arguments = {_argument(name): _value(name, text) for name, text in sent.query.items()}
    if method in BODIES:
        arguments[BODIES[method]] = sent.json
    verb, path, query, body, headers = client.sends(api, method, **arguments)
    return verb, path, query, body, {name: headers[name] for name in HEADERS}


def _argument(name: str) -> str:
    """`fields[campaign]` is `fields_campaign` in Python."""
    return name.replace("[", "_").removesuffix("]")


def _value(name: str, text: str) -> Any:
    return text.split(",") if name.startswith("fields[") else text


def test_a_night_asks_for_everything_that_is_read(requests_sent: list[Sent]) -> None:
    assert {(sent.method, sent.path) for sent in requests_sent} == set(CALLS)


def test_every_request_is_one_that_the_vendors_sdk_sends(client: SilentClient, requests_sent: list[Sent]) -> None:
    for sent in requests_sent:
        told = sent.json if sent.method == "POST" else None
        headers = {name: sent.headers[name] for name in HEADERS}
        assert by_the_sdk(client, sent) == (sent.method, sent.path, sent.query, told, headers)


def with_attributes(requests_sent: list[Sent], **changes: Any) -> Sent:
    """The request for a report of flows, changed."""
    [report] = [sent for sent in requests_sent if sent.path == "/api/flow-series-reports"]
    attributes = report.json["data"]["attributes"] | changes
    return replace(report, body=json.dumps({"data": report.json["data"] | {"attributes": attributes}}).encode())


@pytest.mark.parametrize(
    "changes", [{"statistics": ["opens", "human_opens"]}, {"interval": "yearly"}, {"group_by": ["flow"]}]
)
def test_the_sdk_refuses_a_wrong_report(
    client: SilentClient, requests_sent: list[Sent], changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="must be one of"):
        by_the_sdk(client, with_attributes(requests_sent, **changes))


def test_the_sdk_sends_no_attribute_that_it_does_not_know(client: SilentClient, requests_sent: list[Sent]) -> None:
    sent = with_attributes(requests_sent, timezone="Europe/Amsterdam")
    assert by_the_sdk(client, sent)[3] != sent.json


def test_the_sdk_refuses_an_unknown_parameter(client: SilentClient, requests_sent: list[Sent]) -> None:
    metrics = next(sent for sent in requests_sent if sent.path == "/api/metrics")
    with pytest.raises(ValueError, match="Unexpected keyword argument"):
        by_the_sdk(client, replace(metrics, query={"page[size]": "200"}))
