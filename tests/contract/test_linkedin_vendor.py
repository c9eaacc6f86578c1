"""LinkedIn's own client reads the sandbox: tokens, ad accounts, campaigns and reports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.linkedin_state import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN
from sandbox.server import Sandbox
from tests.contract.linkedin_client import VERSION, client_of, found, sdk


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with Sandbox(World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=now), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The Rest.li client, its address turned to the sandbox."""
    return client_of(sandbox.url("linkedin_ads"), monkeypatch)


def test_the_client_refreshes_a_token_and_lists_accounts(client: Any) -> None:
    auth = sdk("clients.auth.client").AuthClient(CLIENT_ID, CLIENT_SECRET)
    granted = auth.exchange_refresh_token_for_access_token(REFRESH_TOKEN)
    accounts = found(client, "/adAccounts", "search", granted.access_token)
    assert [(each["id"], each["currency"]) for each in accounts] == [(512345678, "EUR"), (512345679, "GBP")]


def test_the_client_reads_an_account(client: Any) -> None:
    answer = client.get(
        resource_path="/adAccounts/{id}", path_keys={"id": 512345678}, access_token=TOKEN, version_string=VERSION
    )
    assert answer.entity["name"] == "Duurzame Mode"


def test_the_client_reads_a_report(client: Any) -> None:
    rows = found(
        client,
        "/adAnalytics",
        "analytics",
        pivot="CAMPAIGN",
        timeGranularity="DAILY",
        dateRange={
            "start": {"year": 2026, "month": 11, "day": 20},
            "end": {"year": 2026, "month": 11, "day": 21},
        },
        accounts=["urn:li:sponsoredAccount:512345678"],
        fields="dateRange,pivotValues,impressions,costInLocalCurrency",
    )
    assert {row["dateRange"]["start"]["day"] for row in rows} == {20, 21}
    assert {row["pivotValues"][0] for row in rows} == {
        "urn:li:sponsoredCampaign:187654321",
        "urn:li:sponsoredCampaign:187654322",
    }


def test_the_client_sees_a_refusal(client: Any) -> None:
    answer = client.finder(
        resource_path="/adAccounts", finder_name="search", access_token="wrong", version_string=VERSION
    )
    assert answer.status_code == 401
