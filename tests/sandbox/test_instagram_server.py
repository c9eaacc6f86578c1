"""The Instagram server: media with their counters, insights of media and of days, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import TOKEN
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ACCOUNT = PAGES[0].instagram_id
DAY = {"period": "day", "metric_type": "total_value", "since": "2026-11-18", "until": "2026-11-19"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=11, scale=0.1, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, **params: Any) -> Any:
    url = f"{sandbox.url('instagram')}/v26.0{path}"
    return requests.get(url, params=params, headers={"authorization": f"Bearer {TOKEN}"}, timeout=20).json()


def media(sandbox: Sandbox, fields: str = "id,like_count,comments_count") -> list[dict[str, Any]]:
    return list(get(sandbox, f"/{ACCOUNT}/media", fields=fields, limit=100)["data"])


def test_an_account_is_found_by_its_page(sandbox: Sandbox) -> None:
    told = get(sandbox, "/me/accounts", fields="instagram_business_account{id,username}")["data"]
    assert [page["instagram_business_account"]["id"] for page in told] == [page.instagram_id for page in PAGES]


def test_an_account_tells_its_followers(sandbox: Sandbox) -> None:
    told = get(sandbox, f"/{ACCOUNT}", fields="username,followers_count")
    assert (told["username"], told["followers_count"] > 4_000) == (PAGES[0].username, True)


def test_counters_of_media_are_those_of_the_world(sandbox: Sandbox) -> None:
    wanted = sandbox.world.query(
        """SELECT sum(likes), sum(comments) FROM posts JOIN post_pages USING (post_id) JOIN post_deltas USING (post_id)
        WHERE network = 'Instagram' AND page = 'nl' AND post_deltas.known_at <= ?""",
        [sandbox.world.clock],
    )
    found = media(sandbox)
    assert (sum(one["like_count"] for one in found), sum(one["comments_count"] for one in found)) == wanted[0]


def test_insights_of_a_media(sandbox: Sandbox) -> None:
    (one, *_) = media(sandbox)
    told = get(sandbox, f"/{one['id']}/insights", metric="reach,views,total_interactions,likes,shares,saved,comments")
    values = {entry["name"]: entry["values"][0]["value"] for entry in told["data"]}
    assert values["likes"] == one["like_count"]
    parts = ("likes", "comments", "shares", "saved")
    assert values["total_interactions"] == sum(values[part] for part in parts)
    assert values["views"] > values["reach"] > 0


def test_a_media_that_few_have_seen_has_no_insights(sandbox: Sandbox) -> None:
    world = World(seed=11, scale=0.0001, first_day=date(2026, 10, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as small:
        (one, *_) = media(small)
        told = get(small, f"/{one['id']}/insights", metric="reach")
    assert (told["error"]["code"], "Not enough viewers" in told["error"]["message"]) == (10, True)


def test_a_day_is_the_total_of_what_is_asked_for(sandbox: Sandbox) -> None:
    def views(until: str) -> int:
        told = get(sandbox, f"/{ACCOUNT}/insights", metric="views", **DAY | {"until": until})
        return int(told["data"][0]["total_value"]["value"])

    assert views("2026-11-20") > views("2026-11-19") > 0


def test_those_who_came_and_left_are_told_apart_on_demand(sandbox: Sandbox) -> None:
    told = get(sandbox, f"/{ACCOUNT}/insights", metric="follows_and_unfollows", breakdown="follow_type", **DAY)
    (breakdown,) = told["data"][0]["total_value"]["breakdowns"]
    assert [result["dimension_values"] for result in breakdown["results"]] == [["FOLLOWER"], ["NON_FOLLOWER"]]


def test_a_day_that_is_not_counted_yet_is_empty(sandbox: Sandbox) -> None:
    told = get(sandbox, f"/{ACCOUNT}/insights", metric="views", **DAY | {"since": "2026-11-22", "until": "2026-11-23"})
    assert told["data"] == []


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"metric": "views,impressions"} | DAY, "metric[1] must be one of the following values"),
        ({"metric": "views"} | DAY | {"until": "2026-12-31"}, "more than 30 days"),
        ({"metric": "views", "breakdown": "follow_type"} | DAY, "Incompatible breakdowns"),
        ({"metric": "views", "period": "day"}, "metric_type"),
    ],
)
def test_insights_that_meta_refuses(sandbox: Sandbox, params: dict[str, str], words: str) -> None:
    told = get(sandbox, f"/{ACCOUNT}/insights", **params)
    assert (told["error"]["code"], words in told["error"]["message"]) == (100, True)


@pytest.mark.parametrize("node", ["999", "17900000000000001"])
def test_what_is_not_there_is_refused(sandbox: Sandbox, node: str) -> None:
    told = get(sandbox, f"/{node}/insights", metric="views", **DAY)
    assert (told["error"]["code"], told["error"]["error_subcode"]) == (100, 33)
