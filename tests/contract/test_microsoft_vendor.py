"""The models of Microsoft's own SDK read what the sandbox answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.microsoft_ads import ACCOUNTS
from sandbox.microsoft_errors import FAULTS, OPERATION, MicrosoftError
from sandbox.microsoft_reports import COLUMNS
from sandbox.microsoft_request import PERFORMANCE, ZONES
from sandbox.microsoft_state import CUSTOMER_ID, DEVELOPER_TOKEN, microsoft_state_of
from sandbox.server import Sandbox

# The SDK's models use what pydantic has deprecated since; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    with Sandbox(World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=now), port=0, grpc_port=0) as running:
        yield running


def sdk(module: str) -> Any:
    return pytest.importorskip(f"openapi_client.models.{module}", reason="Microsoft's SDK is not installed")


def told(sandbox: Sandbox, path: str, body: dict[str, Any]) -> Any:
    keys = {
        "Authorization": f"Bearer {microsoft_state_of(sandbox.world).issue()}",
        "DeveloperToken": DEVELOPER_TOKEN,
        "CustomerId": CUSTOMER_ID,
        "CustomerAccountId": "180001001",
    }
    return requests.post(f"{sandbox.url('microsoft_ads')}{path}", json=body, headers=keys, timeout=30).json()


def test_a_report_that_the_sdk_makes_is_taken_and_told(sandbox: Sandbox) -> None:
    reporting = "/Reporting/v13/GenerateReport"
    request = sdk("reporting.campaign_performance_report_request").CampaignPerformanceReportRequest.from_dict(
        {
            "Format": "Csv",
            "FormatVersion": "2.0",
            "Aggregation": "Daily",
            "Columns": ["TimePeriod", "Spend"],
            "Scope": {"AccountIds": ["180001001"]},
            "Time": {
                "CustomDateRangeStart": {"Day": 1, "Month": 11, "Year": 2026},
                "CustomDateRangeEnd": {"Day": 2, "Month": 11, "Year": 2026},
            },
            "Type": "CampaignPerformanceReportRequest",
        }
    )
    submitted = told(sandbox, f"{reporting}/Submit", {"ReportRequest": request.to_dict()})
    report = sdk("reporting.submit_generate_report_response").SubmitGenerateReportResponse.from_dict(submitted)
    for expected in ("Pending", "Success"):
        polled = told(sandbox, f"{reporting}/Poll", {"ReportRequestId": report.report_request_id})
        read = sdk("reporting.poll_generate_report_response").PollGenerateReportResponse.from_dict(polled)
        assert read.report_request_status.status.value == expected
    assert read.report_request_status.report_download_url


def test_an_account_is_one_of_the_sdk(sandbox: Sandbox) -> None:
    answer = told(sandbox, "/CustomerManagement/v13/Account/Query", {"AccountId": "180001001"})
    account = sdk("customer.get_account_response").GetAccountResponse.from_dict(answer).account
    assert (account.id, account.currency_code.value) == ("180001001", "EUR")
    assert account.to_dict().keys() >= ACCOUNTS["180001001"].keys()


def test_columns_and_zones_are_those_of_the_sdk() -> None:
    columns = sdk("reporting.campaign_performance_report_column").CampaignPerformanceReportColumn
    assert {*COLUMNS, *PERFORMANCE} <= {column.value for column in columns}
    assert set(ZONES) <= {zone.value for zone in sdk("reporting.report_time_zone").ReportTimeZone}


@pytest.mark.parametrize("code", FAULTS)
def test_a_fault_is_one_of_the_sdk(code: int) -> None:
    body = MicrosoftError(code).answer().body
    if code in OPERATION:
        fault = sdk("reporting.api_fault_detail").ApiFaultDetail.from_dict(body)
        assert fault.operation_errors[0].code == code
    else:
        fault = sdk("reporting.ad_api_fault_detail").AdApiFaultDetail.from_dict(body)
        assert fault.errors[0].code == code
