"""Klaviyo's own SDK as the client of the sandbox: its models are the judge of what is answered."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox import klaviyo
from sandbox.company import World
from sandbox.klaviyo_accounts import ACCOUNTS
from sandbox.server import Sandbox
from tests.contract.klaviyo_sdk import sdk

NL, UK = ACCOUNTS
OCTOBER = {"start": "2026-10-01T00:00:00+00:00", "end": "2026-11-01T00:00:00+00:00"}
EMAILS = "equals(messages.channel,'email')"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.05, first_day=date(2026, 9, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture(scope="module")
def client_of(sandbox: Sandbox) -> Iterator[Callable[[str], Any]]:
    """The vendor's client for a key, its address turned to the sandbox."""
    with sdk() as module:
        yield lambda key: module.KlaviyoAPI(key, max_delay=1, max_retries=1, test_host=sandbox.url("klaviyo"))


@pytest.fixture(scope="module")
def client(client_of: Callable[[str], Any]) -> Any:
    return client_of(NL.key)


def report(kind: str, **attributes: Any) -> dict[str, Any]:
    told = {"statistics": ["delivered", "open_rate"], "timeframe": OCTOBER, "conversion_metric_id": "RESQ6t"}
    return {"data": {"type": kind, "attributes": told | attributes}}


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """HTTP status and code of the SDK's own error; its body is the document as sent."""
    with pytest.raises(Exception, match="HTTP response body") as caught:
        call()
    [error] = json.loads(caught.value.body)["errors"]  # type: ignore[attr-defined]
    assert {"id", "code", "title", "detail"} <= error.keys()
    return caught.value.status, error["code"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_client_reads_the_account_of_a_key(client_of: Callable[[str], Any], account: Any) -> None:
    [told] = client_of(account.key).Accounts.get_accounts().data
    assert (told.id, told.attributes.timezone) == (account.id, account.time_zone)
    assert told.attributes.preferred_currency == account.currency


def test_the_client_reads_metrics(client: Any) -> None:
    told = {one.id: one.attributes.name for one in client.Metrics.get_metrics().data}
    assert told["RESQ6t"] == "Placed Order"


def test_the_client_pages_through_campaigns(client: Any) -> None:
    found: list[Any] = []
    cursor = None
    while cursor or not found:
        page = client.Campaigns.get_campaigns(EMAILS, page_size=5, page_cursor=cursor)
        found += page.data
        cursor = page.links.next and page.links.next.split("page%5Bcursor%5D=")[1].split("&")[0]
    assert len({one.id for one in found}) == len(found) == 12
    assert {one.attributes.status for one in found} == {"Sent"}


def test_the_client_reads_the_values_of_campaigns(client: Any) -> None:
    asked = report("campaign-values-report", statistics=["delivered", "opens_unique", "open_rate"])
    results = client.Reporting.query_campaign_values(asked).data.attributes.results
    assert len(results) == 4
    for one in results:
        assert one.groupings["send_channel"] == "email"
        assert one.statistics["open_rate"] == one.statistics["opens_unique"] / one.statistics["delivered"]


def test_the_client_reads_a_series_of_flows(client: Any) -> None:
    told = client.Reporting.query_flow_series(report("flow-series-report", interval="daily")).data.attributes
    assert [time.date() for time in told.date_times] == [date(2026, 10, day) for day in range(1, 32)]
    assert {len(one.statistics["delivered"]) for one in told.results} == {31}


def test_the_client_sees_an_unknown_key(client_of: Callable[[str], Any]) -> None:
    assert refusal(client_of("pk_stranger").Accounts.get_accounts) == (401, "authentication_failed")


def test_the_client_sees_that_a_channel_is_required(client: Any) -> None:
    assert refusal(lambda: client.Campaigns.get_campaigns("equals(archived,true)")) == (400, "invalid")


def test_the_client_sees_a_wrong_metric(client: Any) -> None:
    asked = report("campaign-values-report", conversion_metric_id="none")
    assert refusal(lambda: client.Reporting.query_campaign_values(asked)) == (400, "invalid")


def test_the_client_waits_as_it_is_told_and_tries_again(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.script("klaviyo", [klaviyo.TRANSIENT[1]])
    sandbox.requests.clear()
    assert client.Accounts.get_accounts().data
    assert [call.path for call in sandbox.requests] == ["/api/accounts"] * 2


def test_the_client_sees_a_server_error(sandbox: Sandbox, client: Any) -> None:
    sandbox.faults.script("klaviyo", [klaviyo.TRANSIENT[0]])
    assert refusal(client.Accounts.get_accounts) == (500, "error")
