"""What is read from Facebook Pages: posts and days, as tables of fields and where the Graph API tells them.

Since 2025 Meta counts views (of whatever media a post or a page shows) where it counted impressions, and unique viewers
where it counted reach.
Source: https://developers.facebook.com/docs/graph-api/reference/page/insights
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.ads_history import kept
from connectors.columns import batch
from connectors.graph_api import Answer
from connectors.graph_insights import ZONE, Insights, by_day
from connectors.graph_posts import PAGE_ROWS, inside, placed_between
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.facebook_pages import FacebookPages

_HISTORY_MONTHS = 24


def _count(path: str, name: str, description: str, *, empty: int | None = None, measure: bool = True) -> Told:
    return Told(Field(name, COUNT, description, nullable=empty is None, measure=measure), path, empty)


_POST_METRICS = ("post_media_view", "post_total_media_view_unique", "post_clicks")
_POST_FIELDS = (
    Told(Field("post_id", TEXT, "Meta's id of the post: the page's, and its own"), "id"),
    Told(Field("placed_at", TIMESTAMP, "When it was placed"), "created_time"),
    Told(Field("post_type", TEXT, "added_photos, added_video, shared_story …", nullable=True), "status_type"),
    Told(Field("url", TEXT, "Where it stands", nullable=True), "permalink_url"),
    Told(Field("reactions", COUNT, "Likes and all other reactions", measure=True), "reactions.summary.total_count"),
    Told(Field("comments", COUNT, "Comments", measure=True), "comments.summary.total_count"),
    # Meta leaves `shares` out of a post that nobody has shared.
    _count("shares.count", "shares", "Times shared", empty=0),
    _count("insights.post_clicks", "clicks", "Clicks anywhere on the post"),
    _count("insights.post_media_view", "views", "Times that it was shown; what Meta counted impressions for before"),
    _count("insights.post_total_media_view_unique", "reach", "People who saw it; cannot be added up", measure=False),
)
_POSTS_ASKED = (
    "id,created_time,status_type,permalink_url,shares,reactions.summary(true).limit(0),comments.summary(true).limit(0)"
)


def _pull_posts(connector: FacebookPages, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, tz = connector.api(account), connector.company.tz
    insights = Insights(api, load)
    params = {"fields": _POSTS_ASKED, **placed_between(window, tz)}
    for page in api.pages(f"/{account.id}/published_posts", params, load, rows=PAGE_ROWS):
        posts, days = inside(page, "created_time", window, connector.company.time_zone)
        note_unknown(load, _POST_FIELDS, posts)
        told = insights.of_posts(posts, _POST_METRICS, {"period": "lifetime"})
        yield batch(POSTS, _post_columns(account, told, days), load)


def _post_columns(account: Account, posts: list[Answer], days: dict[str, Any]) -> dict[str, list[Any]]:
    own = {"account_id": [account.id] * len(posts), "date": [days[str(post.get("id"))] for post in posts]}
    return own | columns(_POST_FIELDS, posts)


POSTS = Stream(
    name="posts",
    description="One row per published post; its counters are as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of placing, in the company's time zone"),
        *(told.field for told in _POST_FIELDS),
    ),
    key=("account_id", "post_id"),
    day_field="date",
    pull=_pull_posts,
    look_back_days=30,  # counters are of a post's whole life, and have all but stopped after a month
    slice_days=92,
    docs_url="https://developers.facebook.com/docs/graph-api/reference/page/feed",
)

# Meta may leave out a value that is 0, and leaves out what it has not counted yet: which of both is not to be told.
_DAY_FIELDS = (
    _count("page_media_view", "views", "Times that anything of the page was shown, ads included"),
    _count("page_total_media_view_unique", "reach", "People who saw any of it; cannot be added up", measure=False),
    _count("page_post_engagements", "engagements", "Reactions, comments, shares and clicks on posts"),
    _count("page_daily_follows_unique", "new_followers", "People who began to follow"),
    _count("page_daily_unfollows_unique", "lost_followers", "People who stopped following"),
    _count("page_follows", "followers", "Followers at the end of the day; cannot be added up", measure=False),
    _count("page_views_total", "page_views", "Views of the page itself"),
    _count("page_video_views", "video_views", "Times that a video played for three seconds"),
)


def _pull_days(connector: FacebookPages, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    load.note(time_zone=ZONE)
    part = kept(window, load, _HISTORY_MONTHS)
    if part is None:
        return
    # A day is asked for by the two midnights around it. Whether each of them is in is not documented: ask for a day
    # more on both sides, and keep what is in the window.
    since, until = part.start - timedelta(days=1), part.end + timedelta(days=2)
    params = {"period": "day", "since": str(since), "until": str(until)}
    names = [told.path for told in _DAY_FIELDS]
    found = by_day(Insights(connector.api(account), load).of(account.id, names, params))
    days = [day for day in sorted(found) if part.start <= day <= part.end]
    own = {"account_id": [account.id] * len(days), "date": days}
    yield batch(PAGE_DAY, own | columns(_DAY_FIELDS, [found[day] for day in days]), load)


PAGE_DAY = Stream(
    name="page_day",
    description="One row per page and day",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, Field("date", DATE, "The day, in Pacific time"), *(told.field for told in _DAY_FIELDS)),
    key=("account_id", "date"),
    day_field="date",
    pull=_pull_days,
    look_back_days=7,
    slice_days=80,  # Meta gives at most 90 days at once
    docs_url="https://developers.facebook.com/docs/graph-api/reference/page/insights",
)
