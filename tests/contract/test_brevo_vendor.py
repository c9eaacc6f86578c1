"""Brevo's own SDK as the client of the sandbox. Its models are lenient: their declared types are checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox import brevo as server
from sandbox.brevo_accounts import ACCOUNTS
from sandbox.company import World
from sandbox.server import Sandbox

NL, UK = ACCOUNTS


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.2, first_day=date(2026, 9, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture(scope="module")
def client_of(sandbox: Sandbox) -> Iterator[Callable[[str], Any]]:
    """The vendor's client for a key, its address turned to the sandbox."""
    brevo = pytest.importorskip("brevo", reason="Brevo's SDK is not installed")
    way = {"base_url": f"{sandbox.url('brevo')}/v3", "token": "unused", "max_retries": 0}
    with pytest.importorskip("httpx").Client() as transport:
        yield lambda key: brevo.Brevo(api_key=key, httpx_client=transport, **way)


@pytest.fixture(scope="module")
def client(client_of: Callable[[str], Any]) -> Any:
    return client_of(NL.key)


def is_whole(told: Any) -> bool:
    """Whether an answer of the SDK fits its own model: it is read again, and strictly this time."""
    kind = type(told)
    return bool(kind.model_validate(told.model_dump(by_alias=True), strict=False))


def test_the_client_reads_the_account_of_a_key(client_of: Callable[[str], Any]) -> None:
    for account in ACCOUNTS:
        told = client_of(account.key).account.get_account()
        assert (told.organization_id, told.company_name) == (account.organisation, account.name)
        assert is_whole(told)


def test_the_client_reads_campaigns(client: Any) -> None:
    told = client.email_campaigns.get_email_campaigns(statistics="globalStats", status="sent", limit=100)
    assert told.count == len(told.campaigns) == 6
    for one in told.campaigns:
        assert is_whole(one)
        counts = one.statistics.global_stats
        assert counts.sent >= counts.delivered > counts.unique_views > counts.trackable_views > 0
        assert counts.trackable_views_rate == pytest.approx(100 * counts.trackable_views / counts.delivered, abs=0.01)


def test_every_statistic_that_the_sdk_declares_is_told(client: Any) -> None:
    [newest] = client.email_campaigns.get_email_campaigns(statistics="globalStats", limit=1).campaigns
    counts = newest.statistics.global_stats
    declared = set(type(counts).model_fields) - {"list_id"}
    assert {name for name in declared if getattr(counts, name) is None} == set()


def test_the_client_narrows_campaigns_by_time(client: Any) -> None:
    told = client.email_campaigns.get_email_campaigns(
        start_date="2026-11-01T00:00:00.000Z", end_date="2026-11-08T00:00:00.000Z"
    )
    assert [one.sent_date[:10] for one in told.campaigns] == ["2026-11-05"]


def test_the_client_reads_one_campaign(client: Any) -> None:
    [newest] = client.email_campaigns.get_email_campaigns(statistics="globalStats", limit=1).campaigns
    told = client.email_campaigns.get_email_campaign(newest.id, statistics="globalStats")
    assert (told.name, told.statistics.global_stats) == (newest.name, newest.statistics.global_stats)


def test_the_client_reads_transactional_reports(client: Any) -> None:
    told = client.transactional_emails.get_smtp_report(start_date="2026-11-01", end_date="2026-11-07", limit=30)
    assert [one.date.day for one in told.reports] == [7, 6, 5, 4, 3, 2, 1]
    assert all(is_whole(one) and one.requests > one.unique_opens > 0 for one in told.reports)


def refusal(call: Callable[[], Any]) -> tuple[int | None, Any]:
    """HTTP status and code of the SDK's own error."""
    from brevo.core.api_error import ApiError

    with pytest.raises(ApiError) as caught:
        call()
    body = caught.value.body
    return caught.value.status_code, body["code"] if isinstance(body, dict) else body.code


def test_the_client_sees_refusals(sandbox: Sandbox, client: Any, client_of: Callable[[str], Any]) -> None:
    assert refusal(client_of("xkeysib-no").account.get_account) == (401, "unauthorized")
    assert refusal(lambda: client.email_campaigns.get_email_campaigns(limit=101)) == (400, "out_of_range")
    assert refusal(lambda: client.email_campaigns.get_email_campaign(999999)) == (404, "document_not_found")
    sandbox.faults.script("brevo", [server.TRANSIENT[1]])
    assert refusal(client.account.get_account) == (429, "too_many_requests")
