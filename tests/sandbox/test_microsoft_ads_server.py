"""Microsoft Advertising's server, by the fact sheet and by the world's own tables."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.microsoft_state import (
    CLIENT_ID,
    CUSTOMER_ID,
    DEVELOPER_TOKEN,
    REFRESH_TOKEN,
    SCOPE,
    MicrosoftState,
    microsoft_state_of,
)
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACCOUNT = "180001001"
REPORT: dict[str, Any] = {
    "Type": "CampaignPerformanceReportRequest",
    "ReportName": "test",
    "Format": "Csv",
    "FormatVersion": "2.0",
    "ReturnOnlyCompleteData": False,
    "ExcludeReportHeader": True,
    "ExcludeReportFooter": True,
    "Aggregation": "Daily",
    "Columns": ["TimePeriod", "CampaignId", "Impressions", "Spend"],
    "Scope": {"AccountIds": [ACCOUNT]},
    "Time": {
        "CustomDateRangeStart": {"Day": 1, "Month": 11, "Year": 2026},
        "CustomDateRangeEnd": {"Day": 22, "Month": 11, "Year": 2026},
        "ReportTimeZone": "AmsterdamBerlinBernRomeStockholmVienna",
    },
}
FORM = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "scope": f"{SCOPE} offline_access"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def state(sandbox: Sandbox) -> MicrosoftState:
    return microsoft_state_of(sandbox.world)


def post(sandbox: Sandbox, path: str, body: Any, **headers: str) -> requests.Response:
    keys = {
        "Authorization": f"Bearer {microsoft_state_of(sandbox.world).issue()}",
        "DeveloperToken": DEVELOPER_TOKEN,
        "CustomerId": CUSTOMER_ID,
        "CustomerAccountId": ACCOUNT,
    }
    return requests.post(f"{sandbox.url('microsoft_ads')}/{path}", json=body, headers=keys | headers, timeout=30)


def submit(sandbox: Sandbox, **changes: Any) -> requests.Response:
    return post(sandbox, "Reporting/v13/GenerateReport/Submit", {"ReportRequest": REPORT | changes})


def polled(sandbox: Sandbox, report: str) -> dict[str, Any]:
    answer = post(sandbox, "Reporting/v13/GenerateReport/Poll", {"ReportRequestId": report})
    return dict(answer.json()["ReportRequestStatus"])


def made(sandbox: Sandbox, **changes: Any) -> dict[str, Any]:
    report = submit(sandbox, **changes).json()["ReportRequestId"]
    assert polled(sandbox, report) == {"Status": "Pending", "ReportDownloadUrl": None}
    return polled(sandbox, report)


def lines(sandbox: Sandbox, **changes: Any) -> list[list[str]]:
    packed = requests.get(made(sandbox, **changes)["ReportDownloadUrl"], timeout=30).content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        [name] = archive.namelist()
        text = archive.read(name)
    assert text.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(text.decode("utf-8-sig"))))


def fault(answer: requests.Response) -> int:
    body = answer.json()
    return int((body.get("Errors") or body["OperationErrors"])[0]["Code"])


def test_figures_are_those_known_now(sandbox: Sandbox) -> None:
    names, *rows = lines(sandbox)
    assert names == REPORT["Columns"]
    [expected] = sandbox.world.query(
        """SELECT sum(impressions)::INTEGER, sum(cost)::DOUBLE FROM ad_days
        WHERE account_id = ? AND known_at <= ? AND date BETWEEN '2026-11-01' AND '2026-11-22'""",
        [ACCOUNT, sandbox.world.clock],
    )
    found = (sum(int(row[2]) for row in rows), pytest.approx(sum(float(row[3]) for row in rows)))
    assert found == expected


def test_a_header_and_a_footer_come_unless_they_are_left_out(sandbox: Sandbox) -> None:
    found = lines(sandbox, ExcludeReportHeader=False, ExcludeReportFooter=False)
    assert found[0] == ["Report Name: test"]
    assert ["Potential Incomplete Data: false"] in found
    assert found[-1][0].startswith("©2026 Microsoft Corporation")


def test_a_report_without_rows_has_no_file(sandbox: Sandbox) -> None:
    day = {"Day": 1, "Month": 1, "Year": 2025}
    time = {"CustomDateRangeStart": day, "CustomDateRangeEnd": day}
    assert made(sandbox, Time=time) == {"Status": "Success", "ReportDownloadUrl": None}


def test_a_report_may_fail(sandbox: Sandbox, state: MicrosoftState) -> None:
    state.fail_reports = 1
    assert made(sandbox)["Status"] == "Error"
    assert made(sandbox)["Status"] == "Success"


def test_a_link_lives_for_five_minutes_and_needs_no_key(sandbox: Sandbox, state: MicrosoftState) -> None:
    link = made(sandbox)["ReportDownloadUrl"]
    assert requests.get(link, timeout=30).status_code == 200
    assert requests.get(link[:-1], timeout=30).status_code == 403
    clock = state.clock
    state.clock = lambda: clock() + 301
    try:
        assert requests.get(link, timeout=30).status_code == 403
    finally:
        state.clock = clock


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"Columns": ["CampaignId", "Spend"]}, 2015),
        ({"Columns": ["TimePeriod", "CampaignId"]}, 2015),
        ({"Columns": ["TimePeriod", "Cost"]}, 2015),
        ({"Time": REPORT["Time"] | {"ReportTimeZone": "Europe/Amsterdam"}}, 2017),
        ({"Time": REPORT["Time"] | {"CustomDateRangeStart": {"Day": 1, "Month": 1, "Year": 2022}}}, 2021),
        ({"Time": REPORT["Time"] | {"CustomDateRangeEnd": {"Day": 31, "Month": 11, "Year": 2026}}}, 2021),
        ({"Scope": {"AccountIds": [180001001]}}, 100),
        ({"Scope": {"AccountIds": ["1"]}}, 106),
        ({"Aggregation": "daily"}, 100),
        ({"Filters": {}}, 100),
    ],
    ids=str,
)
def test_requests_are_read_strictly(sandbox: Sandbox, changes: dict[str, Any], code: int) -> None:
    assert fault(submit(sandbox, **changes)) == code


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"Authorization": "Bearer wrong"}, 105),
        ({"DeveloperToken": "wrong"}, 105),
        ({"CustomerId": "1"}, 106),
        ({"CustomerAccountId": "1"}, 106),
    ],
    ids=str,
)
def test_keys_are_asked_for(sandbox: Sandbox, headers: dict[str, str], code: int) -> None:
    answer = post(sandbox, "Reporting/v13/GenerateReport/Submit", {"ReportRequest": REPORT}, **headers)
    assert fault(answer) == code


def test_an_unknown_report_is_a_fault(sandbox: Sandbox) -> None:
    assert fault(post(sandbox, "Reporting/v13/GenerateReport/Poll", {"ReportRequestId": "1"})) == 2100


def test_accounts_come_by_the_page(sandbox: Sandbox) -> None:
    user = post(sandbox, "CustomerManagement/v13/User/Query", {"UserId": None}).json()["User"]["Id"]
    predicates = [{"Field": "UserId", "Operator": "Equals", "Value": user}]
    found = [
        post(
            sandbox,
            "CustomerManagement/v13/Accounts/Search",
            {"Predicates": predicates, "PageInfo": {"Index": page, "Size": 1}},
        ).json()["Accounts"]
        for page in range(3)
    ]
    assert [[account["Id"] for account in page] for page in found] == [["180001001"], ["180001002"], []]


def token(sandbox: Sandbox, refresh_token: str) -> requests.Response:
    url = f"{sandbox.url('microsoft_ads')}/common/oauth2/v2.0/token"
    return requests.post(url, data=FORM | {"refresh_token": refresh_token}, timeout=30)


def test_every_token_comes_with_the_next_refresh_token(sandbox: Sandbox, state: MicrosoftState) -> None:
    first = token(sandbox, REFRESH_TOKEN).json()
    second = token(sandbox, first["refresh_token"]).json()
    assert len({REFRESH_TOKEN, first["refresh_token"], second["refresh_token"]}) == 3
    assert token(sandbox, REFRESH_TOKEN).status_code == 200
    state.single_use = True
    refused = token(sandbox, REFRESH_TOKEN)
    state.single_use = False
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
