"""The Facebook Pages server: page tokens, posts with their counters, insights of days, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.meta_page_accounts import PAGES
from sandbox.meta_state import TOKEN, meta_state_of
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PAGE, OTHER = PAGES
FIELDS = "id,created_time,shares,reactions.summary(true).limit(0),comments.summary(true).limit(0)"
DAYS = {"period": "day", "since": "2026-11-15", "until": "2026-11-18"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=11, scale=0.1, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, token: str = PAGE.token, **params: Any) -> Any:
    url = f"{sandbox.url('facebook_pages')}/v26.0{path}"
    return requests.get(url, params=params, headers={"authorization": f"Bearer {token}"}, timeout=20).json()


def posts(sandbox: Sandbox, **params: Any) -> list[dict[str, Any]]:
    asked: dict[str, Any] = {"fields": FIELDS, "limit": 100} | params
    return list(get(sandbox, f"/{PAGE.id}/published_posts", **asked)["data"])


def error(answer: Any) -> tuple[int, int]:
    return answer["error"]["code"], answer["error"].get("error_subcode", 0)


def test_a_user_has_pages_with_a_token_each(sandbox: Sandbox) -> None:
    told = get(sandbox, "/me/accounts", TOKEN, fields="id,access_token,instagram_business_account{username}")["data"]
    linked = [{"username": page.username, "id": page.instagram_id} for page in PAGES]
    assert told == [
        {"id": page.id, "access_token": page.token, "instagram_business_account": account}
        for page, account in zip(PAGES, linked, strict=True)
    ]


@pytest.mark.parametrize("edge", ["published_posts", "insights"])
def test_a_page_wants_its_own_token(sandbox: Sandbox, edge: str) -> None:
    assert error(get(sandbox, f"/{PAGE.id}/{edge}", TOKEN)) == (190, 2069032)
    assert error(get(sandbox, f"/{PAGE.id}/{edge}", OTHER.token)) == (100, 33)
    assert error(get(sandbox, f"/{PAGE.id}/{edge}", "")) == (104, 0)


def test_posts_are_those_of_the_page_newest_first(sandbox: Sandbox) -> None:
    found = posts(sandbox)
    times = [post["created_time"] for post in found]
    wanted = sandbox.world.query(
        "SELECT count(*) FROM posts JOIN post_pages USING (post_id) WHERE network = 'Facebook' AND page = 'nl'"
    )
    assert (len(found), times) == (wanted[0][0], sorted(times, reverse=True))


def test_posts_come_between_two_moments(sandbox: Sandbox) -> None:
    whole = [post["created_time"] for post in posts(sandbox)]
    since, until = (datetime(2026, 10, day, tzinfo=UTC) for day in (1, 20))
    found = posts(sandbox, since=int(since.timestamp()), until=int(until.timestamp()))
    assert [post["created_time"] for post in found] == [at for at in whole if "2026-10-01" <= at < "2026-10-20"]


def test_posts_come_by_the_page(sandbox: Sandbox) -> None:
    first = get(sandbox, f"/{PAGE.id}/published_posts", fields="id", limit=2)
    after = first["paging"]["cursors"]["after"]
    rest = get(sandbox, f"/{PAGE.id}/published_posts", fields="id", limit=100, after=after)
    assert [*first["data"], *rest["data"]] == [{"id": post["id"]} for post in posts(sandbox)]
    assert ("next" in first["paging"], "next" in rest["paging"]) == (True, False)


def test_counters_are_those_known_by_now(sandbox: Sandbox) -> None:
    post = posts(sandbox)[-1]
    told = get(sandbox, f"/{post['id']}/insights", metric="post_media_view,post_clicks", period="lifetime")["data"]
    values = {entry["name"]: entry["values"][0]["value"] for entry in told}
    number = "P" + post["id"].split("_")[1]
    (likes, shares, shown) = sandbox.world.query(
        "SELECT sum(likes), sum(shares), sum(impressions) FROM post_deltas WHERE post_id = ?", [number]
    )[0]
    (clicks,) = sandbox.world.query("SELECT sum(clicks) FROM post_actions WHERE post_id = ?", [number])[0]
    assert post["reactions"]["summary"]["total_count"] == likes
    assert post.get("shares", {"count": 0})["count"] == shares
    assert values == {"post_media_view": shown, "post_clicks": clicks}


def test_a_day_is_named_by_its_end_in_pacific_time(sandbox: Sandbox) -> None:
    (entry,) = get(sandbox, f"/{PAGE.id}/insights", metric="page_media_view", **DAYS)["data"]
    ends = [value["end_time"] for value in entry["values"]]
    assert ends == [f"2026-11-{day}T08:00:00+0000" for day in (16, 17, 18)]


def test_a_day_settles_after_it_was_first_told() -> None:
    world = World(seed=11, scale=1, first_day=date(2026, 11, 1), now=NOW)

    def views(sandbox: Sandbox) -> int:
        day = {"since": "2026-11-21", "until": "2026-11-22"}
        told = get(sandbox, f"/{PAGE.id}/insights", metric="page_media_view", period="day", **day)
        return int(told["data"][0]["values"][0]["value"])

    with Sandbox(world, port=0, grpc_port=0) as sandbox:
        first = views(sandbox)
        world.now = NOW + timedelta(days=3)
        assert views(sandbox) > first


def test_followers_are_a_stand(sandbox: Sandbox) -> None:
    names = "page_follows,page_daily_follows_unique,page_daily_unfollows_unique"
    stand, came, left = (
        [value["value"] for value in entry["values"]]
        for entry in get(sandbox, f"/{PAGE.id}/insights", metric=names, **DAYS)["data"]
    )
    assert stand[2] - stand[1] == came[2] - left[2]


@pytest.mark.parametrize(
    ("params", "refused"),
    [
        ({"metric": "page_media_view,page_impressions"} | DAYS, (100, 0)),
        ({"metric": ""} | DAYS, (3001, 1504028)),
        ({"metric": "page_media_view", "period": "day", "since": "2026-01-01", "until": "2026-11-18"}, (100, 0)),
        ({"metric": "page_media_view", "period": "day", "since": "soon"}, (100, 0)),
    ],
)
def test_insights_that_meta_refuses(sandbox: Sandbox, params: dict[str, str], refused: tuple[int, int]) -> None:
    assert error(get(sandbox, f"/{PAGE.id}/insights", **params)) == refused


@pytest.mark.parametrize(
    ("fields", "refused"), [("id,likes_of_all", 100), ("comments.summary(true)", 100), ("id;name", 2500)]
)
def test_fields_that_meta_refuses(sandbox: Sandbox, fields: str, refused: int) -> None:
    assert error(get(sandbox, f"/{PAGE.id}/published_posts", fields=fields))[0] == refused


def test_more_than_a_hundred_posts_at_once_are_refused(sandbox: Sandbox) -> None:
    assert error(get(sandbox, f"/{PAGE.id}/published_posts", limit=101)) == (100, 0)


def test_a_page_that_is_throttled_says_for_how_long(sandbox: Sandbox) -> None:
    state = meta_state_of(sandbox.world)
    state.throttled_minutes = 7
    url = f"{sandbox.url('facebook_pages')}/v26.0/{PAGE.id}/published_posts"
    answer = requests.get(url, headers={"authorization": f"Bearer {PAGE.token}"}, timeout=20)
    state.throttled_minutes = None
    assert error(answer.json())[0] == 80001
    assert '"estimated_time_to_regain_access": 7' in answer.headers["x-business-use-case-usage"]
