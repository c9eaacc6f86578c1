"""The Meta Ads connector against the sandbox's Graph API, and against answers written by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import AccountFacts, Company
from connectors.errors import (
    AuthorisationError,
    BadDataError,
    ConfigurationError,
    ConnectorError,
    QuotaError,
    TransientError,
)
from connectors.graph_api import appsecret_proof
from connectors.graph_errors import graph_error
from connectors.graph_throttle import Usage
from connectors.http import RetryPolicy
from connectors.load import Load
from connectors.meta_ads import MetaAds, MetaAdsSettings
from connectors.meta_ads_hints import HINTS
from connectors.meta_ads_report import Patience
from connectors.stream import Window
from sandbox.faults import Call
from sandbox.meta_ads import MetaState, meta_state_of
from sandbox.meta_state import APP_SECRET, TOKEN
from sandbox.server import Sandbox
from tests.http_server import Answer, Handler, Request, Server, serving
from tests.sandbox.small_world import SmallWorld

WINDOW = Window(date(2026, 11, 16), date(2026, 11, 22))
QUARTER = Window(date(2026, 9, 1), date(2026, 11, 22))
INSIGHTS = "/v26.0/act_700800900/insights"
QUICK = Patience(poll_s=0.001, longest_poll_s=0.002, stuck_s=0.05)
BRIEF = RetryPolicy(attempts=3, first_wait_s=0.001, longest_wait_s=300.0)
PURCHASE = {"action_type": "omni_purchase", "value": "7", "1d_click": "2", "7d_click": "6", "1d_view": "1"}
ROW: dict[str, Any] = {
    "campaign_id": "301",
    "campaign_name": "Prospecting",
    "objective": "OUTCOME_SALES",
    "account_currency": "EUR",
    "spend": "125.37",
    "impressions": "10432",
    "clicks": "311",
    "inline_link_clicks": "204",
    "reach": "8021",
    "frequency": "1.300586",
    "actions": [PURCHASE, {"action_type": "lead", "value": "2"}, {"action_type": "link_click", "value": "204"}],
    "action_values": [{"action_type": "omni_purchase", "value": "560.4", "7d_click": "480.4"}],
    "attribution_setting": "7d_click_1d_view",
    "date_start": "2026-11-20",
    "date_stop": "2026-11-20",
}


def error(code: int, message: str = "No.", subcode: int = 0, **more: Any) -> dict[str, Any]:
    told = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"} | more
    return {"error": told | ({"error_subcode": subcode} if subcode else {})}


TOO_MUCH = Answer(500, error(1, "Please reduce the amount of data you're asking for, then retry your request"))
BUSY = error(80000, "(#80000) There have been too many calls from this ad-account.", 2446079)
UNREADABLE = error(2601, "(#2601) Loading Async Ads Report Failed", 1815107)


def page(*rows: dict[str, Any], after: str = "") -> dict[str, Any]:
    if not after:
        return {"data": list(rows), "paging": {"cursors": {"before": "a", "after": "b"}}}
    follow = f"https://graph.facebook.com{INSIGHTS}?access_token={TOKEN}&after={after}"
    return {"data": list(rows), "paging": {"cursors": {"before": "a", "after": after}, "next": follow}}


def usage(percent: float = 1, minutes: int = 0) -> dict[str, str]:
    told = {"type": "ads_insights", "call_count": percent, "estimated_time_to_regain_access": minutes}
    return {"X-Business-Use-Case-Usage": json.dumps({"700800900": [told | {"ads_api_access_tier": "full"}]})}


def meta(*bodies: Any) -> Handler:
    """A Meta that answers its calls in turn; the last answer stays."""
    left = list(bodies)

    def handler(request: Request) -> Answer:
        body = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(body, Answer):
            return body
        return Answer(400 if isinstance(body, dict) and "error" in body else 200, body)

    return handler


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("META_TOKEN", TOKEN)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the pauses would have been; nothing waits."""
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    return waited


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    with Sandbox(SmallWorld(), port=0, grpc_port=0) as running:
        yield running


@pytest.fixture
def sandbox(world: Sandbox) -> Sandbox:
    """The sandbox with its switches as at first, and no calls yet."""
    fresh, state = MetaState(), meta_state_of(world.world)
    state.tokens = fresh.tokens
    state.fail_jobs = state.stuck_jobs = 0
    state.throttled_minutes, state.sync_rows = None, fresh.sync_rows
    world.requests.clear()
    return world


def meta_ads(url: str, patience: Patience = QUICK, policy: RetryPolicy | None = BRIEF, **settings: Any) -> MetaAds:
    told = {"base_url": url, "access_token": "env:META_TOKEN", "accounts": [{"id": "act_700800900"}]} | settings
    return MetaAds(MetaAdsSettings.model_validate(told), Company(), policy, patience)


def pull(connector: MetaAds, window: Window = WINDOW, load: Load | None = None) -> list[dict[str, Any]]:
    stream = connector.stream("campaign_day")
    batches = list(connector.pull(stream, connector.accounts[0], window, load or Load()))
    assert all(batch.schema.equals(stream.schema) for batch in batches)
    return pa.Table.from_batches(batches, stream.schema).to_pylist()


def pulled(*bodies: Any, window: Window = WINDOW, load: Load | None = None, **options: Any) -> list[dict[str, Any]]:
    with serving(meta(*bodies)) as server:
        return pull(meta_ads(server.url, **options), window, load)


def from_sandbox(sandbox: Sandbox, window: Window = WINDOW, load: Load | None = None, **options: Any) -> Any:
    return pull(meta_ads(sandbox.url("meta_ads"), **options), window, load)


def only(**changes: Any) -> dict[str, Any]:
    """The one row of ours that a row of Meta's becomes; a change to None leaves the field out."""
    row = {name: value for name, value in (ROW | changes).items() if value is not None}
    (told,) = pulled(page(row))
    return told


def reasons(*rows: dict[str, Any]) -> list[str]:
    """Why rows were put aside, with every row either loaded or put aside."""
    load = Load()
    loaded = pulled(page(*rows), load=load)
    assert len(loaded) + len(load.rejected) == len(rows)
    return [rejected.reason for rejected in load.rejected]


@contextmanager
def refused(kind: type[ConnectorError], match: str | None = None) -> Iterator[None]:
    with pytest.raises(kind, match=match) as caught:
        yield
    assert caught.value.platform == "meta_ads"
    assert TOKEN not in f"{caught.value} {caught.value!r} {caught.value.__cause__}"


def started(sandbox: Sandbox) -> int:
    """How many jobs were started."""
    return sum(call.method == "POST" for call in sandbox.requests)


class TestSandbox:
    """A small company's Meta Ads."""

    def test_a_row_with_everything(self, sandbox: Sandbox) -> None:
        assert from_sandbox(sandbox)[0] == {
            "account_id": "700800900",
            "date": date(2026, 11, 20),
            "campaign_id": "301",
            "campaign_name": "Prospecting",
            "objective": "OUTCOME_SALES",
            "currency": "EUR",
            "spend": Decimal("25.37"),
            "impressions": 10432,
            "clicks": 311,
            "inline_link_clicks": 204,
            "reach": 8021,
            "frequency": 1.300586,
            "purchases": 7.0,
            "purchase_value": Decimal("560.40"),
            "purchases_7d_click": 6.0,
            "purchases_1d_view": 1.0,
            "leads": 2.0,
            "attribution_setting": "7d_click_1d_view",
        }

    def test_one_row_per_campaign_and_day(self, sandbox: Sandbox) -> None:
        days = [(row["campaign_id"], row["date"].day, row["spend"]) for row in from_sandbox(sandbox)]
        assert days == [("301", 20, Decimal("25.37")), ("301", 21, 20), ("302", 21, 4)]

    def test_a_day_with_conversions_and_no_delivery_is_kept(self) -> None:
        world, day = SmallWorld(), date(2026, 10, 2)
        late = ("2026-10-02", "2026-10-03", "2026-10-04", "purchase", False, 1.0, "30.00")
        world.insert("ad_conversions", ("meta_ads", "700800900", "302", *late))
        with Sandbox(world, port=0, grpc_port=0) as sandbox:
            (row,) = from_sandbox(sandbox, Window(day, day))
        assert (row["spend"], row["purchases"], row["purchase_value"], row["frequency"]) == (0, 1.0, 30, None)

    @pytest.mark.parametrize("sync_days", [31, 0])
    def test_the_window_is_kept_to(self, sandbox: Sandbox, sync_days: int) -> None:
        day = date(2026, 11, 21)
        rows = from_sandbox(sandbox, Window(day, day), patience=Patience(sync_days, 0.001))
        assert [(row["campaign_id"], row["date"]) for row in rows] == [("301", day), ("302", day)]

    def test_a_window_without_delivery_has_no_rows(self, sandbox: Sandbox) -> None:
        assert from_sandbox(sandbox, Window(date(2026, 9, 1), date(2026, 9, 2))) == []

    def test_a_short_window_is_one_request(self, sandbox: Sandbox) -> None:
        load = Load()
        from_sandbox(sandbox, load=load)
        assert (load.requests, len(sandbox.requests), started(sandbox)) == (1, 1, 0)

    def test_a_long_window_is_a_job(self, sandbox: Sandbox) -> None:
        load = Load()
        from_sandbox(sandbox, QUARTER, load)
        assert (load.requests, len(sandbox.requests), started(sandbox)) == (7, 7, 1)

    @pytest.mark.parametrize(("sync_days", "jobs"), [(7, 0), (6, 1)])
    def test_the_longest_window_at_once_is_a_setting(self, sandbox: Sandbox, sync_days: int, jobs: int) -> None:
        from_sandbox(sandbox, patience=Patience(sync_days, 0.001))
        assert started(sandbox) == jobs

    def test_at_once_and_by_job_are_the_same_rows(self, sandbox: Sandbox) -> None:
        at_once = from_sandbox(sandbox, QUARTER, patience=Patience(sync_days=100))
        assert at_once == from_sandbox(sandbox, QUARTER)
        assert len(at_once) > 3

    @pytest.mark.parametrize("sync_days", [31, 0])
    def test_pages_are_the_same_rows(self, sandbox: Sandbox, sync_days: int, monkeypatch: pytest.MonkeyPatch) -> None:
        whole = from_sandbox(sandbox)
        monkeypatch.setattr("connectors.graph_api._PAGE_ROWS", 1)
        sandbox.requests.clear()
        assert from_sandbox(sandbox, patience=Patience(sync_days, 0.001)) == whole
        assert sum(call.method == "GET" and call.path.endswith("/insights") for call in sandbox.requests) == len(whole)

    def test_a_report_too_large_to_come_at_once_is_a_job(self, sandbox: Sandbox) -> None:
        whole = from_sandbox(sandbox)
        meta_state_of(sandbox.world).sync_rows = 1
        assert from_sandbox(sandbox) == whole
        assert started(sandbox) == 1

    def test_a_job_that_fails_is_made_anew(self, sandbox: Sandbox) -> None:
        meta_state_of(sandbox.world).fail_jobs = 2
        assert len(from_sandbox(sandbox, QUARTER)) > 3
        assert started(sandbox) == 3

    def test_jobs_that_keep_failing_end(self, sandbox: Sandbox) -> None:
        meta_state_of(sandbox.world).fail_jobs = 9
        with refused(TransientError, r"3 report jobs in a row gave no rows.*-2/2490547: Async job failed"):
            from_sandbox(sandbox, QUARTER)
        assert started(sandbox) == 3

    def test_a_job_that_stands_still_is_made_anew(self, sandbox: Sandbox) -> None:
        meta_state_of(sandbox.world).stuck_jobs = 1
        assert len(from_sandbox(sandbox, QUARTER)) > 3
        assert started(sandbox) == 2

    def test_jobs_that_all_stand_still_say_so(self, sandbox: Sandbox) -> None:
        meta_state_of(sandbox.world).stuck_jobs = 9
        with refused(TransientError, "stood still at Job Started, 0 %"):
            from_sandbox(sandbox, QUARTER)

    def test_rows_that_cannot_be_read_yet_are_asked_for_again(self, sandbox: Sandbox) -> None:
        sandbox.faults.script("meta_ads", [*[let_through] * 6, (400, UNREADABLE, {})])
        assert len(from_sandbox(sandbox, QUARTER)) > 3
        assert started(sandbox) == 1

    def test_rows_that_stay_unreadable_need_a_new_job(self, sandbox: Sandbox) -> None:
        sandbox.faults.script("meta_ads", [*[let_through] * 6, *[(400, UNREADABLE, {})] * BRIEF.attempts])
        assert len(from_sandbox(sandbox, QUARTER)) > 3
        assert started(sandbox) == 2

    def test_the_tier_and_use_of_the_limits_are_noted(self, sandbox: Sandbox) -> None:
        load = Load()
        from_sandbox(sandbox, load=load)
        assert load.notes["access_tier"] == "standard_access"
        assert 0 < load.notes["usage_percent"] < 100

    def test_a_proof_is_sent_where_the_secret_is_set(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("META_SECRET", APP_SECRET)
        assert len(from_sandbox(sandbox, app_secret="env:META_SECRET")) == 3
        assert f"appsecret_proof={appsecret_proof(TOKEN, APP_SECRET)}" in sandbox.requests[0].query

    def test_a_wrong_proof_names_the_setting(self, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("META_SECRET", "wrong")
        with refused(ConfigurationError, r"meta_ads\.app_secret"):
            from_sandbox(sandbox, app_secret="env:META_SECRET")

    @pytest.mark.parametrize("window", [WINDOW, QUARTER])
    def test_the_token_is_in_no_address_and_no_body(
        self, sandbox: Sandbox, window: Window, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("connectors.graph_api._PAGE_ROWS", 1)
        from_sandbox(sandbox, window)
        assert not any(TOKEN in f"{call.path}?{call.query} {call.body!r}" for call in sandbox.requests)


def let_through(_call: Call) -> None:
    """No fault."""


class TestRows:
    def test_every_field_of_a_row_is_read(self) -> None:
        assert all(value is not None for value in only().values())

    def test_deleted_campaigns_are_asked_for(self) -> None:
        with serving(meta(page())) as server:
            pull(meta_ads(server.url))
            (condition,) = json.loads(server.requests[0].query["filtering"])
        assert condition["field"] == "campaign.effective_status"
        assert {"ACTIVE", "PAUSED", "ARCHIVED", "DELETED"} <= set(condition["value"])

    def test_the_days_are_in_the_account_s_zone_and_both_included(self) -> None:
        with serving(meta(page())) as server:
            pull(meta_ads(server.url))
            query = server.requests[0].query
        assert json.loads(query["time_range"]) == {"since": "2026-11-16", "until": "2026-11-22"}
        assert (query["level"], query["time_increment"]) == ("campaign", "1")

    def test_no_actions_are_no_purchases(self) -> None:
        row = only(actions=None, action_values=None)
        assert (row["purchases"], row["purchase_value"], row["leads"]) == (0, 0, 0)
        assert (row["purchases_7d_click"], row["purchases_1d_view"]) == (0, 0)

    def test_other_actions_are_no_purchases(self) -> None:
        assert only(actions=[{"action_type": "link_click", "value": "204"}], action_values=None)["purchases"] == 0

    def test_types_that_overlap_are_not_added_up(self) -> None:
        kinds = ("offsite_conversion.fb_pixel_purchase", "purchase", "omni_purchase")
        actions = [{"action_type": kind, "value": str(number)} for number, kind in enumerate(kinds, start=1)]
        assert only(actions=actions)["purchases"] == 3

    @pytest.mark.parametrize("kind", ["omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase"])
    def test_each_type_of_purchase_will_do(self, kind: str) -> None:
        row = only(
            actions=[{"action_type": kind, "value": "4"}], action_values=[{"action_type": kind, "value": "99.95"}]
        )
        assert (row["purchases"], row["purchase_value"]) == (4, Decimal("99.95"))

    def test_the_value_is_of_the_type_that_is_counted(self) -> None:
        values = [{"action_type": "purchase", "value": "12"}]
        assert only(action_values=values)["purchase_value"] == 0

    def test_a_value_without_a_count_is_kept(self) -> None:
        row = only(actions=None, action_values=[{"action_type": "purchase", "value": "12"}])
        assert (row["purchases"], row["purchase_value"]) == (0, 12)

    def test_an_attribution_window_left_out_beside_another_is_zero(self) -> None:
        row = only(actions=[{"action_type": "omni_purchase", "value": "2", "7d_click": "2"}])
        assert (row["purchases_7d_click"], row["purchases_1d_view"]) == (2, 0)

    def test_purchases_that_are_not_split_are_of_no_known_window(self) -> None:
        row = only(actions=[{"action_type": "omni_purchase", "value": "2"}])
        assert (row["purchases"], row["purchases_7d_click"], row["purchases_1d_view"]) == (2, None, None)

    def test_zero_purchases_are_zero_in_every_window(self) -> None:
        row = only(actions=[{"action_type": "omni_purchase", "value": "0", "28d_click": "1"}])
        assert (row["purchases_7d_click"], row["purchases_1d_view"]) == (0, 0)

    def test_leads_of_forms_count_where_there_is_no_wider_type(self) -> None:
        assert only(actions=[{"action_type": "onsite_conversion.lead_grouped", "value": "3"}])["leads"] == 3

    def test_link_clicks_that_are_left_out_are_none(self) -> None:
        assert only(inline_link_clicks=None)["inline_link_clicks"] == 0

    def test_reach_that_is_withheld_is_unknown(self) -> None:
        row = only(reach=None, frequency=None)
        assert (row["reach"], row["frequency"]) == (None, None)

    def test_a_campaign_without_name_and_objective_has_none(self) -> None:
        row = only(campaign_name=None, objective=None, attribution_setting=None)
        assert (row["campaign_name"], row["objective"], row["attribution_setting"]) == (None, None, None)

    def test_money_is_exact(self) -> None:
        assert only(spend="90071992547.409931")["spend"] == Decimal("90071992547.409931")

    def test_numbers_sent_as_numbers_count_as_well(self) -> None:
        row = only(spend=125.37, impressions=10432)
        assert (row["spend"], row["impressions"]) == (Decimal("125.37"), 10432)

    def test_an_unknown_field_is_passed_over(self) -> None:
        assert only(wish_bid="3", video_play_actions=[{"action_type": "video_view", "value": "1"}]) == only()

    @pytest.mark.parametrize("name", ["spend", "impressions", "clicks", "account_currency", "campaign_id"])
    def test_a_row_without_what_it_is_about_is_put_aside(self, name: str) -> None:
        broken = {key: value for key, value in ROW.items() if key != name}
        assert reasons(ROW, broken) == [f"{name.removeprefix('account_')} is missing"]

    def test_a_row_without_a_day_is_put_aside(self) -> None:
        broken = {key: value for key, value in ROW.items() if not key.startswith("date_")}
        assert reasons(ROW, broken) == ["date is missing"]

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"spend": "a lot"}, "spend is not an amount of money: 'a lot'"),
            ({"clicks": "1.5"}, "clicks is not a whole number: '1.5'"),
            ({"impressions": ["1"]}, "impressions is not a whole number"),
            ({"campaign_id": {"id": "3"}}, "campaign_id is not a string"),
            ({"actions": "7"}, "purchases is not a double: 'no list of actions: 7'"),
            ({"actions": [7]}, "purchases is not a double: 'no list of actions"),
            ({"actions": [PURCHASE | {"value": "many"}]}, "purchases is not a double: 'many'"),
            ({"action_values": {}}, "purchase_value is not an amount of money"),
            ({"date_stop": "2026-11-22"}, "date is not a date32[day]: '2026-11-20..2026-11-22'"),
        ],
    )
    def test_a_row_of_the_wrong_type_is_put_aside(self, changes: dict[str, Any], reason: str) -> None:
        (told,) = reasons(ROW, ROW | changes)
        assert told.startswith(reason)

    def test_every_field_tells_what_it_means(self) -> None:
        assert all(field.description for field in MetaAds.stream("campaign_day").fields)

    def test_people_reached_are_no_measure(self) -> None:
        measures = set(MetaAds.stream("campaign_day").measures)
        assert {"spend", "impressions", "clicks", "purchases", "purchase_value", "leads"} < measures
        assert not measures & {"reach", "frequency"}

    def test_the_columns_are_those_that_staging_reads(self) -> None:
        model = Path(__file__).parents[2] / "dbt_project/models/staging/stg_meta_ads__campaign_day.sql"
        lines = model.read_text().split("from")[0].replace("select", "").split(",")
        assert {line.split()[0] for line in lines} == set(MetaAds.stream("campaign_day").schema.names)


class TestPages:
    def test_pages_follow_the_cursor_and_keep_the_parameters(self) -> None:
        with serving(meta(page(ROW, after="c1"), page(ROW, after="c2"), page(ROW))) as server:
            assert len(pull(meta_ads(server.url))) == 3
            asked = [request.query for request in server.requests]
        assert [query.pop("after", None) for query in asked] == [None, "c1", "c2"]
        assert asked[0] == asked[1] == asked[2]
        assert asked[0]["limit"] == "500"

    def test_the_address_of_the_next_page_is_never_called(self) -> None:
        with serving(meta(page(ROW, after="c1"), page(ROW))) as server:
            pull(meta_ads(server.url))
            assert all("access_token" not in request.query for request in server.requests)

    def test_an_empty_page_is_not_the_end(self) -> None:
        assert len(pulled(page(after="c1"), page(ROW))) == 1

    def test_a_cursor_that_comes_back_is_refused(self) -> None:
        with refused(BadDataError, "turns in circles"):
            pulled(page(ROW, after="c1"), page(ROW, after="c2"), page(ROW, after="c1"))

    def test_a_next_page_without_a_cursor_is_refused(self) -> None:
        with refused(BadDataError, "without a cursor"):
            pulled({"data": [ROW], "paging": {"next": "https://graph.facebook.com/…"}})

    def test_a_later_page_that_fails_gives_no_half_slice(self) -> None:
        load = Load()
        with refused(BadDataError):
            pulled(page(ROW, ROW | {"spend": "x"}, after="c1"), error(100), load=load)
        assert (load.rejected, load.requests) == ([], 2)

    def test_a_later_page_that_stumbles_makes_no_row_come_twice(self) -> None:
        load = Load()
        rows = pulled(page(ROW, after="c1"), Answer(500, error(2, is_transient=True)), page(ROW), load=load)
        assert (len(rows), load.requests) == (2, 3)


class Job:
    """A Meta on which only jobs of at most `days` days come to an end, with a row for each day."""

    def __init__(self, days: int) -> None:
        self.days = days
        self.ranges: dict[str, Window] = {}

    def __call__(self, request: Request) -> Answer:
        if request.path == INSIGHTS:
            return self._start(request) if request.method == "POST" else TOO_MUCH
        run, _, edge = request.path.removeprefix("/v26.0/").partition("/")
        if edge:
            days = [str(day) for day in self.ranges[run].days]
            return Answer(200, page(*[ROW | {"date_start": day, "date_stop": day} for day in days]))
        done = len(self.ranges[run].days) <= self.days
        told = {"error_code": 1, "error_message": TOO_MUCH.body["error"]["message"]}
        failed = {"async_status": "Job Failed", "async_percent_completion": 7} | told
        return Answer(200, {"async_status": "Job Completed", "async_percent_completion": 100} if done else failed)

    def _start(self, request: Request) -> Answer:
        told = json.loads(dict(parse_qsl(request.body.decode()))["time_range"])
        run = str(6_000 + len(self.ranges))
        self.ranges[run] = Window(date.fromisoformat(told["since"]), date.fromisoformat(told["until"]))
        return Answer(200, {"report_run_id": run})


class TestTooMuch:
    def test_a_report_too_large_even_for_a_job_is_halved(self) -> None:
        job = Job(days=2)
        with serving(job) as server:
            rows = pull(meta_ads(server.url))
        assert [row["date"] for row in rows] == WINDOW.days
        assert [len(window.days) for window in job.ranges.values()] == [7, 4, 2, 2, 3, 2, 1]

    def test_a_day_too_large_is_refused(self) -> None:
        with serving(Job(days=0)) as server, refused(BadDataError, "reduce the amount of data"):
            pull(meta_ads(server.url))

    @pytest.mark.parametrize(
        "told", [error(100, subcode=1504018), error(2, subcode=1504038), error(100, subcode=1487534)]
    )
    def test_a_time_out_is_too_much_as_well(self, told: dict[str, Any], sandbox: Sandbox) -> None:
        sandbox.faults.script("meta_ads", [(400, told, {})])
        assert len(from_sandbox(sandbox)) == 3
        assert started(sandbox) == 1

    def test_later_pages_get_smaller(self) -> None:
        with serving(meta(page(ROW, after="c1"), TOO_MUCH, page(ROW, after="c2"), page(ROW))) as server:
            assert len(pull(meta_ads(server.url))) == 3
            asked = [(request.query.get("after"), request.query["limit"]) for request in server.requests]
        assert asked == [(None, "500"), ("c1", "500"), ("c1", "125"), ("c2", "125")]


class TestThrottle:
    def test_the_time_that_meta_names_is_waited_for(self, waits: list[float]) -> None:
        assert len(pulled(Answer(400, BUSY, usage(100, minutes=2)), page(ROW))) == 1
        assert 120 <= waits[0] < 121

    def test_without_a_time_it_is_a_minute(self, waits: list[float]) -> None:
        assert len(pulled(BUSY, page(ROW))) == 1
        assert 60 <= waits[0] < 61

    @pytest.mark.parametrize("code", [4, 17, 32, 613, 80000, 80004, 80014])
    def test_every_kind_of_throttle_is_one(self, code: int) -> None:
        assert isinstance(graph_error(error(code)["error"], HINTS), QuotaError)

    def test_a_long_time_is_left_for_later(self, waits: list[float]) -> None:
        load = Load()
        with pytest.raises(QuotaError, match="too many calls") as caught:
            pulled(Answer(400, BUSY, usage(100, minutes=45)), load=load)
        assert (caught.value.retry_after, load.requests, waits) == (2700, 1, [])

    def test_the_account_s_other_calls_do_not_ask_meanwhile(self, waits: list[float]) -> None:
        with serving(meta(Answer(400, BUSY, usage(100, minutes=45)))) as server:
            connector = meta_ads(server.url)
            for said in ("too many calls", "Meta asks to wait for 45 min"):
                with refused(QuotaError, said):
                    pull(connector)
            assert len(server.requests) == 1

    def test_nor_do_they_when_meta_names_no_time(self) -> None:
        with serving(meta(BUSY)) as server:
            connector = meta_ads(server.url, policy=RetryPolicy(longest_wait_s=10))
            for said in ("too many calls", "Meta asks to wait for 1 min"):
                with refused(QuotaError, said):
                    pull(connector)
            assert len(server.requests) == 1

    def test_a_throttle_that_stays_is_an_error(self, waits: list[float]) -> None:
        with refused(QuotaError):
            pulled(BUSY)
        assert len(waits) == BRIEF.attempts - 1

    def test_nearly_used_up_limits_slow_the_next_page(self, waits: list[float]) -> None:
        pulled(Answer(200, page(ROW, after="c1"), usage(90)), page(ROW))
        assert waits == [pytest.approx(6, abs=0.5)]

    def test_limits_with_room_do_not(self, waits: list[float]) -> None:
        pulled(Answer(200, page(ROW, after="c1"), usage(74)), page(ROW))
        assert waits == []

    @pytest.mark.parametrize("text", ["", "no json", "[]", '{"a": [1]}', '{"a": [{"call_count": "lots"}]}'])
    def test_headers_of_another_shape_do_no_harm(self, text: str) -> None:
        assert Usage.of({"X-Business-Use-Case-Usage": text}).pause_s == 0


class TestErrors:
    @pytest.mark.parametrize(
        "told",
        [
            error(1),
            error(2, subcode=1504043),
            error(341),
            error(3999, is_transient=True),
            Answer(500, error(3999)),
            Answer(503, b"<html>Service Unavailable</html>"),
        ],
    )
    def test_passing_failures_are_tried_again(self, told: Any) -> None:
        load = Load()
        assert len(pulled(told, told, page(ROW), load=load)) == 1
        assert load.requests == 3

    def test_the_tries_end(self) -> None:
        load = Load()
        with refused(TransientError, "^meta_ads 700800900 campaign_day: error 2: No."):
            pulled(error(2), load=load)
        assert load.requests == BRIEF.attempts

    @pytest.mark.parametrize(
        ("subcode", "why"),
        [(463, "has expired"), (460, "password"), (458, "removed"), (467, "logged out"), (0, "wrong")],
    )
    def test_a_token_that_is_refused_needs_a_new_one(self, subcode: int, why: str) -> None:
        load = Load()
        with refused(AuthorisationError, rf"{why}.*: make a new system user token, and set meta_ads\.access_token"):
            pulled(error(190, "Error validating access token.", subcode), load=load)
        assert load.requests == 1

    @pytest.mark.parametrize("code", [10, 200, 272, 294])
    def test_a_missing_permission_says_which(self, code: int) -> None:
        with refused(ConfigurationError, r"needs ads_read, and its system user needs to be assigned the ad account"):
            pulled(error(code, "Ad account owner has NOT granted ads_read permission"))

    def test_an_unknown_account_is_said(self, sandbox: Sandbox) -> None:
        with refused(ConfigurationError, r"is the account id right.*assigned"):
            from_sandbox(sandbox, accounts=[{"id": "999"}])

    def test_a_retired_version_is_said(self) -> None:
        with refused(ConfigurationError, "update Kompas"):
            pulled(error(2635))

    @pytest.mark.parametrize(
        "told", [error(100, "(#100) x is not valid for fields"), Answer(500, error(2, subcode=1504041))]
    )
    def test_a_request_that_meta_refuses_is_ours_to_mend(self, told: Any) -> None:
        load = Load()
        with refused(BadDataError):
            pulled(told, load=load)
        assert load.requests == 1

    def test_an_error_with_http_200_is_raised(self) -> None:
        with refused(AuthorisationError, "error 190"):
            pulled(Answer(200, error(190)))

    def test_a_campaign_called_error_is_none(self) -> None:
        assert only(campaign_name="error")["campaign_name"] == "error"

    @pytest.mark.parametrize(
        "body",
        [
            b"<html>Sign in</html>",
            b"",
            b'{"data": [{"spend"',
            b"[]",
            b"{}",
            b'{"data": 5}',
            b'{"data": [1]}',
            b'{"error": "no"}',
        ],
    )
    def test_an_answer_of_another_shape_is_bad_data(self, body: bytes) -> None:
        with refused(BadDataError):
            pulled(Answer(200, body))

    def test_a_truncated_answer_is_fetched_again(self) -> None:
        assert len(pulled(Answer(200, page(ROW), truncate=True), page(ROW, ROW))) == 2

    def test_a_job_without_an_id_is_bad_data(self) -> None:
        with refused(BadDataError, "report_run_id"):
            pulled({"success": True}, window=QUARTER)

    def test_a_job_that_may_not_be_read_is_not_made_anew(self) -> None:
        failed = {"async_status": "Job Failed", "error_code": 200, "error_message": "No permission"}
        load = Load()
        with refused(ConfigurationError, "ads_read"):
            pulled({"report_run_id": "6"}, failed, window=QUARTER, load=load)
        assert load.requests == 2

    def test_a_job_that_is_skipped_without_a_reason_is_made_anew(self) -> None:
        load = Load()
        with refused(TransientError, "ended as Job Skipped"):
            pulled(*[{"report_run_id": "6"}, {"async_status": "Job Skipped"}] * 3, window=QUARTER, load=load)
        assert load.requests == 6

    @pytest.mark.parametrize(
        "told",
        [
            error(190, f"Malformed access token {TOKEN}"),
            error(2, f"{TOKEN} failed"),
            Answer(403, f"no entry for {TOKEN}".encode()),
            Answer(200, f"{TOKEN} is no JSON".encode()),
        ],
    )
    def test_a_token_that_is_sent_back_is_not_told(self, told: Any) -> None:
        with refused(ConnectorError, "…"):
            pulled(told)

    def test_a_server_that_is_not_there_is_told_without_the_token(self) -> None:
        with serving(meta(page())) as server:
            url = server.url
        with refused(TransientError, "no answer from"):
            pull(meta_ads(url))


class TestSettings:
    def settings(self, **told: Any) -> MetaAdsSettings:
        base = {"access_token": "env:META_TOKEN", "accounts": [{"id": 700800900}]}
        return MetaAdsSettings.model_validate(base | told)

    @pytest.mark.parametrize("written", [700800900, "700800900", "act_700800900", " act_700800900 "])
    def test_accounts_are_written_with_or_without_act(self, written: Any) -> None:
        assert self.settings(accounts=[{"id": written}]).accounts[0].id == "700800900"

    @pytest.mark.parametrize("written", ["", "act_", "duurzame mode", "700-800-900", "７００"])
    def test_other_ids_are_refused(self, written: str) -> None:
        with pytest.raises(ValidationError, match="is a number, with or without act_"):
            self.settings(accounts=[{"id": written}])

    def test_meta_is_the_default_address(self) -> None:
        assert self.settings().base_url == "https://graph.facebook.com"

    def test_a_token_in_the_settings_file_itself_is_refused(self) -> None:
        with pytest.raises(ValidationError, match="env:NAME"):
            self.settings(access_token=TOKEN)

    def test_a_token_that_is_not_set_is_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("META_TOKEN")
        with refused(ConfigurationError, "env:META_TOKEN is not set"):
            pulled(page())

    def test_a_first_night_takes_both_ways(self) -> None:
        stream = MetaAds.stream("campaign_day")
        slices = Window(date(2026, 7, 26), date(2026, 11, 22)).slices(stream.slice_days)
        assert [len(part.days) for part in slices] == [92, stream.look_back_days]
        assert stream.look_back_days <= Patience().sync_days < 92


class TestHistory:
    def test_days_before_37_months_are_cut_off_and_noted(self) -> None:
        load = Load()
        today = datetime.now(UTC).date()
        with serving(meta(page())) as server:
            pull(meta_ads(server.url, Patience(sync_days=9999)), Window(today - timedelta(days=2000), today), load)
            since = json.loads(server.requests[0].query["time_range"])["since"]
        assert since == str(load.notes["since"])
        assert timedelta(days=37 * 30) < today - load.notes["since"] < timedelta(days=37 * 31)

    def test_a_window_wholly_before_is_not_asked_for(self) -> None:
        load = Load()
        with serving(meta(page(ROW))) as server:
            rows = pull(meta_ads(server.url), Window(date(2019, 1, 1), date(2019, 1, 31)), load)
            assert (rows, server.requests, "since" in load.notes) == ([], [], True)


class TestCheck:
    def checked(self, *bodies: Any, **told: Any) -> AccountFacts:
        facts = {"name": "Mode", "currency": "EUR", "timezone_name": "Europe/Amsterdam", "account_status": 1} | told
        with serving(meta(*(bodies or (facts, page())))) as server:
            return self.of(server)

    def of(self, server: Server) -> AccountFacts:
        connector = meta_ads(server.url)
        return connector.check(connector.accounts[0])

    def test_it_tells_name_currency_and_time_zone(self, sandbox: Sandbox) -> None:
        connector = meta_ads(sandbox.url("meta_ads"))
        assert connector.check(connector.accounts[0]) == AccountFacts("Duurzame Mode", "EUR", "Europe/Amsterdam")

    @pytest.mark.parametrize(
        ("status", "note"),
        [
            (2, "is disabled"),
            (3, "unpaid bills"),
            (9, "grace period"),
            (101, "is closed"),
            (77, "account_status is 77"),
        ],
    )
    def test_an_account_that_is_not_active_is_noted(self, status: int, note: str) -> None:
        (told,) = self.checked(account_status=status).notes
        assert note in told

    def test_a_disabled_account_says_what_to_do(self) -> None:
        (note,) = self.checked(account_status=2).notes
        assert note.endswith("what it has recorded can still be read; see Account Quality in Meta Business Suite")

    def test_an_expired_token_says_what_to_do(self, sandbox: Sandbox) -> None:
        meta_state_of(sandbox.world).tokens = {TOKEN: 463}
        connector = meta_ads(sandbox.url("meta_ads"))
        with pytest.raises(AuthorisationError, match=r"has expired: make a new system user token"):
            connector.check(connector.accounts[0])

    def test_an_account_that_is_not_assigned_says_what_to_do(self, sandbox: Sandbox) -> None:
        connector = meta_ads(sandbox.url("meta_ads"), accounts=[{"id": "999"}])
        with pytest.raises(ConfigurationError, match=r"assigned to the token's system user"):
            connector.check(connector.accounts[0])

    def test_a_token_without_ads_read_says_what_to_do(self) -> None:
        with pytest.raises(ConfigurationError, match=r"needs ads_read"):
            self.checked({"name": "Mode", "account_status": 1}, error(200, "Requires ads_read"))
