"""Our requests to LinkedIn Pages, judged by LinkedIn's own client: how a query is written.

No schema of the API is published: which parameters and fields there are, the sandbox judges by the documentation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from sandbox.linkedin_organizations import ORGANIZATIONS
from tests.contract.linkedin_client import raw, sdk
from tests.contract.our_requests import Night, Sent

PAGE = ORGANIZATIONS[0]


@pytest.fixture(scope="module")
def calls(night: Callable[[str], Night]) -> list[Sent]:
    return [sent for sent in night("linkedin_pages").api("linkedin_pages") if sent.path.startswith("/rest/")]


def understood(sent: Sent) -> dict[str, Any]:
    """The parameters as LinkedIn's client decodes them."""
    decode = sdk("clients.restli.utils.decoder").decode
    return {name: decode(text) for name, text in raw(sent).items()}


def of(calls: list[Sent], resource: str, parameter: str) -> list[dict[str, Any]]:
    """The calls of a resource that have a parameter."""
    found = [understood(sent) for sent in calls if sent.path == f"/rest/{resource}"]
    kept = [params for params in found if parameter in params]
    assert kept
    return kept


def test_every_kind_of_call_is_made(calls: list[Sent]) -> None:
    assert {sent.path for sent in calls} == {
        f"/rest/organizations/{PAGE.id}",
        "/rest/posts",
        "/rest/organizationalEntityShareStatistics",
        "/rest/organizationalEntityFollowerStatistics",
        "/rest/organizationPageStatistics",
    }


def test_days_read_as_they_were_meant(calls: list[Sent]) -> None:
    for resource in ("organizationalEntityShareStatistics", "organizationPageStatistics"):
        for params in of(calls, resource, "timeIntervals"):
            intervals = params["timeIntervals"]
            assert intervals["timeGranularityType"] == "DAY"
            start, end = (int(intervals["timeRange"][edge]) for edge in ("start", "end"))
            assert start % 86_400_000 == end % 86_400_000 == 0 < end - start


@pytest.mark.parametrize(("parameter", "kind"), [("shares", "share"), ("ugcPosts", "ugcPost")])
def test_posts_are_named_in_the_list_of_their_kind(calls: list[Sent], parameter: str, kind: str) -> None:
    for params in of(calls, "organizationalEntityShareStatistics", parameter):
        assert {urn.split(":")[2] for urn in params[parameter]} == {kind}


def test_the_client_would_write_the_same(calls: list[Sent]) -> None:
    """But for the order of the parts of a record, which it sorts."""
    encode = sdk("clients.restli.utils.restli").encode_query_params_for_get_requests
    decode = sdk("clients.restli.utils.decoder").decode
    for sent in calls:
        if query := urlsplit(sent.url).query:
            again = dict(part.split("=", 1) for part in encode(understood(sent)).split("&"))
            assert {name: decode(text) for name, text in again.items()} == understood(sent)
            assert sorted(encode(understood(sent))) == sorted(query)
