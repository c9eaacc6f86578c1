"""Our requests to LinkedIn, judged by its own client: how a query is written, and which headers go with it.

No schema of the API is published: which parameters and fields there are, the sandbox judges by the documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.linkedin_client import raw, sdk
from tests.contract.our_requests import Night, Sent

ANALYTICS = "/rest/adAnalytics"


@pytest.fixture(scope="module")
def calls(night: Callable[[str], Night]) -> list[Sent]:
    return [sent for sent in night("linkedin_ads").api("linkedin_ads") if sent.path.startswith("/rest/")]


def understood(sent: Sent) -> dict[str, Any]:
    """The parameters as LinkedIn's client decodes them; `fields` is no Rest.li value there either."""
    decode = sdk("clients.restli.utils.decoder").decode
    return {name: text if name == "fields" else decode(text) for name, text in raw(sent).items()}


def test_every_kind_of_call_is_made(calls: list[Sent]) -> None:
    assert {sent.path for sent in calls} == {
        "/rest/adAccounts/512345678",
        "/rest/adAccounts/512345678/adCampaigns",
        ANALYTICS,
    }


def test_the_report_reads_as_it_was_meant(calls: list[Sent]) -> None:
    report = understood(next(sent for sent in reversed(calls) if sent.path == ANALYTICS))
    assert report["accounts"] == ["urn:li:sponsoredAccount:512345678"]
    assert report["dateRange"].keys() == {"start", "end"}
    assert all(edge.keys() == {"year", "month", "day"} for edge in report["dateRange"].values())
    assert (report["q"], report["pivot"], report["timeGranularity"]) == ("analytics", "CAMPAIGN", "DAILY")


def test_the_client_would_write_the_same(calls: list[Sent]) -> None:
    encode = sdk("clients.restli.utils.restli").encode_query_params_for_get_requests
    decode = sdk("clients.restli.utils.decoder").decode
    for sent in calls:
        if query := urlsplit(sent.url).query:
            again = dict(part.split("=", 1) for part in encode(understood(sent)).split("&"))
            assert again.keys() == raw(sent).keys(), query
            assert {name: decode(text) for name, text in again.items() if name != "fields"} == {
                name: value for name, value in understood(sent).items() if name != "fields"
            }
            assert len(encode(understood(sent))) == len(query)


def test_headers_are_the_clients(calls: list[Sent]) -> None:
    methods = sdk("common.constants").RESTLI_METHODS
    expected = sdk("clients.restli.utils.api").get_restli_request_headers(
        restli_method=methods.FINDER, access_token="t", version_string="202608"
    )
    needed = {name.lower(): value for name, value in expected.items()}
    for sent in calls:
        given = {name.lower(): value for name, value in sent.headers.items()}
        for name in ("linkedin-version", "x-restli-protocol-version"):
            assert given[name] == needed[name]
        assert given["authorization"].startswith("Bearer ")
