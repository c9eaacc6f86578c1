"""What is read from LinkedIn Pages: posts and days, as tables of fields and where LinkedIn tells them.

Figures are organic: those of a post that was sponsored stand with the ads. Days are those of UTC.
Source: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/organizations/share-statistics
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from connectors.columns import batch, local_days
from connectors.linkedin_pages_days import by_day
from connectors.linkedin_pages_posts import SHARE_STATISTICS, kind, moment, newest_first, with_statistics
from connectors.load import Load
from connectors.records import Told, columns, note_unknown
from connectors.stream import ACCOUNT_ID, COUNT, DATE, TEXT, TIMESTAMP, Field, Kind, Stream, Window

if TYPE_CHECKING:
    from connectors.connector import Account
    from connectors.linkedin_pages import LinkedInPages

__all__ = ["ORGANIZATION", "PAGE_DAY", "POSTS", "SHARE_STATISTICS"]

ORGANIZATION = "urn:li:organization:"
_DOCS = "https://learn.microsoft.com/en-us/linkedin/marketing/community-management"


def _count(path: str, name: str, description: str, *, measure: bool = True) -> Told:
    return Told(Field(name, COUNT, description, nullable=True, measure=measure), path)


_POST_FIGURES = (
    _count("statistics.likeCount", "likes", "Likes and all other reactions"),
    _count("statistics.commentCount", "comments", "Comments"),
    _count("statistics.shareCount", "shares", "Times shared"),
    _count("statistics.clickCount", "clicks", "Clicks on the post, its links and the page's name"),
    _count("statistics.impressionCount", "impressions", "Times shown"),
    _count("statistics.uniqueImpressionsCount", "reach", "Members who saw it; cannot be added up", measure=False),
)
_FIGURES = {told.path.partition(".")[2] for told in _POST_FIGURES} | {"engagement"}
"""`engagement` is a ratio of the others, and left alone."""
_POST_FIELDS = (Told(Field("post_id", TEXT, "LinkedIn's URN of the post: a share or a ugcPost"), "id"), *_POST_FIGURES)
_NOT_READ = (
    *("author", "commentary", "visibility", "lifecycleState", "lifecycleStateInfo", "distribution", "content"),
    *("contentLandingPage", "contentCallToActionLabel", "reshareContext", "adContext", "container"),
    *("createdAt", "publishedAt", "lastModifiedAt", "isReshareDisabledByAuthor"),
)


def _pull_posts(connector: LinkedInPages, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    api, zone = connector.api, connector.company.time_zone
    page = f"{ORGANIZATION}{account.id}"
    for listed in newest_first(api, page, window.instants(connector.company.tz)[0], load):
        note_unknown(load, _POST_FIELDS, listed, _NOT_READ)
        times = [moment(post.get("publishedAt")) for post in listed]
        days = local_days(times, zone).to_pylist()
        inside = [n for n, day in enumerate(days) if day is None or window.start <= day <= window.end]
        posts = with_statistics(api, page, [listed[n] for n in inside], load)
        _note_figures(load, (post["statistics"] for post in posts))
        yield batch(
            POSTS,
            {
                "account_id": [account.id] * len(posts),
                # A time that cannot be read stands in for its day, so that the reason of the rejection shows it.
                "date": [days[n] or times[n] for n in inside],
                "placed_at": [times[n] for n in inside],
                "post_type": [kind(post) for post in posts],
                **columns(_POST_FIELDS, posts),
            },
            load,
        )


def _note_figures(load: Load, statistics: Iterable[Any]) -> None:
    load.unknown(*(name for told in statistics if isinstance(told, dict) for name in told.keys() - _FIGURES))


POSTS = Stream(
    name="posts",
    description="One row per post of a page; its counters are as of the pull, and grow for weeks",
    kind=Kind.REPORT,
    fields=(
        ACCOUNT_ID,
        Field("date", DATE, "The day of placing, in the company's time zone"),
        _POST_FIELDS[0].field,
        Field("placed_at", TIMESTAMP, "When it was placed"),
        Field("post_type", TEXT, "text, image, video, document, multiImage, article, poll …"),
        *(told.field for told in _POST_FIGURES),
    ),
    key=("account_id", "post_id"),
    day_field="date",
    pull=_pull_posts,
    look_back_days=30,  # counters are of a post's whole life, and have all but stopped after a month
    slice_days=366,  # a list from the newest post on: a slice would only read it again
    docs_url=f"{_DOCS}/shares/posts-api",
)

_DAY_FIELDS = (
    _count("totalShareStatistics.impressionCount", "impressions", "Times that posts were shown"),
    _count(
        "totalShareStatistics.uniqueImpressionsCount",
        "reach",
        "Members who saw a post; cannot be added up",
        measure=False,
    ),
    _count("totalShareStatistics.clickCount", "clicks", "Clicks on posts"),
    _count("totalShareStatistics.likeCount", "likes", "Likes and all other reactions; negative where they were undone"),
    _count("totalShareStatistics.commentCount", "comments", "Comments"),
    _count("totalShareStatistics.shareCount", "shares", "Times shared"),
    _count("followerGains.organicFollowerGain", "organic_follower_gain", "Followers won less lost, without ads"),
    _count("followerGains.paidFollowerGain", "paid_follower_gain", "Followers won less lost, by ads"),
    _count("totalPageStatistics.views.allPageViews.pageViews", "page_views", "Views of the page itself"),
)


def _pull_days(connector: LinkedInPages, account: Account, window: Window, load: Load) -> Iterator[pa.RecordBatch]:
    load.note(time_zone="UTC")
    found = by_day(connector.api, f"{ORGANIZATION}{account.id}", window, load)
    note_unknown(load, _DAY_FIELDS, found.values(), ("timeRange", "organizationalEntity", "organization"))
    _note_figures(load, (record.get("totalShareStatistics") for record in found.values()))
    own = {"account_id": [account.id] * len(found), "date": list(found)}
    yield batch(PAGE_DAY, own | columns(_DAY_FIELDS, list(found.values())), load)


PAGE_DAY = Stream(
    name="page_day",
    description="One row per page and day",
    kind=Kind.REPORT,
    fields=(ACCOUNT_ID, Field("date", DATE, "The day, in UTC"), *(told.field for told in _DAY_FIELDS)),
    key=("account_id", "date"),
    day_field="date",
    pull=_pull_days,
    look_back_days=7,
    slice_days=92,
    docs_url=f"{_DOCS}/organizations/share-statistics",
)
