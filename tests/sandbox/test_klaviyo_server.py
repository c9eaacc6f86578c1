"""The Klaviyo server: judged by the fact sheet and by the world's own tables. The vendor's SDK: tests/contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.klaviyo import REPORTS_A_DAY
from sandbox.klaviyo_accounts import ACCOUNTS
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
NL, UK = ACCOUNTS
EMAILS = "equals(messages.channel,'email')"
OCTOBER = {"start": "2026-10-01T00:00:00+00:00", "end": "2026-11-01T00:00:00+00:00"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.3, first_day=date(2026, 8, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def headers(key: str = NL.key, **more: str) -> dict[str, str]:
    return {"Authorization": f"Klaviyo-API-Key {key}", "revision": "2026-07-15"} | more


def get(sandbox: Sandbox, path: str, key: str = NL.key, **params: Any) -> requests.Response:
    return requests.get(sandbox.url("klaviyo") + path, params=params, headers=headers(key), timeout=30)


def report(
    sandbox: Sandbox, kind: str = "campaign-values", key: str = NL.key, metric: str = "RESQ6t", **attributes: Any
) -> requests.Response:
    asked = {"statistics": ["delivered", "opens_unique"], "timeframe": OCTOBER, "conversion_metric_id": metric}
    body = {"data": {"type": f"{kind}-report", "attributes": asked | attributes}}
    return requests.post(f"{sandbox.url('klaviyo')}/api/{kind}-reports", json=body, headers=headers(key), timeout=30)


def results(answer: requests.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"]["attributes"]["results"])


def refused(answer: requests.Response) -> tuple[int, str]:
    [error] = answer.json()["errors"]
    assert answer.headers["content-type"].startswith("application/vnd.api+json")
    return answer.status_code, error["code"]


class TestKeyAndRevision:
    def test_each_key_opens_its_account(self, sandbox: Sandbox) -> None:
        told = [get(sandbox, "/api/accounts", key=it.key).json()["data"][0] for it in ACCOUNTS]
        zones = [(one["id"], one["attributes"]["timezone"]) for one in told]
        assert zones == [("KpsNL1", "Europe/Amsterdam"), ("KpsUK2", "Europe/London")]

    def test_no_key_and_a_wrong_key_are_unauthorised(self, sandbox: Sandbox) -> None:
        address = sandbox.url("klaviyo") + "/api/accounts"
        assert refused(requests.get(address, timeout=30)) == (401, "not_authenticated")
        assert refused(get(sandbox, "/api/accounts", key="pk_no")) == (401, "authentication_failed")

    def test_a_revision_is_needed(self, sandbox: Sandbox) -> None:
        only_key = {"Authorization": f"Klaviyo-API-Key {NL.key}"}
        answer = requests.get(sandbox.url("klaviyo") + "/api/accounts", headers=only_key, timeout=30)
        assert refused(answer) == (400, "invalid")

    def test_a_retired_revision_falls_forward_unless_one_opts_out(self, sandbox: Sandbox) -> None:
        address, old = sandbox.url("klaviyo") + "/api/accounts", {"revision": "2023-02-22"}
        assert requests.get(address, headers=headers() | old, timeout=30).status_code == 200
        out = {"X-Klaviyo-Revision-Fall-Forward-Opt-Out": "1"}
        assert refused(requests.get(address, headers=headers() | old | out, timeout=30)) == (410, "revision_retired")


class TestCampaignValues:
    def test_they_are_those_of_the_world_as_known_now(self, sandbox: Sandbox) -> None:
        found = {one["groupings"]["campaign_id"]: one["statistics"] for one in results(report(sandbox))}
        true = sandbox.world.query(
            """SELECT campaign_id, any_value(recipients - hard_bounces - soft_bounces), sum(unique_opens)
            FROM mailings AS m JOIN mailing_deltas AS d USING (tool, account_id, mailing_id)
            WHERE account_id = 'KpsNL1' AND kind = 'campaign' AND date BETWEEN '2026-10-01' AND '2026-10-31'
                AND d.known_at <= ? GROUP BY 1""",
            [sandbox.world.clock],
        )
        assert len(true) == 4
        assert found == {row[0]: {"delivered": row[1], "opens_unique": row[2]} for row in true}

    def test_the_time_frame_is_local_and_ends_before_its_end(self, sandbox: Sandbox) -> None:
        def sent(start: str, end: str) -> int:
            return len(results(report(sandbox, timeframe={"start": start, "end": end})))

        # 19:00 in Amsterdam, whatever offset is told.
        assert sent("2026-10-07T19:00:00+00:00", "2026-10-07T19:00:01+00:00") == 1
        assert sent("2026-10-07T18:00:00-05:00", "2026-10-07T19:00:00-05:00") == 0

    def test_counters_grow_for_weeks(self) -> None:
        world = World(seed=2, scale=0.3, first_day=date(2026, 10, 1), now=datetime(2026, 10, 8, 4, 0, tzinfo=UTC))
        with Sandbox(world, port=0, grpc_port=0) as running:
            [early] = results(report(running))
            world.now = world.now + timedelta(days=14)
            later = {one["groupings"]["campaign_id"]: one for one in results(report(running))}
        grown = later[early["groupings"]["campaign_id"]]["statistics"]
        assert early["statistics"]["opens_unique"] < grown["opens_unique"]
        assert early["statistics"]["delivered"] == grown["delivered"]

    def test_a_page_of_campaigns_has_a_hundred(self) -> None:
        world = World(seed=2, scale=0.01, first_day=date(2023, 6, 1), now=datetime(2026, 6, 1, 4, 0, tzinfo=UTC))
        with Sandbox(world, port=0, grpc_port=0) as running:
            everything = get(running, "/api/campaigns", filter=EMAILS).json()
            rest = requests.get(everything["links"]["next"], headers=headers(), timeout=30).json()
        assert (len(everything["data"]), len(rest["data"]), rest["links"]["next"]) == (100, 56, None)


class TestFlowSeries:
    def test_there_is_a_figure_for_each_day(self, sandbox: Sandbox) -> None:
        answer = report(sandbox, "flow-series", interval="daily")
        assert len(answer.json()["data"]["attributes"]["date_times"]) == 31
        true = sandbox.world.query(
            """SELECT message_id, list(recipients - hard_bounces - soft_bounces ORDER BY date) FROM mailings
            WHERE account_id = 'KpsNL1' AND kind = 'flow' AND date BETWEEN '2026-10-01' AND '2026-10-31' GROUP BY 1"""
        )
        found = [(one["groupings"]["flow_message_id"], one["statistics"]["delivered"]) for one in results(answer)]
        assert sorted(found) == sorted((name, list(map(float, days))) for name, days in true)

    def test_a_day_that_is_not_over_has_mailed_nobody_yet(self, sandbox: Sandbox) -> None:
        frame = {"start": "2026-11-22T00:00:00", "end": "2026-11-24T00:00:00"}
        for one in results(report(sandbox, "flow-series", interval="daily", timeframe=frame)):
            assert one["statistics"]["delivered"][0] > 0 == one["statistics"]["delivered"][1]

    def test_names_come_when_they_are_grouped_by(self, sandbox: Sandbox) -> None:
        groups = ["flow_id", "flow_message_id", "flow_name", "flow_message_name"]
        answer = report(sandbox, "flow-series", key=UK.key, metric="TQuQA4", interval="daily", group_by=groups)
        [one] = results(answer)
        told = one["groupings"]
        assert (told["flow_name"], told["flow_message_name"]) == ("Welcome", "Nice to meet you")
        assert "send_channel" not in told


class TestRefusals:
    @pytest.mark.parametrize(
        ("wrong", "place"),
        [
            ({"statistics": ["human_opens"]}, "statistics"),
            ({"statistics": []}, "statistics"),
            ({"timeframe": {"start": "2026-10-01T00:00:00"}}, "timeframe"),
            ({"timeframe": {"start": "2025-10-01T00:00:00", "end": "2026-11-01T00:00:00"}}, "timeframe"),
            ({"conversion_metric_id": "TQuQA4"}, "conversion_metric_id"),
            ({"group_by": ["flow_id"]}, "group_by"),
            ({"interval": "yearly"}, "interval"),
            ({"timeframe": {"start": "2026-08-01T00:00:00", "end": "2026-10-01T00:00:00"}}, "timeframe"),
            ({"filter": "equals(flow_id,"}, "filter"),
        ],
    )
    def test_a_wrong_report_is_told_where(self, sandbox: Sandbox, wrong: dict[str, Any], place: str) -> None:
        answer = report(sandbox, "flow-series", **{"interval": "daily"} | wrong)
        assert refused(answer) == (400, "invalid")
        assert answer.json()["errors"][0]["source"] == {"pointer": f"/data/attributes/{place}"}

    @pytest.mark.parametrize("wanted", ["", "equals(archived,true)", f"and({EMAILS},any(name,[]))"])
    def test_campaigns_need_a_channel_and_fields_that_can_be_filtered(self, sandbox: Sandbox, wanted: str) -> None:
        assert refused(get(sandbox, "/api/campaigns", filter=wanted)) == (400, "invalid")

    def test_other_paths_and_methods_are_refused(self, sandbox: Sandbox) -> None:
        assert refused(get(sandbox, "/api/profiles")) == (404, "not_found")
        assert refused(get(sandbox, "/api/flow-series-reports")) == (405, "method_not_allowed")

    def test_a_day_has_225_reports(self) -> None:
        world = World(seed=2, scale=0.01, first_day=date(2026, 11, 20), now=NOW)
        with Sandbox(world, port=0, grpc_port=0) as running:
            answers = [report(running) for _ in range(REPORTS_A_DAY + 1)]
            assert {answer.status_code for answer in answers[:-1]} == {200}
            assert refused(answers[-1]) == (429, "throttled")
            assert int(answers[-1].headers["retry-after"]) > 3600
            world.now = NOW + timedelta(days=1)
            assert report(running).status_code == 200


def test_campaigns_are_filtered_sorted_and_sparse(sandbox: Sandbox) -> None:
    wanted = f"and({EMAILS},greater-or-equal(updated_at,2026-11-01T00:00:00Z))"
    params = {"filter": wanted, "sort": "updated_at", "fields[campaign]": "name,send_time"}
    told = requests.get(sandbox.url("klaviyo") + "/api/campaigns", params=params, headers=headers(), timeout=30).json()
    assert [one["attributes"]["name"][-10:] for one in told["data"]] == ["2026-11-04", "2026-11-11", "2026-11-18"]
    assert told["data"][0]["attributes"].keys() == {"name", "send_time"}
