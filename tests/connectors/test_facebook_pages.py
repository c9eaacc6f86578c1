"""What is special about Facebook Pages: page tokens, Pacific days, metrics that Meta takes away, and what a post tells.

What holds for every connector is in test_standard.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pytest
from pydantic import ValidationError

from connectors.connector import Company
from connectors.errors import BadDataError, ConfigurationError
from connectors.facebook_pages import FacebookPages, FacebookPagesSettings
from connectors.graph_api import appsecret_proof
from connectors.graph_insights import day_ending_at
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Request, Server, serving

TOKEN, PAGE_TOKEN, PAGE = "the-users-token", "the-pages-token", "1042"
WINDOW = Window(date(2026, 11, 16), date(2026, 11, 20))
GONE = {"error": {"code": 100, "message": "(#100) The value must be a valid insights metric"}}
UNKNOWN = {"error": {"code": 100, "error_subcode": 33, "message": "Unsupported get request. Object does not exist"}}
POST: dict[str, Any] = {
    "id": "1042_7",
    "created_time": "2026-11-20T09:12:33+0000",
    "status_type": "added_photos",
    "permalink_url": "https://www.facebook.com/1042/posts/7",
    "shares": {"count": 5},
    "reactions": {"data": [], "summary": {"total_count": 40}},
    "comments": {"data": [], "summary": {"total_count": 3}},
}
METRICS = {"post_media_view": 900, "post_total_media_view_unique": 700, "post_clicks": 21}


class Meta:
    """A small Meta: one page, its posts, the metrics of a post, and values of a day by metric."""

    def __init__(self, posts: list[dict[str, Any]] | None = None, gone: tuple[str, ...] = (), **days: Any) -> None:
        self.posts = [POST] if posts is None else posts
        self.gone, self.days = gone, days
        self.insights: Answer | None = None

    def __call__(self, request: Request) -> Answer:
        edge = request.path.rpartition("/")[2]
        if edge == "accounts":
            return Answer(200, {"data": [{"id": PAGE, "name": "Mode", "access_token": PAGE_TOKEN}]})
        if edge == "published_posts":
            return Answer(200, {"data": self.posts})
        return self._insights(request) if edge == "insights" else Answer(200, {"name": "Mode"})

    def _insights(self, request: Request) -> Answer:
        names = request.query["metric"].split(",")
        if self.insights is not None:
            return self.insights
        if set(names) & set(self.gone):
            return Answer(400, GONE)
        told = self.days if request.query["period"] == "day" else METRICS
        values = {name: told[name] for name in names if name in told}
        data = [{"name": n, "values": v if isinstance(v, list) else [{"value": v}]} for n, v in values.items()]
        return Answer(200, {"data": data})


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("META_TOKEN", TOKEN)
    monkeypatch.setenv("META_SECRET", "the-apps-secret")


def pages(server: Server, **settings: Any) -> FacebookPages:
    told = {"base_url": server.url, "access_token": "env:META_TOKEN", "accounts": [{"id": PAGE}]} | settings
    return FacebookPages(FacebookPagesSettings.model_validate(told), Company())


def pull(connector: FacebookPages, name: str = "posts", load: Load | None = None) -> list[dict[str, Any]]:
    stream = connector.stream(name)
    batches = list(connector.pull(stream, connector.accounts[0], WINDOW, load or Load()))
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def pulled(meta: Meta, name: str = "posts", load: Load | None = None, **settings: Any) -> list[dict[str, Any]]:
    with serving(meta) as server:
        return pull(pages(server, **settings), name, load)


def value(number: Any, end_time: str) -> dict[str, Any]:
    return {"value": number, "end_time": end_time}


# Posts


def test_a_post_becomes_a_row() -> None:
    assert pulled(Meta()) == [
        {
            "account_id": PAGE,
            "date": date(2026, 11, 20),
            "post_id": "1042_7",
            "placed_at": datetime(2026, 11, 20, 9, 12, 33, tzinfo=UTC),
            "post_type": "added_photos",
            "url": "https://www.facebook.com/1042/posts/7",
            "reactions": 40,
            "comments": 3,
            "shares": 5,
            "clicks": 21,
            "views": 900,
            "reach": 700,
        }
    ]


def test_a_post_stands_on_its_day_in_the_company_s_time_zone() -> None:
    late = POST | {"created_time": "2026-11-19T23:30:00+0000"}
    assert pulled(Meta([late]))[0]["date"] == date(2026, 11, 20)


def test_posts_are_asked_for_a_second_more_on_both_sides_and_only_those_of_the_window_are_kept() -> None:
    before = POST | {"created_time": "2026-11-15T22:59:59+0000"}
    with serving(Meta([POST, before])) as server:
        assert len(pull(pages(server))) == 1
        (asked,) = [request.query for request in server.requests if request.path.endswith("published_posts")]
    assert datetime.fromtimestamp(int(asked["since"]), UTC) == datetime(2026, 11, 15, 22, 59, 59, tzinfo=UTC)
    assert datetime.fromtimestamp(int(asked["until"]), UTC) == datetime(2026, 11, 20, 23, 0, 1, tzinfo=UTC)


def test_a_post_that_nobody_shared_has_no_shares_and_that_is_zero() -> None:
    (row,) = pulled(Meta([{name: told for name, told in POST.items() if name != "shares"}]))
    assert row["shares"] == 0


@pytest.mark.parametrize("edge", ["reactions", "comments"])
def test_a_post_that_does_not_tell_its_reactions_is_put_aside(edge: str) -> None:
    load = Load()
    assert pulled(Meta([POST | {edge: {"data": []}}]), load=load) == []
    assert [rejected.reason for rejected in load.rejected] == [f"{edge} is missing"]


@pytest.mark.parametrize(("number", "is_kept"), [(-5, True), (2**53 + 1, True), (10**40, False)])
def test_odd_numbers_arrive_as_sent_or_are_put_aside(number: int, is_kept: bool) -> None:
    load = Load()
    rows = pulled(Meta([POST | {"reactions": {"summary": {"total_count": number}}}]), load=load)
    assert [row["reactions"] for row in rows] == ([number] if is_kept else [])
    assert len(rows) + len(load.rejected) == 1


def test_a_post_deleted_while_it_was_read_is_put_aside() -> None:
    meta, load = Meta(), Load()
    meta.insights = Answer(400, UNKNOWN)
    assert pulled(meta, load=load) == []
    assert [rejected.reason for rejected in load.rejected] == ["the post was deleted while it was read"]


def test_figures_that_are_not_told_are_unknown_and_not_zero() -> None:
    meta = Meta()
    meta.insights = Answer(200, {"data": []})
    (row,) = pulled(meta)
    assert (row["views"], row["reach"], row["clicks"], row["reactions"]) == (None, None, None, 40)


# Metrics that Meta takes away


def test_a_metric_that_is_gone_leaves_its_column_empty_and_is_noted() -> None:
    load = Load()
    (row,) = pulled(Meta(gone=("post_clicks",)), load=load)
    assert (row["clicks"], row["views"], row["reach"]) == (None, 900, 700)
    assert load.notes["metrics_gone"] == "post_clicks"


def test_a_metric_that_is_gone_is_not_asked_for_again() -> None:
    other = POST | {"id": "1042_8"}
    with serving(Meta([POST], gone=("post_clicks",))) as server:
        connector, load = pages(server), Load()
        pull(connector, load=load)
        asked = sum("insights" in request.path for request in server.requests)
    assert asked == 4  # all together, and one by one
    with serving(Meta([POST, other] * 10, gone=tuple(METRICS))) as server:
        pull(pages(server))
        assert sum("insights" in request.path for request in server.requests) < 30


# Days


def test_a_day_is_named_by_its_end() -> None:
    told = [value(1530, "2026-11-16T08:00:00+0000"), value(1422, "2026-11-17T08:00:00+0000")]
    rows = pulled(Meta(page_media_view=told), "page_day")
    assert [(row["date"], row["views"]) for row in rows] == [(date(2026, 11, 16), 1422)]


@pytest.mark.parametrize(
    ("end_time", "day"),
    [
        ("2026-11-16T08:00:00+0000", date(2026, 11, 15)),
        ("2026-07-16T07:00:00+0000", date(2026, 7, 15)),
        ("2026-11-15T23:00:00+0000", date(2026, 11, 15)),  # midnight in Amsterdam, should Meta count by the page's zone
    ],
)
def test_the_day_before_its_end(end_time: str, day: date) -> None:
    assert day_ending_at(end_time) == day


@pytest.mark.parametrize("end_time", [None, 7, "2026-11-16", "soon"])
def test_a_day_without_an_end_is_bad_data(end_time: Any) -> None:
    with pytest.raises(BadDataError, match="end_time is no time"):
        pulled(Meta(page_media_view=[value(1, end_time)]), "page_day")


def test_metrics_of_a_day_stand_in_one_row_and_what_is_not_told_is_unknown() -> None:
    end = "2026-11-18T08:00:00+0000"
    (row,) = pulled(Meta(page_media_view=[value(10, end)], page_follows=[value(4321, end)]), "page_day")
    assert (row["date"], row["views"], row["followers"], row["page_views"]) == (date(2026, 11, 17), 10, 4321, None)


@pytest.mark.parametrize(("number", "is_kept"), [(None, True), (-5, True), (2**53 + 1, True), (10**40, False)])
def test_odd_numbers_of_a_day_arrive_as_sent_or_are_put_aside(number: Any, is_kept: bool) -> None:
    load = Load()
    rows = pulled(Meta(page_media_view=[value(number, "2026-11-18T08:00:00+0000")]), "page_day", load)
    assert [row["views"] for row in rows] == ([number] if is_kept else [])
    assert len(rows) + len(load.rejected) == 1


def test_a_value_without_its_list_is_bad_data() -> None:
    meta = Meta()
    meta.insights = Answer(200, {"data": [{"name": "page_media_view", "values": 5}]})
    with pytest.raises(BadDataError, match="page_media_view has no list"):
        pulled(meta, "page_day")


def test_the_days_are_said_to_be_pacific() -> None:
    load = Load()
    pulled(Meta(), "page_day", load)
    assert load.notes["time_zone"] == "America/Los_Angeles"


def test_people_and_stands_are_no_measures() -> None:
    assert not {"reach"} & set(FacebookPages.stream("posts").measures)
    assert not {"reach", "followers"} & set(FacebookPages.stream("page_day").measures)


# Tokens


def test_a_page_is_asked_with_its_own_token_and_proof() -> None:
    with serving(Meta()) as server:
        pull(pages(server, app_secret="env:META_SECRET"))
        asked = {request.path: request for request in server.requests}
    for path, token in (("/v26.0/me/accounts", TOKEN), ("/v26.0/1042/published_posts", PAGE_TOKEN)):
        assert asked[path].headers["Authorization"] == f"Bearer {token}"
        assert asked[path].query["appsecret_proof"] == appsecret_proof(token, "the-apps-secret")


def test_the_tokens_are_asked_for_once() -> None:
    with serving(Meta()) as server:
        connector = pages(server)
        for name in ("posts", "page_day"):
            pull(connector, name)
        assert sum(request.path.endswith("accounts") for request in server.requests) == 1


def test_a_page_that_the_token_does_not_have_is_said() -> None:
    with serving(Meta()) as server, pytest.raises(ConfigurationError, match=r"may not see the page 99.*assigned"):
        pull(pages(server, accounts=[{"id": "99"}]))


def test_a_page_without_insights_is_said_by_the_check() -> None:
    with serving(Meta()) as server:
        connector = pages(server)
        facts = connector.check(connector.accounts[0])
    assert "a hundred likes" in facts.notes[0]


@pytest.mark.parametrize("written", ["", "duurzamemode", "act_12", "１２"])
def test_a_page_is_a_number(written: str) -> None:
    told = {"access_token": "env:META_TOKEN", "accounts": [{"id": written}]}
    with pytest.raises(ValidationError, match="is a number"):
        FacebookPagesSettings.model_validate(told)
