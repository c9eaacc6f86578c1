"""What is special about Instagram: withheld insights, days that are asked for one by one, and who came and left.

What holds for every connector is in test_standard.py, what Facebook Pages shares in test_facebook_pages.py.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest

from connectors.connector import Company
from connectors.errors import BadDataError
from connectors.instagram import Instagram, InstagramSettings
from connectors.load import Load
from connectors.stream import Window
from tests.http_server import Answer, Handler, Request, Server, serving

ACCOUNT = "17841"
WINDOW = Window(date(2026, 11, 16), date(2026, 11, 18))
MEDIA = {
    "id": "17900",
    "timestamp": "2026-11-17T09:12:33+0000",
    "media_type": "VIDEO",
    "media_product_type": "REELS",
    "permalink": "https://www.instagram.com/p/7/",
    "like_count": 40,
    "comments_count": 3,
}
METRICS = {"reach": 700, "views": 900, "shares": 2, "saved": 6, "total_interactions": 51}
TOO_FEW = {"error": {"code": 10, "message": "(#10) Not enough viewers for the media to show insights"}}
EARLIER = {
    "error": {"code": 100, "error_subcode": 2108006, "message": "Media posted before business account conversion"}
}
NOT_OF_REELS = {
    "error": {
        "code": 100,
        "message": "(#100) The Media Insights API does not support the shares metric for this media product type.",
    }
}
FOLLOWS = {
    "breakdowns": [
        {
            "dimension_keys": ["follow_type"],
            "results": [
                {"dimension_values": ["FOLLOWER"], "value": 14},
                {"dimension_values": ["NON_FOLLOWER"], "value": 5},
            ],
        }
    ]
}


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("META_TOKEN", "the-users-token")


def instagram(server: Server) -> Instagram:
    told = {"base_url": server.url, "access_token": "env:META_TOKEN", "accounts": [{"id": ACCOUNT}]}
    return Instagram(InstagramSettings.model_validate(told), Company())


def pulled(handler: Handler, name: str = "posts", load: Load | None = None) -> list[dict[str, Any]]:
    with serving(handler) as server:
        connector = instagram(server)
        stream = connector.stream(name)
        batches = list(connector.pull(stream, connector.accounts[0], WINDOW, load or Load()))
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def media(insights: Handler | None = None, **changes: Any) -> Handler:
    """An Instagram with one media, whose insights come from elsewhere where that is said."""

    def told(request: Request) -> Answer:
        if request.path.endswith("/media"):
            return Answer(200, {"data": [{name: it for name, it in (MEDIA | changes).items() if it is not None}]})
        return insights(request) if insights else Answer(200, {"data": values(request)})

    return told


def values(request: Request) -> list[dict[str, Any]]:
    return [{"name": name, "values": [{"value": METRICS[name]}]} for name in request.query["metric"].split(",")]


def day(request: Request) -> Answer:
    """A day of an account: every metric is 7, 14 came and 5 left."""
    if request.query.get("breakdown"):
        return Answer(200, {"data": [{"name": "follows_and_unfollows", "total_value": FOLLOWS}]})
    names = request.query["metric"].split(",")
    return Answer(200, {"data": [{"name": name, "total_value": {"value": 7}} for name in names]})


# Posts


def test_a_media_becomes_a_row() -> None:
    (row,) = pulled(media())
    assert (row["date"], row["post_type"], row["placement"]) == (date(2026, 11, 17), "VIDEO", "REELS")
    assert (row["likes"], row["comments"], row["shares"], row["saves"], row["interactions"]) == (40, 3, 2, 6, 51)
    assert (row["views"], row["reach"]) == (900, 700)


@pytest.mark.parametrize("refusal", [TOO_FEW, EARLIER])
def test_insights_that_are_withheld_are_unknown_and_the_post_stays(refusal: dict[str, Any]) -> None:
    (row,) = pulled(media(lambda _: Answer(400, refusal)))
    assert (row["likes"], row["comments"]) == (40, 3)
    assert row["shares"] is row["saves"] is row["views"] is row["reach"] is None


def test_a_metric_that_one_kind_of_post_lacks_is_unknown_of_it_and_not_gone() -> None:
    def insights(request: Request) -> Answer:
        refused = "shares" in request.query["metric"]
        return Answer(400, NOT_OF_REELS) if refused else Answer(200, {"data": values(request)})

    load = Load()
    (row,) = pulled(media(insights), load=load)
    assert (row["shares"], row["views"], "metrics_gone" in load.notes) == (None, 900, False)


def test_a_metric_that_is_gone_is_told_in_instagram_s_own_words() -> None:
    def insights(request: Request) -> Answer:
        told = {"error": {"code": 100, "message": "(#100) metric[1] must be one of the following values: reach, views"}}
        return Answer(400, told) if "saved" in request.query["metric"] else Answer(200, {"data": values(request)})

    load = Load()
    (row,) = pulled(media(insights), load=load)
    assert (row["saves"], row["views"], load.notes["metrics_gone"]) == (None, 900, "saved")


def test_likes_that_are_hidden_are_unknown_and_not_zero() -> None:
    assert pulled(media(like_count=None))[0]["likes"] is None


def test_captions_are_not_asked_for() -> None:
    with serving(media()) as server:
        connector = instagram(server)
        list(connector.pull(connector.stream("posts"), connector.accounts[0], WINDOW, Load()))
        (asked,) = [request.query["fields"] for request in server.requests if request.path.endswith("/media")]
    assert "caption" not in asked


# Days


def test_every_day_is_asked_for_by_itself_from_midnight_to_midnight_pacific_time() -> None:
    with serving(day) as server:
        connector = instagram(server)
        list(connector.pull(connector.stream("account_day"), connector.accounts[0], WINDOW, Load()))
        spans = {(int(request.query["since"]), int(request.query["until"])) for request in server.requests}
    first = datetime(2026, 11, 16, 8, tzinfo=UTC)
    starts = [first + timedelta(days=n) for n in range(3)]
    assert sorted(spans) == [(int(at.timestamp()), int(at.timestamp()) + 86_400) for at in starts]


def test_a_day_has_its_metrics_and_who_came_and_left() -> None:
    row = pulled(day, "account_day")[0]
    assert (row["date"], row["views"], row["interactions"]) == (date(2026, 11, 16), 7, 7)
    assert (row["new_followers"], row["lost_followers"]) == (14, 5)


def test_a_day_that_is_not_counted_yet_has_no_row() -> None:
    last = int(datetime(2026, 11, 18, 8, tzinfo=UTC).timestamp())

    def told(request: Request) -> Answer:
        return Answer(200, {"data": []}) if int(request.query["since"]) == last else day(request)

    assert [row["date"].day for row in pulled(told, "account_day")] == [16, 17]


def test_an_account_too_small_for_its_followers_to_be_told_has_them_unknown() -> None:
    def told(request: Request) -> Answer:
        return Answer(200, {"data": []}) if request.query.get("breakdown") else day(request)

    row = pulled(told, "account_day")[0]
    assert (row["views"], row["new_followers"], row["lost_followers"]) == (7, None, None)


@pytest.mark.parametrize("total", [None, 7, {}, {"breakdowns": [{"results": [{"value": 3}]}]}])
def test_a_total_of_another_shape_is_bad_data(total: Any) -> None:
    def told(request: Request) -> Answer:
        names = request.query["metric"].split(",")
        return Answer(200, {"data": [{"name": name, "total_value": total} for name in names]})

    with pytest.raises(BadDataError):
        pulled(told, "account_day")


def test_a_breakdown_of_another_shape_is_bad_data() -> None:
    def told(request: Request) -> Answer:
        total = {"breakdowns": [{"results": [{"value": 3}]}]}
        answer = Answer(200, {"data": [{"name": "follows_and_unfollows", "total_value": total}]})
        return answer if request.query.get("breakdown") else day(request)

    with pytest.raises(BadDataError, match="another shape"):
        pulled(told, "account_day")


def test_accounts_are_found_by_way_of_their_pages() -> None:
    linked = {"id": "1", "instagram_business_account": {"id": ACCOUNT, "username": "duurzamemode"}}
    with serving(lambda _: Answer(200, {"data": [linked, {"id": "2"}]})) as server:
        found = instagram(server).discover()
    assert [(one.id, one.name) for one in found] == [(ACCOUNT, "duurzamemode")]
