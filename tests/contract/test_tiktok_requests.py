"""Our requests to TikTok, judged by its own SDK: made again with it, they are the same.

The SDK knows names of parameters and how lists are written, but no names of metrics: those are of the documentation.
TikTok's OpenAPI files are in no package.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.contract.our_requests import Night, Sent

JSON = ("dimensions", "metrics", "filtering", "advertiser_ids", "fields")
NUMBERS = ("page", "page_size")


@pytest.fixture(scope="module")
def calls(night: Callable[[str], Night]) -> list[Sent]:
    return night("tiktok_ads").api("tiktok_ads")


@pytest.fixture
def sdk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The SDK's client, which notes what it would send instead of sending it."""
    module = pytest.importorskip("business_api_client", reason="TikTok's SDK is not installed")
    client = module.ApiClient()
    sent: list[tuple[str, str, list[tuple[str, str]], dict[str, str]]] = []

    def note(method: str, url: str, query_params: Any = None, headers: Any = None, **_: Any) -> Any:
        sent.append((method, urlsplit(url).path, query_params, headers))
        return module.InlineResponse200(code=0)

    monkeypatch.setattr(client, "request", note)
    client.sent = sent
    yield client
    client.pool.close()


def again(client: Any, call: Sent) -> None:
    """The call, made with the SDK."""
    module = pytest.importorskip("business_api_client")
    given: dict[str, Any] = {name: _value(name, text) for name, text in call.query.items()}
    common = {"access_token": call.headers["Access-Token"], "_preload_content": False}
    if call.path.endswith("/advertiser/info/"):
        module.AccountManagementApi(client).advertiser_info(given.pop("advertiser_ids"), **given, **common)
    else:
        module.ReportingApi(client).report_integrated_get(given.pop("report_type"), **given, **common)


def _value(name: str, text: str) -> Any:
    return json.loads(text) if name in JSON else int(text) if name in NUMBERS else text


def test_every_kind_of_call_is_made(calls: list[Sent]) -> None:
    assert {(sent.method, sent.path) for sent in calls} == {
        ("GET", "/open_api/v1.3/advertiser/info/"),
        ("GET", "/open_api/v1.3/report/integrated/get/"),
    }


def test_the_sdk_sends_the_same(calls: list[Sent], sdk: Any) -> None:
    for call in calls:
        again(sdk, call)
        method, path, query, headers = sdk.sent[-1]
        assert (method, path) == (call.method, call.path)
        assert {name: str(value) for name, value in query} == dict(parse_qsl(urlsplit(call.url).query))
        assert headers["Access-Token"] == call.headers["Access-Token"]


def test_the_sdk_refuses_a_misspelt_parameter(calls: list[Sent], sdk: Any) -> None:
    call = calls[-1]
    call.query["page_rows"] = "5"
    with pytest.raises(TypeError, match="page_rows"):
        again(sdk, call)
