"""The Brevo server: judged by the fact sheet and by the world's own tables. The vendor's SDK: tests/contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.brevo_accounts import ACCOUNTS
from sandbox.company import World
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NL, UK = ACCOUNTS
STATISTICS = {"statistics": "globalStats"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.3, first_day=date(2026, 3, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, key: str = NL.key, **params: Any) -> requests.Response:
    return requests.get(sandbox.url("brevo") + path, params=params, headers={"api-key": key}, timeout=30)


def campaigns(sandbox: Sandbox, key: str = NL.key, **params: Any) -> list[dict[str, Any]]:
    answer = get(sandbox, "/v3/emailCampaigns", key, **{"limit": 100} | params)
    assert answer.status_code == 200, answer.text
    return list(answer.json().get("campaigns", []))


def refused(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_each_key_opens_its_account(sandbox: Sandbox) -> None:
    told = [get(sandbox, "/v3/account", account.key).json() for account in ACCOUNTS]
    assert [one["dateTimePreferences"]["timezone"] for one in told] == ["Europe/Amsterdam", "Europe/London"]
    assert refused(get(sandbox, "/v3/account", "xkeysib-no")) == (401, "unauthorized")


class TestCampaigns:
    def test_counters_are_those_known_now(self, sandbox: Sandbox) -> None:
        found = {}
        for one in campaigns(sandbox, startDate="2026-09-01T00:00:00Z", endDate=NOW.isoformat(), **STATISTICS):
            told = one["statistics"]["globalStats"]
            found[str(one["id"])] = (told["sent"], told["trackableViews"], told["appleMppOpens"], told["uniqueClicks"])
        true = sandbox.world.query(
            """SELECT campaign_id, any_value(recipients), sum(unique_opens), sum(machine_opens), sum(unique_clicks)
            FROM mailings AS m JOIN mailing_deltas AS d USING (tool, account_id, mailing_id)
            WHERE account_id = 'zakelijk' AND sent_at >= '2026-09-01' AND d.known_at <= ? GROUP BY 1""",
            [sandbox.world.clock],
        )
        assert len(true) == 6
        assert found == {row[0]: tuple(map(int, row[1:])) for row in true}

    def test_times_have_the_account_s_offset(self, sandbox: Sandbox) -> None:
        times = [one["sentDate"] for one in campaigns(sandbox, UK.key)]
        [summer] = [time for time in times if time.startswith("2026-07")]
        assert (summer[10:], times[0][10:]) == ("T10:00:00.000+01:00", "T10:00:00.000+00:00")

    def test_statistics_that_are_not_asked_for_are_zero_but_those_of_lists_never(self, sandbox: Sandbox) -> None:
        told = campaigns(sandbox)[0]["statistics"]
        assert told["globalStats"]["sent"] == 0 < told["campaignStats"][0]["sent"]

    def test_the_list_forgets_events_of_more_than_six_months_ago_and_a_campaign_does_not(
        self, sandbox: Sandbox
    ) -> None:
        oldest = campaigns(sandbox, sort="asc", **STATISTICS)[0]
        whole = get(sandbox, f"/v3/emailCampaigns/{oldest['id']}", **STATISTICS).json()
        assert oldest["sentDate"] == whole["sentDate"] < "2026-04"
        assert oldest["statistics"]["globalStats"]["sent"] == 0 < whole["statistics"]["globalStats"]["sent"]

    def test_pages_do_not_overlap_and_miss_none(self, sandbox: Sandbox) -> None:
        whole = [one["id"] for one in campaigns(sandbox)]
        parts = [one["id"] for start in range(0, 30, 7) for one in campaigns(sandbox, limit=7, offset=start)]
        assert parts == whole == sorted(whole, reverse=True)
        assert get(sandbox, "/v3/emailCampaigns", limit=1).json()["count"] == len(whole)

    def test_where_nothing_fits_there_is_no_list(self, sandbox: Sandbox) -> None:
        assert get(sandbox, "/v3/emailCampaigns", status="draft").json() == {"count": 0}

    def test_counters_grow_for_weeks(self) -> None:
        world = World(seed=2, scale=0.3, first_day=date(2026, 11, 1), now=datetime(2026, 11, 6, 4, 0, tzinfo=UTC))
        with Sandbox(world, port=0, grpc_port=0) as running:
            [early] = campaigns(running, **STATISTICS)
            world.now = world.now + timedelta(days=10)
            [later] = campaigns(running, **STATISTICS)
        counts = [one["statistics"]["globalStats"] for one in (early, later)]
        assert counts[0]["trackableViews"] < counts[1]["trackableViews"]
        assert counts[0]["delivered"] == counts[1]["delivered"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"limit": "101"}, "out_of_range"),
        ({"limit": "many"}, "invalid_parameter"),
        ({"statistics": "all"}, "invalid_parameter"),
        ({"startDate": "2026-09-01T00:00:00Z"}, "missing_parameter"),
        ({"startDate": "2026-09-01", "endDate": "2026-10-01T00:00:00Z"}, "invalid_parameter"),
        ({"startDate": "2026-09-01T00:00:00Z", "endDate": "2099-10-01T00:00:00Z"}, "invalid_parameter"),
        ({"startDate": "2024-09-01T00:00:00Z", "endDate": "2026-10-01T00:00:00Z"}, "out_of_range"),
        (
            {"startDate": "2026-09-01T00:00:00Z", "endDate": "2026-10-01T00:00:00Z", "status": "archive"},
            "invalid_parameter",
        ),
    ],
)
def test_a_wrong_parameter_is_refused(sandbox: Sandbox, params: dict[str, str], code: str) -> None:
    assert refused(get(sandbox, "/v3/emailCampaigns", **params)) == (400, code)


def test_other_campaigns_paths_and_methods_are_refused(sandbox: Sandbox) -> None:
    assert refused(get(sandbox, "/v3/emailCampaigns/999999")) == (404, "document_not_found")
    assert refused(get(sandbox, "/v3/contacts")) == (404, "document_not_found")
    posted = requests.post(sandbox.url("brevo") + "/v3/account", headers={"api-key": NL.key}, timeout=30)
    assert refused(posted) == (405, "method_not_allowed")


class TestTransactionalReports:
    def test_days_come_newest_first_ten_unless_asked_otherwise(self, sandbox: Sandbox) -> None:
        days = [one["date"] for one in get(sandbox, "/v3/smtp/statistics/reports").json()["reports"]]
        assert days == [f"2026-11-{day}" for day in range(23, 13, -1)][-len(days) :]
        assert len(days) >= 9

    def test_two_messages_go_out_for_an_order(self, sandbox: Sandbox) -> None:
        asked = {"startDate": "2026-10-25", "endDate": "2026-10-25"}
        [told] = get(sandbox, "/v3/smtp/statistics/reports", **asked).json()["reports"]
        orders = sandbox.world.query(
            "SELECT count(*) FROM orders WHERE order_date = '2026-10-25' AND country = 'nl' AND NOT test"
        )
        assert told["requests"] == 2 * orders[0][0]

    def test_more_than_thirty_days_are_refused(self, sandbox: Sandbox) -> None:
        asked = {"startDate": "2026-10-01", "endDate": "2026-10-31"}
        assert refused(get(sandbox, "/v3/smtp/statistics/reports", **asked)) == (400, "out_of_range")
