"""TikTok's own SDK reads the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.tiktok_ads import TOO_MANY_CALLS
from sandbox.tiktok_state import APP_ID, APP_SECRET, TOKEN

ADVERTISER = "7100000000000000001"
REPORT: dict[str, Any] = {
    "advertiser_id": ADVERTISER,
    "data_level": "AUCTION_CAMPAIGN",
    "dimensions": ["campaign_id", "stat_time_day"],
    "metrics": ["campaign_name", "spend", "complete_payment"],
    "start_date": "2026-11-01",
    "end_date": "2026-11-20",
    "page_size": 1000,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with Sandbox(World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=now), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def sdk(sandbox: Sandbox) -> Iterator[Any]:
    module = pytest.importorskip("business_api_client", reason="TikTok's SDK is not installed")
    client = module.ApiClient()
    client.configuration.host = sandbox.url("tiktok_ads")
    yield client
    client.pool.close()
    client.rest_client.pool_manager.clear()


def reporting(sdk: Any) -> Any:
    return pytest.importorskip("business_api_client").ReportingApi(sdk)


def test_the_sdk_reads_a_report(sdk: Any) -> None:
    rows = reporting(sdk).report_integrated_get("BASIC", TOKEN, **REPORT)["data"]["list"]
    assert len(rows) == 20
    assert rows[0]["metrics"]["campaign_name"] == "Spark Ads NL"


def test_the_sdk_reads_advertisers(sdk: Any) -> None:
    module = pytest.importorskip("business_api_client")
    found = module.AccountManagementApi(sdk).advertiser_info([ADVERTISER], TOKEN, fields=["currency"])
    assert found["data"]["list"] == [{"currency": "EUR"}]
    listed = module.AuthenticationApi(sdk).oauth2_advertiser_get(APP_ID, APP_SECRET, TOKEN)
    assert listed["data"]["list"][0]["advertiser_id"] == ADVERTISER


def test_the_sdk_sees_an_error_in_a_200(sdk: Any, sandbox: Sandbox) -> None:
    errors = pytest.importorskip("business_api_client.tiktok_business.tiktok_exceptions")
    sandbox.faults.script("tiktok_ads", [(200, TOO_MANY_CALLS.body(), {})])
    with pytest.raises(errors.TiktokSDKError, match="Error Code: 40100"):
        reporting(sdk).report_integrated_get("BASIC", TOKEN, **REPORT)
    with pytest.raises(errors.TiktokSDKError, match="Error Code: 40002"):
        reporting(sdk).report_integrated_get("BASIC", TOKEN, **REPORT | {"metrics": ["spent"]})
