"""Mailchimp's own client as the client of the sandbox, and its OpenAPI document as the judge of what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox import mailchimp
from sandbox.company import World
from sandbox.mailchimp import DATA_CENTRE, KEY
from sandbox.server import Sandbox
from tests.contract import mailchimp_spec as spec

LIST = "57afe96172"
PAGE = 40


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.05, first_day=date(2026, 9, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def client_of(sandbox: Sandbox, **config: str) -> Any:
    """The vendor's client, its address turned to the sandbox."""
    vendor = pytest.importorskip("mailchimp_marketing", reason="Mailchimp's client is not installed")
    client = vendor.Client(config)
    client.api_client.host = sandbox.url("mailchimp") + "/3.0"
    return client


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Any:
    return client_of(sandbox, api_key=KEY)


def refusal(call: Callable[[], Any]) -> tuple[int, str, str]:
    """HTTP status, type and title of the client's own error; its text is the problem document as sent."""
    errors = pytest.importorskip("mailchimp_marketing.api_client", reason="Mailchimp's client is not installed")
    with pytest.raises(errors.ApiClientError) as caught:
        call()
    problem = json.loads(caught.value.text)
    assert problem["status"] == caught.value.status_code
    return caught.value.status_code, problem["type"], problem["title"]


def problem(status: int, title: str) -> tuple[int, str, str]:
    return status, "https://mailchimp.com/developer/marketing/docs/errors/", title


# -- The client ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("config", [{"api_key": KEY}, {"access_token": KEY, "server": DATA_CENTRE}])
def test_the_client_pings_with_either_kind_of_credential(sandbox: Sandbox, config: dict[str, str]) -> None:
    assert client_of(sandbox, **config).ping.get() == {"health_status": "Everything's Chimpy!"}


def test_the_client_finds_the_data_centre_in_the_key(client: Any) -> None:
    assert client.api_client.server == DATA_CENTRE


def test_the_client_pages_through_reports(client: Any) -> None:
    found: list[str] = []
    while True:
        answer = client.reports.get_all_campaign_reports(count=PAGE, offset=len(found))
        found += [report["id"] for report in answer["reports"]]
        if len(answer["reports"]) < PAGE:
            break
    assert len(set(found)) == len(found) == answer["total_items"] > PAGE


def test_the_client_narrows_reports_by_send_time_and_fields(client: Any) -> None:
    answer = client.reports.get_all_campaign_reports(
        since_send_time=datetime(2026, 11, 1, tzinfo=UTC),
        before_send_time=datetime(2026, 11, 8, tzinfo=UTC),
        fields=["reports.send_time", "reports.opens.unique_opens"],
    )
    assert {report["send_time"][:10] for report in answer["reports"]} <= {f"2026-11-0{day}" for day in range(1, 8)}
    assert all(report.keys() == {"send_time", "opens"} for report in answer["reports"])
    assert answer["reports"]


def test_the_client_reads_the_report_of_a_campaign(client: Any) -> None:
    listed = client.reports.get_all_campaign_reports(count=1)["reports"][0]
    assert client.reports.get_campaign_report(listed["id"]) == listed


def test_the_client_lists_audiences(client: Any) -> None:
    answer = client.lists.get_all_lists(count=2, include_total_contacts=True)
    assert (len(answer["lists"]), answer["total_items"]) == (2, 3)
    assert all(entry["stats"]["total_contacts"] >= entry["stats"]["member_count"] for entry in answer["lists"])


def test_the_client_reads_the_activity_of_an_audience(client: Any) -> None:
    answer = client.lists.get_list_recent_activity(LIST, count=7)
    assert [day["day"] for day in answer["activity"]] == [f"2026-11-{day}" for day in range(22, 15, -1)]
    assert answer["list_id"] == LIST


# -- Its errors ----------------------------------------------------------------------------------------------------


def test_the_client_sees_an_unknown_key(sandbox: Sandbox) -> None:
    stranger = client_of(sandbox, api_key=f"{'f' * 32}-{DATA_CENTRE}")
    assert refusal(stranger.ping.get) == problem(401, "API Key Invalid")


def test_the_client_sees_the_wrong_data_centre(sandbox: Sandbox) -> None:
    elsewhere = client_of(sandbox, api_key=KEY.replace(DATA_CENTRE, "us6"))
    assert refusal(elsewhere.ping.get) == problem(403, "Wrong Datacenter")


@pytest.mark.parametrize("method", ["reports.get_campaign_report", "lists.get_list", "lists.get_list_recent_activity"])
def test_the_client_sees_what_is_not_there(client: Any, method: str) -> None:
    group, name = method.split(".")
    call = getattr(getattr(client, group), name)
    assert refusal(lambda: call("0000000000")) == problem(404, "Resource Not Found")


def test_the_client_sees_a_bad_parameter(client: Any) -> None:
    call = client.reports.get_all_campaign_reports
    assert refusal(lambda: call(since_send_time="yesterday")) == problem(400, "Invalid Resource")


def test_the_client_sees_too_many_connections(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.script("mailchimp", [mailchimp.TOO_MANY])
    assert refusal(client.ping.get) == problem(429, "Too Many Requests")


def test_the_client_sees_a_server_error(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.script("mailchimp", [mailchimp.TRANSIENT[0]])
    assert refusal(client.ping.get) == problem(500, "Internal Server Error")


# -- The document --------------------------------------------------------------------------------------------------


def get(sandbox: Sandbox, path: str, **params: Any) -> Any:
    url = sandbox.url("mailchimp") + spec.BASE + path
    return requests.get(url, params=params, auth=("any", KEY), timeout=30).json()


@pytest.mark.parametrize(
    ("template", "params"),
    [
        ("/ping", {}),
        ("/reports", {"count": 1000}),
        ("/reports/{campaign_id}", {}),
        ("/campaigns", {"count": 1000}),
        ("/campaigns/{campaign_id}", {}),
        ("/lists", {"include_total_contacts": "true"}),
        ("/lists/{list_id}", {}),
        ("/lists/{list_id}/activity", {"count": 180}),
    ],
)
def test_answers_fit_the_document(sandbox: Sandbox, client: Any, template: str, params: dict[str, Any]) -> None:
    campaign = client.reports.get_all_campaign_reports(count=1)["reports"][0]["id"]
    answer = get(sandbox, template.format(campaign_id=campaign, list_id=LIST), **params)
    spec.validate_answer(("GET", template), answer)


def test_refusals_fit_the_document(sandbox: Sandbox) -> None:
    default = spec.described(("GET", "/reports"))["responses"]["default"]["content"]
    body = get(sandbox, "/reports/0000000000")
    spec.jsonschema.validate(body, next(iter(default.values()))["schema"])


@pytest.mark.parametrize("wrong", [{"uniqueOpens": 1}, {"emails_sent": "12"}, {"opens": {"unique": 1}}])
def test_the_judge_sees_what_mailchimp_would_never_answer(wrong: dict[str, Any]) -> None:
    with pytest.raises(spec.jsonschema.ValidationError):
        spec.validate_answer(("GET", "/reports"), {"reports": [wrong]})


def test_every_path_of_the_sandbox_is_one_of_the_clients(sandbox: Sandbox) -> None:
    paths = {str(getattr(route, "path", "")) for route in mailchimp.routes(sandbox.world, sandbox.faults)}
    assert paths - {"/{path:path}"} <= {spec.BASE + template for _, template in spec.client_methods()}
