"""What is special about LinkedIn Pages: figures that stand apart from their posts, and three statistics of one day.

What holds for every connector is in test_standard.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import BadDataError, ConfigurationError
from connectors.linkedin_pages import LinkedInPages, LinkedInPagesSettings
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Request, Server, serving

PAGE = "9021"
WINDOW = Window(date(2026, 11, 16), date(2026, 11, 20))
FIGURES = {
    "impressionCount": 900,
    "uniqueImpressionsCount": 700,
    "clickCount": 21,
    "likeCount": 40,
    "commentCount": 3,
    "shareCount": 5,
    "engagement": 0.077,
}


def ms(*moment: int) -> int:
    return int(datetime(*moment, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc,arg-type]


def post(number: int = 7, kind: str = "share", at: int = ms(2026, 11, 20, 9, 12), **more: Any) -> dict[str, Any]:
    told = {"id": f"urn:li:{kind}:{number}", "publishedAt": at, "createdAt": at, "lastModifiedAt": at}
    return told | {"content": {"media": {"id": "urn:li:video:C56"}}} | more


def day_of(number: int, **told: Any) -> dict[str, Any]:
    start = ms(2026, 11, number)
    return {"timeRange": {"start": start, "end": start + 86_400_000}} | told


class LinkedIn:
    """A small LinkedIn: posts, the figures of each, and the elements of each statistic of days."""

    def __init__(self, *posts: dict[str, Any], figures: Any = FIGURES, **days: list[dict[str, Any]]) -> None:
        self.posts, self.figures, self.days = list(posts), figures, days

    def __call__(self, request: Request) -> Answer:
        resource = request.path.rpartition("/")[2]
        if resource == "posts":
            return self._listed(request)
        if "timeIntervals" in request.query:
            return Answer(200, {"elements": self.days.get(resource, [])})
        named = unquote(request.query.get("shares") or request.query.get("ugcPosts") or "List()")[5:-1]
        elements = [{urn.split(":")[2]: urn, "totalShareStatistics": self.figures} for urn in named.split(",") if urn]
        return Answer(200, {"elements": elements if self.figures is not None else []})

    def _listed(self, request: Request) -> Answer:
        start, count = int(request.query["start"]), int(request.query["count"])
        paging = {"start": start, "count": count, "total": len(self.posts)}
        return Answer(200, {"paging": paging, "elements": self.posts[start : start + count]})


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINKEDIN_TOKEN", "a-token")


def pages(server: Server) -> LinkedInPages:
    told = {"base_url": server.url, "access_token": "env:LINKEDIN_TOKEN", "accounts": [{"id": PAGE}]}
    return LinkedInPages(LinkedInPagesSettings.model_validate(told), Company())


def pull(server: Server, name: str, window: Window = WINDOW, load: Load | None = None) -> list[dict[str, Any]]:
    connector = pages(server)
    stream = connector.stream(name)
    batches = list(connector.pull(stream, connector.accounts[0], window, load or Load()))
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def pulled(linkedin: LinkedIn, name: str = "posts", load: Load | None = None) -> list[dict[str, Any]]:
    with serving(linkedin) as server:
        return pull(server, name, load=load)


def asked(server: Server, resource: str) -> list[str]:
    return [request.target for request in server.requests if request.path.endswith(resource)]


# Posts


def test_a_post_becomes_a_row() -> None:
    assert pulled(LinkedIn(post())) == [
        {
            "account_id": PAGE,
            "date": date(2026, 11, 20),
            "post_id": "urn:li:share:7",
            "placed_at": datetime(2026, 11, 20, 9, 12, tzinfo=UTC),
            "post_type": "video",
            "likes": 40,
            "comments": 3,
            "shares": 5,
            "clicks": 21,
            "impressions": 900,
            "reach": 700,
        }
    ]


def test_a_post_stands_on_its_day_in_the_company_s_time_zone() -> None:
    assert pulled(LinkedIn(post(at=ms(2026, 11, 19, 23, 30))))[0]["date"] == date(2026, 11, 20)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"media": {"id": "urn:li:image:C1"}}, "image"),
        ({"media": {"id": "urn:li:document:C1"}}, "document"),
        ({"multiImage": {"images": []}}, "multiImage"),
        ({"article": {"source": "https://example.org"}}, "article"),
        (None, "text"),
    ],
)
def test_the_kind_of_a_post_is_read_from_what_it_holds(content: Any, kind: str) -> None:
    assert pulled(LinkedIn(post(content=content)))[0]["post_type"] == kind


def test_shares_and_ugc_posts_are_asked_for_apart_and_twenty_at_a_time() -> None:
    posts = [post(number, "share" if number % 4 else "ugcPost") for number in range(1, 41)]
    with serving(LinkedIn(*posts)) as server:
        rows = pull(server, "posts")
        calls = asked(server, "ShareStatistics")
    assert len(rows) == 40
    assert all(row["likes"] == 40 for row in rows)
    assert sorted(call.count("urn%3Ali%3Ashare") for call in calls) == [0, 10, 20]
    assert sorted(call.count("urn%3Ali%3AugcPost") for call in calls) == [0, 0, 10]


def test_a_post_whose_figures_are_not_told_has_them_unknown_and_not_zero() -> None:
    (row,) = pulled(LinkedIn(post(), figures=None))
    assert row["likes"] is row["shares"] is row["impressions"] is row["clicks"] is row["reach"] is None


@pytest.mark.parametrize(("number", "is_kept"), [(None, True), (-5, True), (2**53 + 1, True), (10**40, False)])
def test_odd_numbers_arrive_as_sent_or_are_put_aside(number: Any, is_kept: bool) -> None:
    load = Load()
    rows = pulled(LinkedIn(post(), figures=FIGURES | {"likeCount": number}), load=load)
    assert [row["likes"] for row in rows] == ([number] if is_kept else [])
    assert len(rows) + len(load.rejected) == 1


def test_figures_that_nobody_knows_are_noted_and_the_ratio_is_not() -> None:
    load = Load()
    pulled(LinkedIn(post(), figures=FIGURES | {"saveCount": 3}), load=load)
    assert load.notes["unknown_fields"] == ["saveCount"]


@pytest.mark.parametrize(("at", "reason"), [(None, "date is missing"), ("soon", "date is not a date32[day]: 'soon'")])
def test_a_post_without_a_time_is_put_aside(at: Any, reason: str) -> None:
    load = Load()
    assert pulled(LinkedIn(post(publishedAt=at)), load=load) == []
    assert [rejected.reason for rejected in load.rejected] == [reason]


def test_the_list_is_read_until_all_was_last_changed_before_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.linkedin_pages_posts.PAGE_ROWS", 2)
    old = [post(number, at=ms(2026, 10, 1)) for number in range(6)]
    with serving(LinkedIn(post(90), *old)) as server:
        assert [row["post_id"] for row in pull(server, "posts")] == ["urn:li:share:90"]
        assert len(asked(server, "/posts")) == 2


def test_an_old_post_that_was_changed_lately_hides_none_and_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.linkedin_pages_posts.PAGE_ROWS", 1)
    changed = post(1, at=ms(2026, 3, 1), lastModifiedAt=ms(2026, 11, 21))
    assert [row["post_id"] for row in pulled(LinkedIn(changed, post(2)))] == ["urn:li:share:2"]


def test_texts_of_posts_do_not_pass() -> None:
    (row,) = pulled(LinkedIn(post(commentary="Nieuw in de winkel")))
    assert "Nieuw in de winkel" not in row.values()


# Days


def test_a_day_has_the_figures_of_all_three_statistics() -> None:
    views = {"totalPageStatistics": {"views": {"allPageViews": {"pageViews": 106}}}}
    linkedin = LinkedIn(
        organizationalEntityShareStatistics=[day_of(17, totalShareStatistics=FIGURES)],
        organizationPageStatistics=[day_of(17, **views)],
        organizationalEntityFollowerStatistics=[
            day_of(17, followerGains={"organicFollowerGain": -2, "paidFollowerGain": 1})
        ],
    )
    assert pulled(linkedin, "page_day") == [
        {
            "account_id": PAGE,
            "date": date(2026, 11, 17),
            "impressions": 900,
            "reach": 700,
            "clicks": 21,
            "likes": 40,
            "comments": 3,
            "shares": 5,
            "organic_follower_gain": -2,
            "paid_follower_gain": 1,
            "page_views": 106,
        }
    ]


def test_what_one_statistic_does_not_tell_of_a_day_is_unknown() -> None:
    (row,) = pulled(
        LinkedIn(organizationalEntityShareStatistics=[day_of(17, totalShareStatistics=FIGURES)]), "page_day"
    )
    assert (row["impressions"], row["page_views"], row["organic_follower_gain"]) == (900, None, None)


@pytest.mark.parametrize(("number", "is_kept"), [(None, True), (-5, True), (2**53 + 1, True), (10**40, False)])
def test_odd_numbers_of_a_day_arrive_as_sent_or_are_put_aside(number: Any, is_kept: bool) -> None:
    load = Load()
    told = [day_of(17, totalShareStatistics=FIGURES | {"clickCount": number})]
    rows = pulled(LinkedIn(organizationalEntityShareStatistics=told), "page_day", load)
    assert [row["clicks"] for row in rows] == ([number] if is_kept else [])
    assert len(rows) + len(load.rejected) == 1


def test_days_are_asked_for_in_rest_li_s_own_signs_and_from_midnight_to_midnight_utc() -> None:
    with serving(LinkedIn()) as server:
        pull(server, "page_day")
        targets = asked(server, "PageStatistics")
    span = f"start:{ms(2026, 11, 16)},end:{ms(2026, 11, 21)}"
    assert all(f"timeIntervals=(timeRange:({span}),timeGranularityType:DAY)" in target for target in targets)


def test_followers_of_the_last_two_days_are_not_asked_for() -> None:
    today = datetime.now(UTC).date()
    with serving(LinkedIn()) as server:
        pull(server, "page_day", Window(today - timedelta(days=7), today - timedelta(days=1)))
        pull(server, "page_day", Window(today - timedelta(days=1), today - timedelta(days=1)))
        (asked_for,) = asked(server, "FollowerStatistics")
    end = datetime.combine(today - timedelta(days=2), datetime.min.time(), UTC)
    assert f",end:{int(end.timestamp() * 1000)})" in asked_for


def test_days_before_the_last_twelve_months_are_cut_off_and_noted() -> None:
    load = Load()
    today = datetime.now(UTC).date()
    with serving(LinkedIn()) as server:
        assert pull(server, "page_day", Window(date(2019, 1, 1), date(2019, 1, 31)), load) == []
        assert server.requests == []
    assert timedelta(days=360) < today - load.notes["since"] < timedelta(days=367)


@pytest.mark.parametrize(
    "told",
    [
        {"totalShareStatistics": FIGURES},
        {"timeRange": {"start": ms(2026, 11, 16)}},
        {"timeRange": {"start": ms(2026, 11, 16), "end": ms(2026, 11, 20)}},
        {"timeRange": {"start": "soon", "end": "later"}},
    ],
)
def test_a_statistic_that_is_not_of_a_day_is_bad_data(told: dict[str, Any]) -> None:
    with pytest.raises(BadDataError, match=r"timeRange|and not of a day"):
        pulled(LinkedIn(organizationalEntityShareStatistics=[told]), "page_day")


def test_people_are_no_measures() -> None:
    streams = (LinkedInPages.stream(name) for name in ("posts", "page_day"))
    assert not any("reach" in stream.measures for stream in streams)


# Refusals and settings


def test_a_member_who_is_no_administrator_is_said() -> None:
    told = {"status": 403, "serviceErrorCode": 100, "code": "ACCESS_DENIED", "message": "Not enough permissions"}
    with serving(lambda _: Answer(403, told)) as server, pytest.raises(ConfigurationError, match="administrator"):
        pull(server, "posts")


def test_a_version_that_has_ended_is_said() -> None:
    told = {"status": 426, "code": "NONEXISTENT_VERSION", "message": "Requested version 202601 is not active"}
    with serving(lambda _: Answer(426, told)) as server, pytest.raises(ConfigurationError, match="set version"):
        pull(server, "posts")


@pytest.mark.parametrize("written", ["9021", " 9021 ", "urn:li:organization:9021"])
def test_a_page_is_a_number_or_its_urn(written: str) -> None:
    told = {"access_token": "env:LINKEDIN_TOKEN", "accounts": [{"id": written}]}
    assert LinkedInPagesSettings.model_validate(told).accounts[0].id == PAGE


@pytest.mark.parametrize("written", ["", "duurzame-mode", "urn:li:person:9021"])
def test_other_ids_are_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="a LinkedIn page is a number"):
        LinkedInPagesSettings.model_validate({"access_token": "env:T", "accounts": [{"id": written}]})


@pytest.mark.parametrize("keys", [{}, {"client_id": "a"}, {"access_token": "env:T", "client_id": "a"} | {
    "client_secret": "env:S", "refresh_token": "env:R"
}])  # fmt: skip
def test_there_is_one_way_in(keys: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="give either"):
        LinkedInPagesSettings.model_validate(keys | {"accounts": [{"id": PAGE}]})
