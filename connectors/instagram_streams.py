"""What is read from Instagram: media and days, as tables of fields and where the Graph API tells them.

Since April 2025 Instagram counts views where it counted impressions. Stories live a day and are not in the list.
Source: https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-media/insights
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_history import kept
from connectors.columns import batch
from connectors.errors import BadDataError
from connectors.graph_api import Answer
from connectors.graph_insights import PACIFIC, ZONE, Insights, together
from connectors.graph_posts import PAGE_ROWS, inside, placed_between
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.instagram import Instagram

_HISTORY_MONTHS = 24


def _count(path: str, name: str, description: str, *, measure: bool = True) -> Told:
    return Told(Field(name, COUNT, description, nullable=True, measure=measure), path)


_POST_METRICS = ("reach", "views", "shares", "saved", "total_interactions")
_POST_FIELDS = (
    Told(Field("post_id", TEXT, "Instagram's id of the media"), "id"),
    Told(Field("placed_at", TIMESTAMP, "When it was placed"), "timestamp"),
    Told(Field("post_type", TEXT, "IMAGE, VIDEO or CAROUSEL_ALBUM", nullable=True), "media_type"),
    Told(Field("placement", TEXT, "FEED or REELS", nullable=True), "media_product_type"),
    Told(Field("url", TEXT, "Where it stands", nullable=True), "permalink"),
    # Left out where the owner hides it.
    _count("like_count", "likes", "Likes"),
    Told(Field("comments", COUNT, "Comments", measure=True), "comments_count"),
    # Insights are withheld while fewer than five people saw it.
    _count("insights.shares", "shares", "Times shared"),
    _count("insights.saved", "saves", "Times saved"),
    _count("insights.total_interactions", "interactions", "Likes, comments, shares and saves, less those undone"),
    _count("insights.views", "views", "Times shown or played; what Instagram counted impressions for before"),
    _count("insights.reach", "reach", "Accounts that saw it; cannot be added up", measure=False),
)
_POSTS_ASKED = ",".join(told.path for told in _POST_FIELDS if not told.path.startswith("insights."))


def _pull_posts(connector: Instagram, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, tz = connector.api(account), connector.company.tz
    insights = Insights(api, load)
    params = {"fields": _POSTS_ASKED, **placed_between(window, tz)}
    for page in api.pages(f"/{account.id}/media", params, load, rows=PAGE_ROWS):
        posts, days = inside(page, "timestamp", window, connector.company.time_zone)
        note_unknown(load, _POST_FIELDS, posts)
        told = insights.of_posts(posts, _POST_METRICS, {})
        own = {"account_id": [account.id] * len(told), "date": [days[str(post.get("id"))] for post in told]}
        yield batch(POSTS, own | columns(_POST_FIELDS, told), load)


POSTS = Stream(
    name="posts",
    description="One row per post or reel; its counters are as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of placing, in the company's time zone"),
        *(told.field for told in _POST_FIELDS),
    ),
    key=("account_id", "post_id"),
    day_field="date",
    pull=_pull_posts,
    look_back_days=30,
    slice_days=92,
    docs_url="https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-media/insights",
)

DAY_PARAMS = {"period": "day", "metric_type": "total_value"}
_DAY_FIELDS = (
    _count("views", "views", "Times that anything of the account was shown or played"),
    _count("reach", "reach", "Accounts that saw any of it; cannot be added up", measure=False),
    _count("accounts_engaged", "accounts_engaged", "Accounts that did something; cannot be added up", measure=False),
    _count("total_interactions", "interactions", "Likes, comments, shares, saves and replies"),
    _count("likes", "likes", "Likes"),
    _count("comments", "comments", "Comments"),
    _count("shares", "shares", "Times shared"),
    _count("saves", "saves", "Times saved"),
    _count("replies", "replies", "Replies to stories"),
    _count("profile_links_taps", "profile_link_taps", "Taps on a button or link of the profile"),
)
_FOLLOWS = "follows_and_unfollows"
_FOLLOW_FIELDS = (
    _count("FOLLOWER", "new_followers", "Accounts that began to follow"),
    _count("NON_FOLLOWER", "lost_followers", "Accounts that stopped following, or left Instagram"),
)


def _pull_days(connector: Instagram, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    load.note(time_zone=ZONE)
    part = kept(window, load, _HISTORY_MONTHS)
    if part is None:
        return
    insights = Insights(connector.api(account), load)
    # Of several days Instagram tells the total only: each is asked for by itself.
    told = list(together(partial(_day, insights, account.id), part.days))
    found = [(day, record) for day, record in zip(part.days, told, strict=True) if record]
    own = {"account_id": [account.id] * len(found), "date": [day for day, _ in found]}
    yield batch(ACCOUNT_DAY, own | columns((*_DAY_FIELDS, *_FOLLOW_FIELDS), [record for _, record in found]), load)


def _day(insights: Insights, account_id: str, day: date) -> dict[str, Any]:
    """The metrics of one Pacific day by name; none when it has not been counted yet: nothing is told then, not 0."""
    start, after = Window(day, day).instants(PACIFIC)
    params = {**DAY_PARAMS, "since": str(int(start.timestamp())), "until": str(int(after.timestamp()))}
    counted = insights.of(account_id, [told.path for told in _DAY_FIELDS], params)
    if not counted:
        return {}
    follows = insights.of(account_id, [_FOLLOWS], {**params, "breakdown": "follow_type"})
    return {str(entry.get("name")): _value(entry) for entry in counted} | _by_kind(follows)


def _total(entry: Answer) -> Answer:
    total = entry.get("total_value")
    if not isinstance(total, dict):
        raise BadDataError(f"the metric {entry.get('name')} has no total_value")
    return total


def _value(entry: Answer) -> Any:
    total = _total(entry)
    if "value" not in total:
        raise BadDataError(f"the metric {entry.get('name')} has a total_value without a value")
    return total["value"]


def _by_kind(entries: Sequence[Answer]) -> dict[str, Any]:
    """FOLLOWER and NON_FOLLOWER of the one breakdown; neither where Instagram tells none, as of small accounts."""
    breakdowns = [breakdown for entry in entries for breakdown in _total(entry).get("breakdowns") or ()]
    try:
        results = [result for breakdown in breakdowns for result in breakdown["results"]]
        return {str(result["dimension_values"][0]): result["value"] for result in results}
    except (KeyError, TypeError, IndexError):
        raise BadDataError(f"the breakdown of {_FOLLOWS} has another shape than documented") from None


ACCOUNT_DAY = Stream(
    name="account_day",
    description="One row per account and day that Instagram has counted",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day, in Pacific time"),
        *(told.field for told in (*_DAY_FIELDS, *_FOLLOW_FIELDS)),
    ),
    key=("account_id", "date"),
    day_field="date",
    pull=_pull_days,
    look_back_days=7,
    slice_days=31,
    docs_url="https://developers.facebook.com/docs/instagram-platform/api-reference/instagram-user/insights",
)
