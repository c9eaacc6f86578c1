"""The Meta server: insights at once and as report runs, attribution windows, paging and errors, on the small world."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.meta_ads import MetaState, meta_state_of
from sandbox.meta_oauth import APP_TOKEN
from sandbox.meta_state import APP_ID, APP_SECRET, TOKEN, appsecret_proof
from sandbox.server import Sandbox
from tests.sandbox.small_world import SmallWorld

WEEK = json.dumps({"since": "2026-11-16", "until": "2026-11-22"})
BY_DAY = {"level": "campaign", "time_increment": "1", "time_range": WEEK}
INSIGHTS = "/v26.0/act_700800900/insights"


class Client:
    """Calls the Graph API with the good token."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.base, self.sandbox, self.state = sandbox.url("meta_ads"), sandbox, meta_state_of(sandbox.world)
        self.headers = {"authorization": f"Bearer {TOKEN}"}

    def get(self, path: str, **params: Any) -> requests.Response:
        """A GET below the base URL."""
        return requests.get(f"{self.base}{path}", params=params, headers=self.headers, timeout=20)

    def post(self, path: str, **form: Any) -> requests.Response:
        """A POST of a form."""
        return requests.post(f"{self.base}{path}", data=form, headers=self.headers, timeout=20)

    def rows(self, fields: str, **params: Any) -> list[dict[str, Any]]:
        """Rows of a synchronous report, without their days."""
        rows = self.get(INSIGHTS, fields=fields, **BY_DAY | params).json()["data"]
        return [{name: row[name] for name in row if not name.startswith("date_st")} for row in rows]

    def error(self, path: str, **params: Any) -> tuple[int, int, int]:
        """HTTP code, code and subcode of a call that must fail."""
        answer = self.get(path, **params)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error.get("error_subcode", 0)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox) -> Client:
    return Client(sandbox)


@pytest.fixture
def fresh() -> Iterator[Client]:
    """A state of its own, for tests that switch something."""
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield Client(running)


def test_a_campaign_day_in_the_shape_of_the_vendor(client: Client) -> None:
    fields = (
        "account_id,account_currency,campaign_id,campaign_name,objective,spend,impressions,clicks,inline_link_clicks,"
        "reach,frequency,purchase_roas,attribution_setting"
    )
    assert client.get(INSIGHTS, fields=fields, **BY_DAY).json()["data"][0] == {
        "account_id": "700800900",
        "account_currency": "EUR",
        "campaign_id": "301",
        "campaign_name": "Prospecting",
        "objective": "OUTCOME_SALES",
        "spend": "25.37",
        "impressions": "10432",
        "clicks": "311",
        "inline_link_clicks": "204",
        "reach": "8021",
        "frequency": "1.300586",
        "purchase_roas": [{"action_type": "omni_purchase", "value": "22.089082"}],
        "attribution_setting": "7d_click_1d_view",
        "date_start": "2026-11-20",
        "date_stop": "2026-11-20",
    }


def actions(rows: list[dict[str, Any]], field: str = "actions") -> dict[str, dict[str, str]]:
    return {action.pop("action_type"): action for action in rows[0][field]}


def test_one_purchase_shows_under_three_overlapping_types(client: Client) -> None:
    found = actions(client.rows("actions"))
    kinds = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
    assert [found[kind] for kind in kinds] == [{"value": "7"}] * 3
    assert found["lead"] == {"value": "2"}
    assert found["link_click"] == {"value": "204"}


def test_window_keys_appear_only_when_asked_for(client: Client) -> None:
    found = client.rows("actions,action_values", action_attribution_windows='["1d_click","7d_click","1d_view","dda"]')
    assert actions(found)["purchase"] == {"value": "7", "1d_click": "2", "7d_click": "6", "1d_view": "1"}
    values = actions(found, "action_values")["purchase"]
    assert values == {"value": "560.4", "1d_click": "160", "7d_click": "480.4", "1d_view": "80"}


def test_a_click_of_ten_days_ago_counts_in_28_days_only(client: Client) -> None:
    asked = {"time_range": '{"since":"2026-11-10","until":"2026-11-10"}', "level": "account"}
    found = client.rows("actions", action_attribution_windows="7d_click,28d_click", **asked)
    assert actions(found)["purchase"] == {"value": "0", "28d_click": "1"}


def test_conversions_can_be_reported_on_their_own_day(client: Client) -> None:
    found = client.get(INSIGHTS, fields="actions", **BY_DAY | {"action_report_time": "conversion"}).json()["data"]
    by_day = {row["date_start"]: row.get("actions", []) for row in found if row.get("actions")}
    purchases = {
        day: action["value"]
        for day, listed in by_day.items()
        for action in listed
        if action["action_type"] == "purchase"
    }
    assert purchases == {"2026-11-20": "3", "2026-11-22": "4"}


def test_what_has_no_data_is_left_out(client: Client) -> None:
    last = client.rows("campaign_id,actions,action_values,purchase_roas,outbound_clicks,conversions,cpc")[-1]
    assert last == {"campaign_id": "302", "cpc": "0.400000"}


def test_reach_of_a_week_is_not_the_sum_of_its_days(client: Client) -> None:
    (whole,) = client.rows("reach,impressions", level="account", time_increment="all_days")
    assert whole["impressions"] == "18932"
    assert 8021 < int(whole["reach"]) < 8021 + 6000 + 400


def test_an_increment_cuts_the_range(client: Client) -> None:
    found = client.get(INSIGHTS, **BY_DAY | {"level": "account", "time_increment": "4"}).json()["data"]
    assert [(row["date_start"], row["date_stop"], row["spend"]) for row in found] == [
        ("2026-11-20", "2026-11-22", "49.37")
    ]


def test_filtering(client: Client) -> None:
    paused = '[{"field":"campaign.effective_status","operator":"IN","value":["PAUSED"]}]'
    seen = '[{"field":"impressions","operator":"GREATER_THAN","value":9000}]'
    assert client.rows("campaign_id", filtering=paused) == [{"campaign_id": "302"}]
    assert client.rows("campaign_id,impressions", filtering=seen) == [{"campaign_id": "301", "impressions": "10432"}]


def test_late_conversions_appear_when_they_become_known(fresh: Client) -> None:
    fresh.sandbox.world.now -= timedelta(days=1, hours=4)
    before = actions(fresh.rows("actions"))["purchase"]
    fresh.sandbox.world.now += timedelta(days=2)
    assert (before, actions(fresh.rows("actions"))["purchase"]) == ({"value": "3"}, {"value": "7"})


def test_pages_follow_the_cursor_until_next_is_missing(client: Client) -> None:
    first = client.get(INSIGHTS, fields="campaign_id", **BY_DAY, limit="2").json()
    rest = client.get(
        INSIGHTS, fields="campaign_id", **BY_DAY, limit="2", after=first["paging"]["cursors"]["after"]
    ).json()
    assert [len(page["data"]) for page in (first, rest)] == [2, 1]
    assert ["next" in page["paging"] for page in (first, rest)] == [True, False]


def test_the_next_link_works_and_carries_the_token_that_was_a_parameter(client: Client) -> None:
    client.headers = {}
    link = client.get(INSIGHTS, access_token=TOKEN, fields="campaign_id", **BY_DAY, limit="2").json()["paging"]["next"]
    assert TOKEN in link
    assert len(requests.get(link, timeout=10).json()["data"]) == 1


def test_a_header_token_stays_out_of_the_next_link(client: Client) -> None:
    assert TOKEN not in client.get(INSIGHTS, **BY_DAY, limit="1").json()["paging"]["next"]


def test_a_page_has_25_rows_by_default(client: Client) -> None:
    assert "paging" not in client.get(INSIGHTS, time_range='{"since":"2026-01-01","until":"2026-01-02"}').json()
    assert client.error(INSIGHTS, limit="0") == (400, 100, 0)
    assert client.error(INSIGHTS, **BY_DAY, after="!") == (400, 100, 0)


def start_run(client: Client, **params: Any) -> str:
    return str(client.post(INSIGHTS, fields="campaign_id,spend", **BY_DAY | params).json()["report_run_id"])


def poll(client: Client, run: str) -> tuple[str, int]:
    body = client.get(f"/v26.0/{run}").json()
    return body["async_status"], body["async_percent_completion"]


def test_a_report_run_goes_through_its_states_and_gives_the_same_rows(client: Client) -> None:
    run = start_run(client)
    states = [poll(client, run) for _poll in range(6)]
    assert states == [
        ("Job Not Started", 0),
        ("Job Started", 0),
        ("Job Running", 45),
        ("Job Running", 100),
        ("Job Completed", 100),
        ("Job Completed", 100),
    ]
    first = client.get(f"/v26.0/{run}/insights", limit="2").json()
    second = requests.get(first["paging"]["next"], headers=client.headers, timeout=10).json()
    assert first["data"] + second["data"] == client.get(INSIGHTS, fields="campaign_id,spend", **BY_DAY).json()["data"]


def test_a_run_cannot_be_read_before_it_is_completed(client: Client) -> None:
    run = start_run(client)
    for _poll in range(4):
        assert client.error(f"/v26.0/{run}/insights") == (400, 2601, 1815107)
        poll(client, run)


def test_a_failing_run_says_why(fresh: Client) -> None:
    fresh.state.fail_jobs = 1
    run = start_run(fresh)
    assert [poll(fresh, run)[0] for _poll in range(3)][-1] == "Job Failed"
    body = fresh.get(f"/v26.0/{run}").json()
    assert (body["error_code"], body["error_subcode"]) == (-2, 2490547)
    assert poll(fresh, start_run(fresh))[0] == "Job Not Started"


def test_a_stuck_run_stays_at_zero(fresh: Client) -> None:
    fresh.state.stuck_jobs = 1
    run = start_run(fresh)
    assert {poll(fresh, run) for _poll in range(9)} == {("Job Started", 0)}


def test_a_run_shows_what_was_known_when_it_started(fresh: Client) -> None:
    fresh.sandbox.world.now -= timedelta(days=2)
    run = start_run(fresh)
    fresh.sandbox.world.now += timedelta(days=2)
    for _poll in range(5):
        poll(fresh, run)
    assert len(fresh.get(f"/v26.0/{run}/insights").json()["data"]) == 1


def test_the_wished_fields_of_a_run(client: Client) -> None:
    run = start_run(client)
    body = client.get(f"/v26.0/{run}", fields="async_status").json()
    assert body == {"id": run, "async_status": "Job Not Started"}


def test_too_much_data_at_once_but_not_as_a_run(fresh: Client) -> None:
    fresh.state.sync_rows = 2
    answer = fresh.get(INSIGHTS, **BY_DAY)
    assert answer.status_code == 500
    assert answer.json()["error"]["message"].startswith("Please reduce the amount of data")
    assert start_run(fresh)


def test_throttling_names_the_minutes_to_wait(fresh: Client) -> None:
    fresh.state.throttled_minutes = 7
    answer = fresh.get(INSIGHTS, **BY_DAY)
    usage = json.loads(answer.headers["x-business-use-case-usage"])["700800900"][0]
    assert (answer.json()["error"]["code"], usage["estimated_time_to_regain_access"]) == (80000, 7)
    assert fresh.post(INSIGHTS, **BY_DAY).json()["error"]["code"] == 80000


def test_usage_grows_with_every_call(fresh: Client) -> None:
    def used() -> float:
        return float(json.loads(fresh.get(INSIGHTS).headers["x-fb-ads-insights-throttle"])["acc_id_util_pct"])

    assert used() < used()


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"fields": "nope"}, "(#100) nope is not valid for fields param."),
        ({"level": "ad"}, "(#100) level must be one of the following values"),
        ({"action_attribution_windows": '["7d_view"]'}, "(#100) action_attribution_windows[0] must be one of"),
        ({"time_range": "last week"}, "(#100) param time_range must be valid JSON"),
        ({"time_range": '{"since":"2026-11-02","until":"2026-11-01"}'}, "(#100) time_range: since must be before"),
        ({"time_range": '{"since":"2026-11-31","until":"2026-12-01"}'}, "(#100) param time_range['since']"),
        ({"time_range": '{"since":"2023-09-30","until":"2026-11-01"}'}, "(#3018) The start date"),
        ({"date_preset": "lately"}, "(#100) date_preset must be one of"),
        ({"time_increment": "91"}, "(#100) param time_increment"),
        ({"breakdowns": "age"}, "(#100) The sandbox does not support the parameter breakdowns."),
        ({"filtering": '[{"field":"adset.id","operator":"IN","value":["1"]}]'}, "(#100) Filtering field adset.id"),
        ({"filtering": '["x"]'}, "(#100) param filtering must be a list"),
    ],
)
def test_bad_parameters_are_refused(client: Client, params: dict[str, str], words: str) -> None:
    answer = client.get(INSIGHTS, **params)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith(words)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/v26.0/act_1/insights", (400, 100, 33)),
        ("/v26.0/123", (400, 100, 33)),
        ("/v26.0/nothing", (400, 100, 33)),
        ("/v24.0/me", (400, 2635, 0)),
        ("/v99.0/me", (400, 2500, 0)),
    ],
)
def test_what_is_not_there(client: Client, path: str, error: tuple[int, int, int]) -> None:
    assert client.error(path) == error


def test_tokens_missing_unknown_and_ended(fresh: Client) -> None:
    fresh.state.tokens["old"] = 463
    found = []
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Bearer old"}):
        fresh.headers = headers
        found.append(fresh.error("/v26.0/me"))
    assert found == [(400, 104, 0), (400, 190, 0), (400, 190, 463)]


def test_an_appsecret_proof_must_be_right_where_it_is_sent(client: Client) -> None:
    assert client.get("/v26.0/me", appsecret_proof=appsecret_proof(TOKEN)).status_code == 200
    assert client.error("/v26.0/me", appsecret_proof="0" * 64) == (400, 100, 0)


def test_ad_accounts_of_the_token(client: Client) -> None:
    fields = "id,account_id,name,currency,timezone_name,account_status"
    (account,) = client.get("/v26.0/me/adaccounts", fields=fields).json()["data"]
    assert account == {
        "id": "act_700800900",
        "account_id": "700800900",
        "name": "Duurzame Mode",
        "currency": "EUR",
        "timezone_name": "Europe/Amsterdam",
        "account_status": 1,
    }
    assert client.get("/v26.0/act_700800900", fields="currency").json() == {"currency": "EUR", "id": "act_700800900"}


def test_debug_token_tells_expiry_and_scopes(fresh: Client) -> None:
    fresh.headers = {}
    asked = {"input_token": TOKEN, "access_token": APP_TOKEN}
    good = fresh.get("/debug_token", **asked).json()["data"]
    fresh.state.tokens[TOKEN] = 460
    bad = fresh.get("/debug_token", **asked).json()["data"]
    assert (good["is_valid"], good["expires_at"], "ads_read" in good["scopes"]) == (True, 0, True)
    assert (bad["is_valid"], bad["error"]["subcode"]) == (False, 460)


def test_a_token_is_exchanged_for_a_long_lived_one(fresh: Client) -> None:
    asked = {
        "grant_type": "fb_exchange_token",
        "client_id": APP_ID,
        "client_secret": APP_SECRET,
        "fb_exchange_token": TOKEN,
    }
    body = fresh.get("/v26.0/oauth/access_token", **asked).json()
    fresh.headers = {"authorization": f"Bearer {body['access_token']}"}
    assert body["expires_in"] == 5_184_000
    assert fresh.get("/v26.0/me").status_code == 200


def test_a_wrong_app_secret_gives_no_token(client: Client) -> None:
    asked = {"grant_type": "client_credentials", "client_id": APP_ID, "client_secret": "wrong"}
    assert client.error("/v26.0/oauth/access_token", **asked) == (400, 1, 0)


def test_scripted_faults_replace_the_answer_once(client: Client) -> None:
    body = {"error": {"message": "Service temporarily unavailable", "code": 2, "is_transient": True}}
    client.sandbox.faults.script("meta_ads", [(500, body, {})])
    assert [client.get("/v26.0/me").status_code for _call in range(2)] == [500, 200]


def test_a_month_of_the_company_agrees_with_its_deltas() -> None:
    world = World(seed=5, scale=0.05, first_day=date(2026, 6, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        october = '{"since":"2026-10-01","until":"2026-10-31"}'
        fields = "spend,impressions,clicks,inline_link_clicks,actions,action_values"
        rows = Client(running).rows(fields, time_range=october, limit="500")
    sums = [sum(float(row[name]) for row in rows) for name in fields.split(",")[:4]]
    for name in ("actions", "action_values"):
        listed = [action for row in rows for action in row.get(name, []) if action["action_type"] == "omni_purchase"]
        sums.append(sum(float(action["value"]) for action in listed))
    assert sums == pytest.approx(_october(world))


def _october(world: World) -> list[float]:
    """Spend, counts, purchases and their value, straight from the tables."""
    (days,) = world.query(
        """SELECT sum(cost), sum(impressions), sum(clicks), sum(interactions) FROM ad_days
        WHERE platform = 'meta_ads' AND date BETWEEN '2026-10-01' AND '2026-10-31' AND known_at <= ?""",
        [world.clock],
    )
    (conversions,) = world.query(
        """SELECT sum(conversions), sum(value) FROM ad_conversions WHERE platform = 'meta_ads' AND known_at <= ?
        AND click_date BETWEEN '2026-10-01' AND '2026-10-31' AND action = 'purchase'""",
        [world.clock],
    )
    return [float(value) for value in (*days, *conversions)]


def test_states_of_two_worlds_are_apart() -> None:
    assert isinstance(meta_state_of(SmallWorld()), MetaState)
    assert meta_state_of(SmallWorld()) is not meta_state_of(SmallWorld())
