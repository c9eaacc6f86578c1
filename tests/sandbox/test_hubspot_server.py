"""The HubSpot server: its rules by the fact sheet, and its records by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.hubspot_access import (
    BELGIUM,
    BRITISH_KEY,
    CLIENT_ID,
    CLIENT_SECRET,
    KEY,
    POOR_KEY,
    REFRESH_TOKEN,
    HubspotState,
    hubspot_state_of,
)
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SEARCH: dict[str, Any] = {"filterGroups": [], "sorts": [], "properties": [], "limit": 200, "after": "0"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.1, first_day=date(2026, 3, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def state(sandbox: Sandbox) -> HubspotState:
    return hubspot_state_of(sandbox.world)


def call(sandbox: Sandbox, method: str, path: str, key: str = KEY, **options: Any) -> requests.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return requests.request(method, sandbox.url("hubspot") + path, headers=headers, timeout=30, **options)


def search(sandbox: Sandbox, kind: str = "deals", key: str = KEY, version: str = "2026-09", **changes: Any) -> Any:
    path = "/crm/v3/objects/" if version == "v3" else f"/crm/objects/{version}/"
    return call(sandbox, "POST", f"{path}{kind}/search", key, json=SEARCH | changes)


def by(name: str, operator: str, value: str) -> dict[str, Any]:
    return {"filterGroups": [{"filters": [{"propertyName": name, "operator": operator, "value": value}]}]}


class TestAccess:
    def test_a_stranger_is_refused(self, sandbox: Sandbox) -> None:
        answer = search(sandbox, key="pat-eu1-nobody")
        assert (answer.status_code, answer.json()["category"]) == (401, "INVALID_AUTHENTICATION")

    def test_a_key_opens_its_own_account_alone(self, sandbox: Sandbox) -> None:
        mine, theirs = ({it["id"] for it in search(sandbox, key=key).json()["results"]} for key in (KEY, BRITISH_KEY))
        assert mine and theirs and not mine & theirs

    def test_a_missing_scope_is_named(self, sandbox: Sandbox) -> None:
        answer = search(sandbox, "feedback_submissions", POOR_KEY)
        scopes = answer.json()["errors"][0]["context"]["requiredGranularScopes"]
        assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")
        assert "crm.objects.feedback_submissions.read" in scopes
        assert search(sandbox, "deals", POOR_KEY).ok

    @pytest.mark.parametrize("path", ["/oauth/2026-09/token", "/oauth/v1/token"])
    def test_a_refresh_token_buys_an_access_token_for_half_an_hour(
        self, sandbox: Sandbox, state: HubspotState, path: str
    ) -> None:
        form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        told = call(sandbox, "POST", path, data=form | {"refresh_token": REFRESH_TOKEN}).json()
        assert told["expires_in"] == 1800
        assert search(sandbox, key=told["access_token"]).ok
        state.expire_tokens()
        assert search(sandbox, key=told["access_token"]).json()["category"] == "EXPIRED_AUTHENTICATION"
        assert call(sandbox, "POST", path, data=form | {"refresh_token": "another"}).status_code == 400

    def test_a_sixth_search_within_a_second_is_too_much(self, sandbox: Sandbox, state: HubspotState) -> None:
        state.searches_a_second, state.clock = 5, lambda: 1_000_000_000.0
        try:
            answers = [search(sandbox, limit=1) for _ in range(6)]
        finally:
            state.searches_a_second = None
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[-1].json()["policyName"] == "SECONDLY"

    def test_a_version_that_is_not_answered_any_more_is_nowhere(self, sandbox: Sandbox) -> None:
        assert search(sandbox, version="2024-09").status_code == 404


class TestSearch:
    def test_a_dated_version_wants_all_five_fields_and_v3_does_not(self, sandbox: Sandbox) -> None:
        path = "/crm/objects/2026-09/deals/search"
        assert call(sandbox, "POST", path, json={"limit": 5}).json()["category"] == "VALIDATION_ERROR"
        assert call(sandbox, "POST", "/crm/v3/objects/deals/search", json={"limit": 5}).ok

    @pytest.mark.parametrize("changes", [{"limit": 201}, {"after": "10000"}, by("nonsense", "EQ", "1")])
    def test_what_goes_beyond_its_bounds_is_invalid(self, sandbox: Sandbox, changes: dict[str, Any]) -> None:
        answer = search(sandbox, **changes)
        assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")

    def test_pages_join_up(self, sandbox: Sandbox) -> None:
        found: list[str] = []
        after: str | None = "0"
        while after:
            page = search(sandbox, limit=25, after=after).json()
            found += [it["id"] for it in page["results"]]
            after = page.get("paging", {}).get("next", {}).get("after")
        assert len(set(found)) == len(found) == page["total"] > 50

    def test_moments_are_compared_in_milliseconds(self, sandbox: Sandbox) -> None:
        since = datetime(2026, 11, 1, tzinfo=UTC)
        asked = by("createdate", "GTE", str(int(since.timestamp() * 1000)))
        told = [it["properties"]["createdate"] for it in search(sandbox, **asked).json()["results"]]
        assert min(told) >= "2026-11-01T00:00:00.000Z"
        assert search(sandbox, **by("createdate", "GTE", since.isoformat())).json()["total"] == len(told) > 0

    @pytest.mark.parametrize("sort", ["-createdate", {"propertyName": "createdate", "direction": "DESCENDING"}])
    def test_a_sort_is_a_name_or_an_object(self, sandbox: Sandbox, sort: Any) -> None:
        told = [it["properties"]["createdate"] for it in search(sandbox, sorts=[sort]).json()["results"]]
        assert told == sorted(told, reverse=True)

    def test_every_property_is_text_and_only_what_was_asked_for(self, sandbox: Sandbox) -> None:
        record = search(sandbox, properties=["amount", "hs_is_closed_won", "no_such"]).json()["results"][0]
        always = {"hs_object_id", "createdate", "hs_lastmodifieddate"}
        assert record["properties"].keys() == {"amount", "hs_is_closed_won", *always}
        assert all(isinstance(value, str) for value in record["properties"].values())

    def test_the_index_is_a_minute_behind(self, sandbox: Sandbox) -> None:
        world = sandbox.world
        [(moment,)] = world.query("SELECT max(created_at) FROM crm_deals WHERE account_id = ?", [BELGIUM])
        try:
            world.now = moment.replace(tzinfo=UTC) + timedelta(seconds=30)
            before = search(sandbox).json()["total"]
            world.now += timedelta(minutes=1)
            assert search(sandbox).json()["total"] == before + 1
        finally:
            world.now = NOW


class TestRecords:
    def test_an_open_deal_becomes_a_won_one(self, sandbox: Sandbox) -> None:
        world = sandbox.world
        number, moment = world.query(
            """SELECT deal_id, decided_at FROM crm_deals
            WHERE account_id = ? AND won_date IS NOT NULL AND deleted_at IS NULL AND decided_at < ? LIMIT 1""",
            [BELGIUM, world.clock],
        )[0]
        asked = by("hs_object_id", "EQ", str(number)) | {"properties": ["dealstage", "hs_is_closed_won"]}
        after = search(sandbox, **asked).json()["results"][0]["properties"]
        try:
            world.now = moment.replace(tzinfo=UTC) - timedelta(minutes=1)
            before = search(sandbox, **asked).json()["results"][0]["properties"]
        finally:
            world.now = NOW
        assert (before["dealstage"], before["hs_is_closed_won"]) == ("qualifiedtobuy", "false")
        assert (after["dealstage"], after["hs_is_closed_won"]) == ("closedwon", "true")
        assert before["hs_lastmodifieddate"] < after["hs_lastmodifieddate"]

    def test_deleted_deals_are_in_the_list_of_the_archived_and_nowhere_else(self, sandbox: Sandbox) -> None:
        path = "/crm/objects/2026-09/deals"
        gone = call(sandbox, "GET", path, params={"archived": "true", "limit": 100}).json()["results"]
        kept = {it["id"] for it in search(sandbox).json()["results"]}
        known = sandbox.world.query(
            "SELECT deal_id FROM crm_deals WHERE account_id = ? AND deleted_at <= ?", [BELGIUM, sandbox.world.clock]
        )
        assert {it["id"] for it in gone} == {str(row[0]) for row in known}
        assert all(it["archived"] and it["archivedAt"] for it in gone)
        assert gone and not kept & {it["id"] for it in gone}

    def test_a_list_is_paged_by_id(self, sandbox: Sandbox) -> None:
        path, found = "/crm/objects/2026-09/contacts", []
        after = "0"
        while after:
            page = call(sandbox, "GET", path, params={"limit": 50, "after": after}).json()
            found += [int(it["id"]) for it in page["results"]]
            after = page.get("paging", {}).get("next", {}).get("after", "")
        assert found == sorted(found)
        assert len(found) == sandbox.world.query(
            "SELECT count(*) FROM crm_contacts WHERE account_id = ? AND known_at <= ?", [BELGIUM, sandbox.world.clock]
        )[0][0]  # fmt: skip


class TestEmails:
    def emails(self, sandbox: Sandbox, **params: Any) -> Any:
        asked = {"includeStats": "true", "limit": 100, "sort": "publishDate", **params}
        return call(sandbox, "GET", "/marketing/emails/2026-09", params=asked).json()

    def test_counters_are_what_is_known_by_now(self, sandbox: Sandbox) -> None:
        email = self.emails(sandbox)["results"][-1]
        [(opened, clicked)] = sandbox.world.query(
            "SELECT sum(unique_opens), sum(unique_clicks) FROM mailing_deltas WHERE mailing_id = ? AND known_at <= ?",
            [email["id"], sandbox.world.clock],
        )
        counters = email["stats"]["counters"]
        assert (counters["open"], counters["click"]) == (opened, clicked)
        assert counters["delivered"] == counters["sent"] - counters["bounce"]

    def test_counters_grow(self, sandbox: Sandbox) -> None:
        newest = self.emails(sandbox)["results"][-1]
        try:
            sandbox.world.now = NOW - timedelta(days=4)
            earlier = next(it for it in self.emails(sandbox)["results"] if it["id"] == newest["id"])
        finally:
            sandbox.world.now = NOW
        assert earlier["stats"]["counters"]["open"] < newest["stats"]["counters"]["open"]

    def test_they_are_found_by_their_day(self, sandbox: Sandbox) -> None:
        found = self.emails(sandbox, publishedAfter="2026-11-01T00:00:00Z", publishedBefore="2026-11-15T00:00:00Z")
        assert [it["publishDate"][:10] for it in found["results"]] == ["2026-11-04", "2026-11-11"]

    def test_without_being_asked_for_there_are_no_counters(self, sandbox: Sandbox) -> None:
        assert all("stats" not in it for it in self.emails(sandbox, includeStats="false")["results"])


def test_the_account_tells_its_currency_and_time_zone(sandbox: Sandbox) -> None:
    told = call(sandbox, "GET", "/account-info/2026-09/details", BRITISH_KEY).json()
    assert (told["companyCurrency"], told["timeZone"], told["utcOffset"]) == ("GBP", "Europe/London", "+00:00")
