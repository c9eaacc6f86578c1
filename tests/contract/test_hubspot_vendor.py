"""HubSpot's own client as the client of the sandbox. It calls the paths of v3, which HubSpot answers until 2027.

Its models refuse answers that lack what they require, and read moments; properties are text to it too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.hubspot_access import BRITISH_KEY, KEY, POOR_KEY
from sandbox.server import Sandbox

vendor = pytest.importorskip("hubspot", reason="HubSpot's client is not installed")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.05, first_day=date(2026, 6, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def client_of(sandbox: Sandbox, key: str = KEY) -> Any:
    """The vendor's client, its address turned to the sandbox."""
    return vendor.HubSpot(access_token=key, host=sandbox.url("hubspot"))


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Any:
    return client_of(sandbox)


def refusal(call: Callable[[], Any]) -> tuple[int, str]:
    """HTTP status, and the category that the client's own error was answered with."""
    with pytest.raises(Exception, match="Reason") as caught:
        call()
    error: Any = caught.value
    return error.status, json.loads(error.body)["category"]


@pytest.mark.parametrize("kind", ["contacts", "deals"])
def test_the_client_searches_through_all_pages(client: Any, kind: str) -> None:
    from hubspot.crm.deals import PublicObjectSearchRequest

    found: list[str] = []
    after: str | None = "0"
    while after:
        asked = PublicObjectSearchRequest(limit=40, after=after, sorts=["createdate"], properties=["createdate"])
        page = getattr(client.crm, kind).search_api.do_search(public_object_search_request=asked)
        found += [record.id for record in page.results]
        after = page.paging.next.after if page.paging else None
    assert len(set(found)) == len(found) == page.total > 40


def test_the_client_filters_and_reads_properties_and_moments(client: Any) -> None:
    from hubspot.crm.deals import Filter, FilterGroup, PublicObjectSearchRequest

    won = Filter(property_name="hs_is_closed_won", operator="EQ", value="true")
    asked = PublicObjectSearchRequest(
        filter_groups=[FilterGroup(filters=[won])],
        properties=["dealstage", "amount"],
        sorts=[{"propertyName": "createdate", "direction": "DESCENDING"}],
        limit=5,
        after="0",
    )
    deals = client.crm.deals.search_api.do_search(public_object_search_request=asked).results
    assert {deal.properties["dealstage"] for deal in deals} == {"closedwon"}
    assert [deal.created_at for deal in deals] == sorted((deal.created_at for deal in deals), reverse=True)
    assert not any(deal.archived for deal in deals)


def test_the_client_lists_what_was_deleted(client: Any) -> None:
    gone = client.crm.deals.basic_api.get_page(limit=100, archived=True, properties=["amount"]).results
    assert gone
    assert all(deal.archived and deal.archived_at > deal.created_at for deal in gone)


def test_the_client_reads_answers_to_surveys(client: Any) -> None:
    page = client.crm.objects.feedback_submissions.basic_api.get_page(
        limit=50, properties=["hs_survey_type", "hs_value", "hs_sentiment"]
    )
    csat = [one.properties for one in page.results if one.properties["hs_survey_type"] == "CSAT"]
    faces = {(one["hs_value"], one["hs_sentiment"]) for one in csat}
    assert faces <= {("0", "DETRACTOR"), ("1", "PASSIVE"), ("2", "PROMOTER")}
    assert len(faces) > 1


def test_the_client_reads_e_mails_with_their_counters(client: Any) -> None:
    page = client.marketing.emails.marketing_emails_api.get_page(
        include_stats=True, is_published=True, limit=3, sort=["-publishDate"]
    )
    assert len(page.results) == 3 < page.total
    assert [one.publish_date for one in page.results] == sorted((it.publish_date for it in page.results), reverse=True)
    assert all(one.stats.counters["sent"] >= one.stats.counters["delivered"] > 0 for one in page.results)
    assert all(0 < one.stats.ratios["openratio"] < 100 for one in page.results)


def test_the_client_sees_what_is_wrong(sandbox: Sandbox) -> None:
    stranger, poor = client_of(sandbox, "pat-eu1-nobody"), client_of(sandbox, POOR_KEY)
    assert refusal(stranger.crm.deals.basic_api.get_page) == (401, "INVALID_AUTHENTICATION")
    assert refusal(poor.crm.objects.feedback_submissions.basic_api.get_page) == (403, "MISSING_SCOPES")
    british = client_of(sandbox, BRITISH_KEY)
    assert refusal(lambda: british.crm.deals.basic_api.get_page(limit=101)) == (400, "VALIDATION_ERROR")
