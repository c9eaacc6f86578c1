"""The LinkedIn Pages server: roles, posts, statistics of posts and of days, and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox.company import World
from sandbox.linkedin_organizations import ORGANIZATIONS
from sandbox.linkedin_state import TOKEN, linkedin_state_of
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PAGE, OTHER = ORGANIZATIONS
URN = quote(PAGE.urn, safe="")
HEADERS = {
    "authorization": f"Bearer {TOKEN}",
    "linkedin-version": "202608",
    "x-restli-protocol-version": "2.0.0",
}
AUTHOR = f"/rest/posts?q=author&author={URN}"
SHARES = f"/rest/organizationalEntityShareStatistics?q=organizationalEntity&organizationalEntity={URN}"
FOLLOWERS = SHARES.replace("Share", "Follower")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=11, scale=0.5, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, target: str, **headers: str) -> Any:
    url = f"{sandbox.url('linkedin_pages')}{target}"
    return requests.get(url, headers=HEADERS | headers, timeout=20).json()


def days(first: int, after: int) -> str:
    start, end = (int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000) for day in (first, after))
    return f"&timeIntervals=(timeRange:(start:{start},end:{end}),timeGranularityType:DAY)"


def test_a_member_has_a_role_on_each_page(sandbox: Sandbox) -> None:
    told = get(sandbox, "/rest/organizationAcls?q=roleAssignee&role=ADMINISTRATOR&state=APPROVED")["elements"]
    assert [role["organization"] for role in told] == [page.urn for page in ORGANIZATIONS]


def test_a_page_tells_its_name_and_its_followers(sandbox: Sandbox) -> None:
    assert get(sandbox, f"/rest/organizations/{PAGE.id}")["localizedName"] == PAGE.name
    assert get(sandbox, f"/rest/networkSizes/{URN}?edgeType=COMPANY_FOLLOWED_BY_MEMBER")["firstDegreeSize"] > 4_000


def test_posts_come_newest_first_and_by_the_page(sandbox: Sandbox) -> None:
    whole = get(sandbox, f"{AUTHOR}&count=100")["elements"]
    first = get(sandbox, f"{AUTHOR}&count=3")
    second = get(sandbox, f"{AUTHOR}&count=3&start=3")
    times = [post["publishedAt"] for post in whole]
    assert (times, len(whole) > 6) == (sorted(times, reverse=True), True)
    assert [*first["elements"], *second["elements"]] == whole[:6]
    assert [link["rel"] for link in first["paging"]["links"]] == ["next"]


def test_figures_of_posts_are_those_of_the_world(sandbox: Sandbox) -> None:
    posts = [post["id"] for post in get(sandbox, f"{AUTHOR}&count=100")["elements"]]
    shares, ugc = ([urn for urn in posts if urn.split(":")[2] == kind] for kind in ("share", "ugcPost"))
    told = [
        *get(sandbox, f"{SHARES}&shares=List({','.join(quote(urn, safe='') for urn in shares)})")["elements"],
        *get(sandbox, f"{SHARES}&ugcPosts=List({','.join(quote(urn, safe='') for urn in ugc)})")["elements"],
    ]
    assert {element.get("share") or element.get("ugcPost") for element in told} == set(posts)
    likes = sum(element["totalShareStatistics"]["likeCount"] for element in told)
    wanted = sandbox.world.query(
        """SELECT sum(likes) FROM posts JOIN post_pages USING (post_id) JOIN post_deltas USING (post_id)
        WHERE network = 'LinkedIn' AND page = 'nl' AND post_deltas.known_at <= ?""",
        [sandbox.world.clock],
    )
    assert likes == wanted[0][0] > 0


def test_without_days_or_posts_it_is_all_ever(sandbox: Sandbox) -> None:
    (told,) = get(sandbox, SHARES)["elements"]
    assert told["totalShareStatistics"]["impressionCount"] > 0


def test_a_day_is_from_midnight_to_midnight_utc(sandbox: Sandbox) -> None:
    told = get(sandbox, SHARES + days(15, 18))["elements"]
    spans = [(element["timeRange"]["start"], element["timeRange"]["end"]) for element in told]
    starts = [int(datetime(2026, 11, day, tzinfo=UTC).timestamp() * 1000) for day in (15, 16, 17)]
    assert spans == [(start, start + 86_400_000) for start in starts]


def test_followers_come_two_days_late(sandbox: Sandbox) -> None:
    told = get(sandbox, FOLLOWERS + days(18, 23))["elements"]
    newest = datetime.fromtimestamp(told[-1]["timeRange"]["start"] / 1000, UTC)
    assert newest == datetime(2026, 11, 20, tzinfo=UTC)


def test_views_of_a_page(sandbox: Sandbox) -> None:
    told = get(sandbox, f"/rest/organizationPageStatistics?q=organization&organization={URN}{days(15, 17)}")["elements"]
    assert all(day["totalPageStatistics"]["views"]["allPageViews"]["pageViews"] > 0 for day in told)


def test_a_page_without_a_role_is_refused(sandbox: Sandbox) -> None:
    state = linkedin_state_of(sandbox.world)
    state.refused.add(PAGE.id)
    told, roles = get(sandbox, AUTHOR), get(sandbox, "/rest/organizationAcls?q=roleAssignee")["elements"]
    state.refused.clear()
    assert (told["status"], told["code"]) == (403, "ACCESS_DENIED")
    assert [role["organization"] for role in roles] == [OTHER.urn]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (AUTHOR.replace("author", "owner"), 400),
        (f"{AUTHOR}&count=101", 400),
        (f"{AUTHOR}&sortBy=LIKES", 400),
        (f"{SHARES}&timeIntervals=(timeRange:(start:1,end:2),timeGranularityType:DAY)", 400),
        (SHARES + quote(days(15, 18), safe="&="), 400),
        (SHARES + days(18, 15), 400),
        ("/rest/organizations/1", 403),
        ("/rest/shares", 404),
    ],
)
def test_calls_that_linkedin_refuses(sandbox: Sandbox, target: str, status: int) -> None:
    assert get(sandbox, target)["status"] == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"linkedin-version": ""}, 400),
        ({"linkedin-version": "202511"}, 426),
        ({"x-restli-protocol-version": "1.0.0"}, 400),
        ({"authorization": "Bearer wrong"}, 401),
    ],
)
def test_headers_that_linkedin_refuses(sandbox: Sandbox, headers: dict[str, str], status: int) -> None:
    assert get(sandbox, AUTHOR, **headers)["status"] == status
