"""LinkedIn's own client reads the sandbox: a member's pages, their posts, and statistics."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.linkedin_organizations import ORGANIZATIONS
from sandbox.linkedin_state import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN
from sandbox.server import Sandbox
from tests.contract.linkedin_client import client_of, found, sdk

PAGE = ORGANIZATIONS[0]
SHARES = "/organizationalEntityShareStatistics"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with Sandbox(World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=now), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The Rest.li client, its address turned to the sandbox."""
    return client_of(sandbox.url("linkedin_pages"), monkeypatch)


def test_the_client_refreshes_a_token_and_lists_pages(client: Any) -> None:
    auth = sdk("clients.auth.client").AuthClient(CLIENT_ID, CLIENT_SECRET)
    granted = auth.exchange_refresh_token_for_access_token(REFRESH_TOKEN)
    roles = found(client, "/organizationAcls", "roleAssignee", granted.access_token, role="ADMINISTRATOR")
    assert [role["organization"] for role in roles] == [page.urn for page in ORGANIZATIONS]


def test_the_client_reads_posts_and_their_figures(client: Any) -> None:
    posts = found(client, "/posts", "author", author=PAGE.urn, count=5, sortBy="LAST_MODIFIED")
    shares = [post["id"] for post in posts if post["id"].startswith("urn:li:share:")]
    told = found(client, SHARES, "organizationalEntity", organizationalEntity=PAGE.urn, shares=shares)
    assert {element["share"] for element in told} == set(shares) != set()


def test_the_client_reads_days(client: Any) -> None:
    start = int(datetime(2026, 11, 15, tzinfo=UTC).timestamp() * 1000)
    intervals = {"timeRange": {"start": start, "end": start + 3 * 86_400_000}, "timeGranularityType": "DAY"}
    told = found(client, SHARES, "organizationalEntity", organizationalEntity=PAGE.urn, timeIntervals=intervals)
    assert [element["timeRange"]["start"] for element in told] == [start + n * 86_400_000 for n in range(3)]
