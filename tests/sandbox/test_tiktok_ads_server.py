"""TikTok's server, by the fact sheet and by the world's own tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.tiktok_state import APP_ID, APP_SECRET, TOKEN, tiktok_state_of

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ADVERTISER = "7100000000000000001"
ALL = json.dumps([{"field_name": "campaign_status", "filter_type": "IN", "filter_value": '["STATUS_ALL"]'}])
REPORT = {
    "advertiser_id": ADVERTISER,
    "report_type": "BASIC",
    "data_level": "AUCTION_CAMPAIGN",
    "dimensions": '["campaign_id", "stat_time_day"]',
    "metrics": '["campaign_name", "spend", "impressions", "complete_payment", "total_complete_payment_rate"]',
    "start_date": "2026-09-01",
    "end_date": "2026-09-20",
    "page_size": "1000",
    "filtering": ALL,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=1.0, first_day=date(2026, 8, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, token: str = TOKEN, **params: str) -> dict[str, Any]:
    url = f"{sandbox.url('tiktok_ads')}/open_api/v1.3{path}"
    answer = requests.get(url, params=params, headers={"Access-Token": token}, timeout=30)
    assert answer.status_code == 200
    return dict(answer.json())


def report(sandbox: Sandbox, **changes: str) -> dict[str, Any]:
    params = {name: text for name, text in (REPORT | changes).items() if text}
    return get(sandbox, "/report/integrated/get/", **params)


def test_figures_are_texts_and_those_known_now(sandbox: Sandbox) -> None:
    found = report(sandbox)["data"]["list"]
    [expected] = sandbox.world.query(
        """SELECT sum(impressions)::INTEGER, sum(cost)::DOUBLE FROM ad_days
        WHERE account_id = ? AND known_at <= ? AND date BETWEEN '2026-09-01' AND '2026-09-20'""",
        [ADVERTISER, sandbox.world.clock],
    )
    impressions = sum(int(row["metrics"]["impressions"]) for row in found)
    assert (impressions, pytest.approx(sum(float(row["metrics"]["spend"]) for row in found))) == expected
    assert all(row["dimensions"]["stat_time_day"].endswith(" 00:00:00") for row in found)
    assert {type(value) for row in found for value in row["metrics"].values()} == {str}


def test_deleted_campaigns_are_missing_unless_they_are_asked_for(sandbox: Sandbox) -> None:
    names = [
        {row["metrics"]["campaign_name"] for row in report(sandbox, filtering=filtering)["data"]["list"]}
        for filtering in (ALL, "")
    ]
    assert names == [{"Spark Ads NL", "Zomer 2026"}, {"Spark Ads NL"}]


def test_purchases_may_count_on_their_own_day(sandbox: Sandbox) -> None:
    metrics = '["conversion", "real_time_conversion"]'
    whole = report(sandbox, metrics=metrics, start_date="2026-09-01", end_date="2026-09-30")["data"]["list"]
    by_click, by_event = ([int(row["metrics"][name]) for row in whole] for name in json.loads(metrics))
    assert sum(by_click) > 0
    assert by_click != by_event


def test_rows_come_by_the_page(sandbox: Sandbox) -> None:
    pages = [report(sandbox, page=str(number), page_size="15")["data"] for number in (1, 2, 3)]
    total = len(report(sandbox)["data"]["list"])
    assert [len(page["list"]) for page in pages] == [15, 15, total - 30]
    assert pages[2]["page_info"] == {"page": 3, "page_size": 15, "total_number": total, "total_page": 3}


def test_no_rows_are_no_pages(sandbox: Sandbox) -> None:
    info = report(sandbox, start_date="2026-07-01", end_date="2026-07-02")["data"]["page_info"]
    assert (info["total_number"], info["total_page"]) == (0, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"dimensions": "campaign_id,stat_time_day"},
        {"dimensions": '["campaign_id", "stat_time_hour"]'},
        {"metrics": '["total_complete_payment_value"]'},
        {"end_date": "2026-10-01"},
        {"end_date": "2026-08-31"},
        {"start_date": "20260901T00"},
        {"page_size": "1001"},
        {"page": "0"},
        {"filtering": '[{"field_name": "campaign_status", "filter_type": "IN", "filter_value": ["STATUS_ALL"]}]'},
        {"filter": ALL},
        {"report_type": ""},
    ],
    ids=str,
)
def test_parameters_are_read_strictly(sandbox: Sandbox, changes: dict[str, str]) -> None:
    assert report(sandbox, **changes)["code"] == 40002


def test_a_query_may_be_too_large(sandbox: Sandbox) -> None:
    state = tiktok_state_of(sandbox.world)
    state.most_days = 7
    try:
        assert report(sandbox)["code"] == 40067
    finally:
        state.most_days = 30


def test_a_path_without_its_slash_is_none(sandbox: Sandbox) -> None:
    assert get(sandbox, "/report/integrated/get", **REPORT)["code"] == 40400


@pytest.mark.parametrize(("token", "code"), [("", 40104), ("wrong", 40105)])
def test_a_token_is_asked_for(sandbox: Sandbox, token: str, code: int) -> None:
    assert get(sandbox, "/advertiser/info/", token, advertiser_ids=f'["{ADVERTISER}"]')["code"] == code


def test_advertisers_tell_their_currency_and_time_zone(sandbox: Sandbox) -> None:
    ids = json.dumps([ADVERTISER, "7100000000000000002"])
    found = get(sandbox, "/advertiser/info/", advertiser_ids=ids, fields='["currency", "timezone"]')["data"]["list"]
    assert found == [
        {"currency": "EUR", "timezone": "Europe/Amsterdam"},
        {"currency": "GBP", "timezone": "Europe/London"},
    ]


def test_an_advertiser_that_did_not_authorise_the_app_is_refused(sandbox: Sandbox) -> None:
    assert get(sandbox, "/advertiser/info/", advertiser_ids='["1"]')["code"] == 40001
    assert report(sandbox, advertiser_id="1")["code"] == 40001


def test_the_app_lists_its_advertisers(sandbox: Sandbox) -> None:
    found = get(sandbox, "/oauth2/advertiser/get/", app_id=APP_ID, secret=APP_SECRET)["data"]["list"]
    assert [each["advertiser_name"] for each in found] == ["Duurzame Mode", "Duurzame Mode UK"]
    assert get(sandbox, "/oauth2/advertiser/get/", app_id=APP_ID, secret="wrong")["code"] == 40001
