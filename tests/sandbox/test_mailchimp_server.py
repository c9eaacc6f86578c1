"""The Mailchimp server: judged by the vendor's client, by the fact sheet, and by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests
from mailchimp_marketing import Client
from mailchimp_marketing.api_client import ApiClientError

from sandbox.company import World
from sandbox.mailchimp import KEY
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.1, first_day=date(2026, 3, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Client:
    client = Client()
    client.set_config({"api_key": KEY})
    client.api_client.host = sandbox.url("mailchimp") + "/3.0"
    return client


def get(sandbox: Sandbox, path: str, key: str = KEY, **params: Any) -> requests.Response:
    return requests.get(sandbox.url("mailchimp") + path, params=params, auth=("any", key), timeout=30)


class TestKey:
    def test_any_user_name_with_the_key(self, client: Client) -> None:
        assert client.ping.get() == {"health_status": "Everything's Chimpy!"}

    def test_or_the_key_as_bearer_token(self, sandbox: Sandbox) -> None:
        client = Client({"access_token": KEY, "server": "us21"})
        client.api_client.host = sandbox.url("mailchimp") + "/3.0"
        assert client.ping.get()["health_status"]

    def test_a_wrong_key_is_unauthorised(self, sandbox: Sandbox) -> None:
        answer = get(sandbox, "/3.0/ping", key="ffffffffffffffffffffffffffffffff-us21")
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert (answer.status_code, answer.json()["title"]) == (401, "API Key Invalid")

    def test_the_same_key_of_another_datacentre_is_forbidden(self, sandbox: Sandbox) -> None:
        answer = get(sandbox, "/3.0/ping", key=KEY.replace("us21", "us6"))
        assert (answer.status_code, answer.json()["title"]) == (403, "Wrong Datacenter")

    @pytest.mark.parametrize("header", [None, "Basic", "Basic ???", "Bearer"])
    def test_no_key_is_unauthorised(self, sandbox: Sandbox, header: str | None) -> None:
        headers = {"authorization": header} if header else {}
        assert requests.get(sandbox.url("mailchimp") + "/3.0/ping", headers=headers, timeout=30).status_code == 401


class TestReports:
    def test_counters_are_those_known_now(self, client: Client, sandbox: Sandbox) -> None:
        told = client.reports.get_all_campaign_reports(count=1000)["reports"]
        sums = sandbox.world.query(
            """SELECT campaign_id, sum(opens_total)::INTEGER, sum(unique_opens)::INTEGER,
                sum(human_unique_opens)::INTEGER, sum(unique_subscriber_clicks)::INTEGER,
                sum(unsubscribed)::INTEGER, sum(orders)::INTEGER, sum(revenue)::DOUBLE
            FROM newsletter_deltas WHERE known_at <= ? GROUP BY campaign_id""",
            [sandbox.world.clock],
        )
        expected = {row[0]: row[1:] for row in sums}
        assert len(told) == 76 * 3
        for report in told:
            opens, clicks, shop = report["opens"], report["clicks"], report["ecommerce"]
            counters = (
                opens["opens_total"], opens["unique_opens"], opens["proxy_excluded_unique_opens"],
                clicks["unique_subscriber_clicks"], report["unsubscribed"], shop["total_orders"], shop["total_revenue"],
            )  # fmt: skip
            assert counters == expected[report["id"]]

    def test_types_are_as_sent_by_mailchimp(self, client: Client) -> None:
        report = client.reports.get_all_campaign_reports(count=1)["reports"][0]
        assert all(type(report[name]) is int for name in ("emails_sent", "unsubscribed", "abuse_reports"))
        assert all(type(count) is int for count in report["bounces"].values())
        assert type(report["ecommerce"]["total_revenue"]) is float
        assert 0 < report["opens"]["proxy_excluded_open_rate"] < report["opens"]["open_rate"] < 1
        assert datetime.fromisoformat(report["send_time"]).utcoffset() == timedelta(0)
        assert report["ecommerce"]["currency_code"] == "EUR"

    def test_rates_are_shares_of_what_was_delivered(self, client: Client) -> None:
        report = client.reports.get_all_campaign_reports(count=1, offset=20)["reports"][0]
        delivered = report["emails_sent"] - sum(report["bounces"].values())
        assert report["opens"]["open_rate"] == report["opens"]["unique_opens"] / delivered
        assert report["clicks"]["click_rate"] == report["clicks"]["unique_subscriber_clicks"] / delivered

    def test_ten_come_by_default(self, client: Client) -> None:
        answer = client.reports.get_all_campaign_reports()
        assert (len(answer["reports"]), answer["total_items"]) == (10, 228)

    def test_pages_do_not_overlap_and_miss_none(self, client: Client) -> None:
        pages = [client.reports.get_all_campaign_reports(count=100, offset=start) for start in (0, 100, 200, 300)]
        ids = [report["id"] for page in pages for report in page["reports"]]
        assert [len(page["reports"]) for page in pages] == [100, 100, 28, 0]
        assert len(set(ids)) == 228

    def test_send_times_narrow_it(self, client: Client) -> None:
        since, before = "2026-10-01T00:00:00+00:00", "2026-11-01T00:00:00Z"
        answer = client.reports.get_all_campaign_reports(count=1000, since_send_time=since, before_send_time=before)
        times = [report["send_time"] for report in answer["reports"]]
        assert len(times) == answer["total_items"] == 9 * 3
        assert all("2026-10-01" < time < "2026-11-01" for time in times)

    def test_since_means_after(self, client: Client) -> None:
        last = client.reports.get_all_campaign_reports(count=1)["reports"][0]["send_time"]
        assert client.reports.get_all_campaign_reports(since_send_time=last)["total_items"] == 0

    def test_a_newsletter_that_is_not_sent_yet_is_not_there(self, client: Client) -> None:
        newest = client.reports.get_all_campaign_reports(count=1)["reports"][0]
        assert datetime.fromisoformat(newest["send_time"]) <= NOW

    def test_there_are_no_automations(self, client: Client) -> None:
        assert client.reports.get_all_campaign_reports(type="automation")["total_items"] == 0
        assert client.reports.get_all_campaign_reports(type="regular")["total_items"] == 228

    def test_fields_are_picked_by_path(self, client: Client) -> None:
        answer = client.reports.get_all_campaign_reports(
            count=1, fields=["reports.id", "reports.opens.unique_opens", "total_items"]
        )
        assert answer.keys() == {"reports", "total_items"}
        assert answer["reports"][0].keys() == {"id", "opens"}
        assert answer["reports"][0]["opens"].keys() == {"unique_opens"}

    def test_fields_can_be_left_out(self, client: Client) -> None:
        answer = client.reports.get_all_campaign_reports(count=1, exclude_fields=["reports.opens.last_open", "_links"])
        assert "_links" not in answer
        assert "last_open" not in answer["reports"][0]["opens"]
        assert "unique_opens" in answer["reports"][0]["opens"]

    def test_total_items_are_left_out_with_other_fields(self, sandbox: Sandbox) -> None:
        assert get(sandbox, "/3.0/reports", fields="reports.id").json().keys() == {"reports"}

    def test_both_kinds_of_picking_are_refused(self, sandbox: Sandbox) -> None:
        assert get(sandbox, "/3.0/reports", fields="total_items", exclude_fields="reports").status_code == 422

    def test_one_report(self, client: Client) -> None:
        first = client.reports.get_all_campaign_reports(count=1, offset=50)["reports"][0]
        assert client.reports.get_campaign_report(first["id"]) == first

    def test_the_first_day_by_the_hour(self, client: Client) -> None:
        report = client.reports.get_all_campaign_reports(count=1, offset=50)["reports"][0]
        sent = datetime.fromisoformat(report["send_time"])
        hours = [datetime.fromisoformat(row["timestamp"]) for row in report["timeseries"]]
        assert hours == sorted(set(hours))
        assert sent.replace(minute=0) <= hours[0] <= hours[-1] <= sent + timedelta(hours=24)

    def test_an_unknown_report_is_a_problem_document(self, client: Client) -> None:
        with pytest.raises(ApiClientError) as caught:
            client.reports.get_campaign_report("0000000000")
        assert caught.value.status_code == 404
        assert "Resource Not Found" in str(caught.value.text)

    def test_counters_grow_with_time(self) -> None:
        world = World(seed=2, scale=0.1, first_day=date(2026, 10, 1), now=NOW)
        with Sandbox(world, port=0, grpc_port=0) as sandbox:
            early = get(sandbox, "/3.0/reports", count=1).json()["reports"][0]
            world.now = NOW + timedelta(days=6)
            later = get(sandbox, f"/3.0/reports/{early['id']}").json()
        assert early["opens"]["unique_opens"] < later["opens"]["unique_opens"]
        assert early["emails_sent"] == later["emails_sent"]


class TestRefusals:
    @pytest.mark.parametrize(
        "params", [{"count": 1001}, {"count": -1}, {"count": "many"}, {"offset": -1}, {"since_send_time": "yesterday"}]
    )
    def test_bad_parameters_name_their_field(self, sandbox: Sandbox, params: dict[str, Any]) -> None:
        answer = get(sandbox, "/3.0/reports", **params)
        assert (answer.status_code, answer.json()["title"]) == (400, "Invalid Resource")
        assert answer.json()["errors"][0]["field"] == next(iter(params))

    def test_a_plus_sign_that_became_a_space_is_understood(self, sandbox: Sandbox) -> None:
        url = sandbox.url("mailchimp") + "/3.0/reports?since_send_time=2026-11-01T00:00:00+00:00"
        assert requests.get(url, auth=("any", KEY), timeout=30).status_code == 200

    def test_writing_is_not_allowed(self, sandbox: Sandbox) -> None:
        answer = requests.post(sandbox.url("mailchimp") + "/3.0/reports", auth=("any", KEY), json={}, timeout=30)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")

    def test_an_unknown_path_is_a_problem_document(self, sandbox: Sandbox) -> None:
        answer = get(sandbox, "/3.0/nothing/here")
        assert answer.json().keys() == {"type", "title", "status", "detail", "instance"}
        assert answer.status_code == answer.json()["status"] == 404

    def test_an_eleventh_request_at_once_is_too_many(self) -> None:
        world = World(seed=2, scale=0.02, first_day=date(2026, 11, 1), now=NOW)
        with Sandbox(world, port=0, grpc_port=0, latency=1.5) as slow, ThreadPoolExecutor(14) as pool:
            answers = list(pool.map(lambda _: get(slow, "/3.0/ping"), range(14)))
            refused = [answer.json() for answer in answers if answer.status_code == 429]
            assert len(refused) == 4
            assert refused[0]["detail"] == "You have exceeded the limit of 10 simultaneous connections."
            assert get(slow, "/3.0/ping").status_code == 200


class TestCampaigns:
    def test_they_can_be_sorted_by_send_time(self, client: Client) -> None:
        answer = client.campaigns.list(count=1000, status="sent", sort_field="send_time", sort_dir="ASC")
        times = [campaign["send_time"] for campaign in answer["campaigns"]]
        assert times == sorted(times)
        assert answer["total_items"] == len(times) == 228

    def test_their_summary_has_no_proxy_excluded_opens(self, client: Client) -> None:
        campaign = client.campaigns.list(count=1)["campaigns"][0]
        assert "unique_opens" in campaign["report_summary"]
        assert not any("proxy" in name for name in campaign["report_summary"])

    def test_nothing_is_in_draft(self, client: Client) -> None:
        assert client.campaigns.list(status="save")["total_items"] == 0

    def test_one_campaign(self, client: Client) -> None:
        first = client.campaigns.list(count=1)["campaigns"][0]
        assert client.campaigns.get(first["id"]) == first


class TestLists:
    def test_there_is_one_for_each_country(self, client: Client) -> None:
        answer = client.lists.get_all_lists(count=1000)
        assert [entry["name"] for entry in answer["lists"]] == [
            "Nieuwsbrief Nederland",
            "Nieuwsbrief België",
            "Newsletter Deutschland",
        ]
        assert answer["total_items"] == 3

    def test_their_rates_are_percentages(self, client: Client) -> None:
        stats = client.lists.get_all_lists()["lists"][0]["stats"]
        assert 30 < stats["open_rate"] < 60
        assert stats["member_count"] > 1000

    def test_total_contacts_come_when_asked_for(self, client: Client) -> None:
        assert "total_contacts" not in client.lists.get_all_lists()["lists"][0]["stats"]
        assert "total_contacts" in client.lists.get_all_lists(include_total_contacts=True)["lists"][0]["stats"]

    def test_one_list(self, client: Client) -> None:
        first = client.lists.get_all_lists()["lists"][0]
        assert client.lists.get_list(first["id"]) == first

    def test_activity_is_of_180_days_at_most(self, client: Client) -> None:
        answer = client.lists.get_list_recent_activity("57afe96172", count=1000)
        days = [row["day"] for row in answer["activity"]]
        assert len(days) == answer["total_items"] == 180
        assert days == sorted(days, reverse=True)
        assert days[0] == "2026-11-22"

    def test_activity_is_what_happened_that_day(self, client: Client, sandbox: Sandbox) -> None:
        rows = client.lists.get_list_recent_activity("57afe96172", count=180)["activity"]
        known = sandbox.world.arrow(
            """SELECT strftime(date, '%Y-%m-%d') AS day, * EXCLUDE (list_id, date, known_at) FROM list_days
            WHERE list_id = '57afe96172' AND date > '2026-05-26' AND date <= '2026-11-22' ORDER BY date DESC"""
        ).to_pylist()
        assert [{name: row[name] for name in row if name != "_links"} for row in rows] == known

    def test_an_unknown_list_is_not_found(self, sandbox: Sandbox) -> None:
        assert get(sandbox, "/3.0/lists/0000000000/activity").status_code == 404
        assert get(sandbox, "/3.0/lists/0000000000").status_code == 404
