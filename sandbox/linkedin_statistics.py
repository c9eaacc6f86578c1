"""Statistics of LinkedIn pages: of posts since they were placed, and by day of UTC.

UNCONFIRMED: the words in which a range beyond the last twelve months is refused, and whether followers of the last two
days are refused as well. Here they are not told yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sandbox.linkedin_errors import bad_query
from sandbox.linkedin_organizations import Organization, post_urn
from sandbox.social_data import Network, PageDay, Post

HISTORY_DAYS = 366
FOLLOWERS_LATE_DAYS = 2
Body = dict[str, Any]


def post_statistics(post: Post, organization: Organization) -> Body:
    """The element of one post."""
    urn = post_urn(post)
    return {
        "organizationalEntity": organization.urn,
        urn.split(":")[2]: urn,
        "totalShareStatistics": _statistics(
            post.views, post.reach, post.clicks, (post.likes, post.comments, post.shares)
        ),
    }


def share_totals(posts: Sequence[Post], organization: Organization) -> Body:
    """The one element of all posts together."""
    views, reach, clicks = (sum(getattr(post, name) for post in posts) for name in ("views", "reach", "clicks"))
    done = tuple(sum(getattr(post, name) for post in posts) for name in ("likes", "comments", "shares"))
    told = _statistics(views, reach, clicks, done)
    return {"organizationalEntity": organization.urn, "totalShareStatistics": told}


def _statistics(views: int, reach: int, clicks: int, done: Sequence[int]) -> Body:
    likes, comments, shares = done
    return {
        "impressionCount": views,
        "uniqueImpressionsCount": reach,
        "clickCount": clicks,
        "likeCount": likes,
        "commentCount": comments,
        "shareCount": shares,
        "engagement": (clicks + likes + comments + shares) / views if views else 0.0,
    }


def share_days(network: Network, organization: Organization, intervals: Any) -> list[Body]:
    """An element for each day of what its posts did."""
    return [
        {
            "timeRange": _range(day.day),
            "organizationalEntity": organization.urn,
            "totalShareStatistics": _statistics(
                day.views,
                day.reach,
                day.engagements // 2,
                (day.engagements // 3, day.engagements // 20, day.engagements // 15),
            ),
        }
        for day in _days(network, organization, intervals)
    ]


def follower_days(network: Network, organization: Organization, intervals: Any) -> list[Body]:
    """An element for each day of those who came, less those who left: it may be negative."""
    newest = network.world.now.astimezone(UTC).date() - timedelta(days=FOLLOWERS_LATE_DAYS)
    return [
        {
            "timeRange": _range(day.day),
            "organizationalEntity": organization.urn,
            "followerGains": {"organicFollowerGain": day.follows - day.unfollows, "paidFollowerGain": day.follows // 5},
        }
        for day in _days(network, organization, intervals)
        if day.day < newest
    ]


def page_days(network: Network, organization: Organization, intervals: Any) -> list[Body]:
    """An element for each day of views of the page."""
    return [
        {
            "timeRange": _range(day.day),
            "organization": organization.urn,
            "totalPageStatistics": {
                "clicks": {"mobileCareersPageClicks": {}},
                "views": {
                    "allPageViews": {"pageViews": day.page_views, "uniquePageViews": day.page_views * 2 // 3},
                    "allDesktopPageViews": {"pageViews": day.page_views // 2, "uniquePageViews": day.page_views // 3},
                },
            },
        }
        for day in _days(network, organization, intervals)
    ]


def _days(network: Network, organization: Organization, intervals: Any) -> list[PageDay]:
    first, after = _span(intervals)
    if first < network.world.now.date() - timedelta(days=HISTORY_DAYS):
        raise bad_query("timeRange.start must be within the last 12 months")
    return network.days(organization.key, first, after - timedelta(days=1))


def _span(intervals: Any) -> tuple[date, date]:
    """The first day, and the one after the last; raises LinkedInError."""
    try:
        granularity, told = intervals["timeGranularityType"], intervals["timeRange"]
        first, after = (datetime.fromtimestamp(int(told[edge]) / 1000, UTC) for edge in ("start", "end"))
    except (KeyError, TypeError, ValueError) as error:
        raise bad_query("Invalid query parameters passed to request: timeIntervals") from error
    if granularity != "DAY" or first >= after or first.timestamp() % 86_400 or after.timestamp() % 86_400:
        raise bad_query("The sandbox knows only whole days of UTC with timeGranularityType DAY")
    return first.date(), after.date()


def _range(day: date) -> Body:
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    return {"start": start, "end": start + 86_400_000}
