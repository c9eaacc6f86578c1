"""Our requests to Microsoft Advertising, judged by models of its own SDK, which refuse unknown columns and values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connectors.microsoft_ads_zones import iana, of_reports
from tests.contract.our_requests import Night, Sent

# The SDK's models use what pydantic has deprecated since; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

REPORTING = "/Reporting/v13/GenerateReport"


@pytest.fixture(scope="module")
def calls(night: Callable[[str], Night]) -> list[Sent]:
    return night("microsoft_ads").api("microsoft_ads")


def sdk(module: str) -> Any:
    return pytest.importorskip(f"openapi_client.models.{module}", reason="Microsoft's SDK is not installed")


def bodies(calls: list[Sent], path: str) -> list[Any]:
    found = [sent.json for sent in calls if sent.path == path]
    assert found
    return found


def given(told: dict[str, Any]) -> dict[str, Any]:
    """Without the fields that the SDK writes as null."""
    return {name: value for name, value in told.items() if value is not None}


def test_every_kind_of_call_is_made(calls: list[Sent]) -> None:
    assert {sent.path for sent in calls if not sent.path.startswith("/reportstorage/")} == {
        "/common/oauth2/v2.0/token",
        "/CustomerManagement/v13/Account/Query",
        f"{REPORTING}/Submit",
        f"{REPORTING}/Poll",
    }


def test_a_report_is_one_that_the_sdk_can_read(calls: list[Sent]) -> None:
    model = sdk("reporting.campaign_performance_report_request").CampaignPerformanceReportRequest
    for body in bodies(calls, f"{REPORTING}/Submit"):
        assert body.keys() == {"ReportRequest"}
        read = model.from_dict(body["ReportRequest"])
        assert given(read.to_dict()).keys() == body["ReportRequest"].keys()
        assert [column.value for column in read.columns] == body["ReportRequest"]["Columns"]


def test_the_sdk_refuses_a_misspelt_column(calls: list[Sent]) -> None:
    model = sdk("reporting.campaign_performance_report_request").CampaignPerformanceReportRequest
    report = bodies(calls, f"{REPORTING}/Submit")[0]["ReportRequest"]
    with pytest.raises(ValueError, match="Columns"):
        model.from_dict(report | {"Columns": ["TimePeriod", "Spent"]})


@pytest.mark.parametrize(
    ("path", "module", "name"),
    [
        (f"{REPORTING}/Poll", "reporting.poll_generate_report_request", "PollGenerateReportRequest"),
        ("/CustomerManagement/v13/Account/Query", "customer.get_account_request", "GetAccountRequest"),
    ],
)
def test_other_calls_are_the_sdks(calls: list[Sent], path: str, module: str, name: str) -> None:
    model = getattr(sdk(module), name)
    for body in bodies(calls, path):
        assert given(model.from_dict(body).to_dict()) == body


def test_headers_are_those_that_the_sdk_sends(calls: list[Sent]) -> None:
    configuration = pytest.importorskip("openapi_client.configuration", reason="Microsoft's SDK is not installed")
    keys = {"DeveloperToken": "d", "CustomerId": "c", "CustomerAccountId": "a", "Authorization": "t"}
    names = {told["key"] for told in configuration.Configuration(api_key=keys).auth_settings().values()}
    for sent in calls:
        if sent.path.startswith(REPORTING):
            assert names - {"AuthenticationToken", "UserName", "Password"} <= sent.headers.keys()


def test_every_zone_of_an_account_is_one_of_reports_and_of_iana() -> None:
    zones = [zone.value for zone in sdk("customer.time_zone_type").TimeZoneType]
    known = {zone.value for zone in sdk("reporting.report_time_zone").ReportTimeZone}
    assert [zone for zone in zones if of_reports(zone) not in known] == []
    assert [zone for zone in zones if iana(zone) is None] == ["InternationalDateLineWest"]
