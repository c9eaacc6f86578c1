"""What the company's pages on a network have recorded, as far as it is known: posts with their counters, and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sandbox.company import World

FOLLOWERS_AT_FIRST = {"nl": 4_000, "be": 900}
"""Of a page, on the day before the world's first one."""

_POSTS = """
SELECT substr(post_id, 2) AS number, page, post_type, placed_at, coalesce(sum(likes), 0)::BIGINT,
    coalesce(sum(comments), 0)::BIGINT, coalesce(sum(shares), 0)::BIGINT, coalesce(sum(reach), 0)::BIGINT,
    coalesce(sum(impressions), 0)::BIGINT, coalesce(sum(clicks), 0)::BIGINT, coalesce(sum(saves), 0)::BIGINT
FROM posts JOIN post_pages USING (post_id)
LEFT JOIN (
    SELECT post_id, known_at, likes, comments, shares, reach, impressions, clicks, saves
    FROM post_deltas JOIN post_actions USING (post_id, known_at) WHERE known_at <= $clock) USING (post_id)
WHERE network = $network AND posts.known_at <= $clock AND {which}
GROUP BY ALL ORDER BY placed_at DESC, number"""
_DAYS = """
SELECT date, sum(views)::BIGINT, sum(reach)::BIGINT, sum(engagements)::BIGINT, sum(page_views)::BIGINT,
    sum(follows)::BIGINT, sum(unfollows)::BIGINT
FROM page_days WHERE network = $network AND page = $page AND known_at <= $clock AND date BETWEEN $first AND $last
GROUP BY date ORDER BY date"""
_FOLLOWERS = """
SELECT coalesce(sum(follows - unfollows), 0)::BIGINT
FROM page_days WHERE network = $network AND page = $page AND known_at <= $clock AND date <= $last"""


@dataclass(frozen=True)
class Post:
    """A post, with what is counted of it by now. `placed_at` is naive UTC."""

    number: str
    page: str
    kind: str
    placed_at: datetime
    likes: int
    comments: int
    shares: int
    reach: int
    views: int
    clicks: int
    saves: int


@dataclass(frozen=True)
class PageDay:
    """A day of a page, as the network counts days."""

    day: date
    views: int
    reach: int
    engagements: int
    page_views: int
    follows: int
    unfollows: int


@dataclass(frozen=True)
class Network:
    """One network of the world."""

    world: World
    name: str

    def posts(self, page: str, since: datetime, until: datetime) -> list[Post]:
        """Posts of a page that were placed since one moment and before another (naive UTC), newest first."""
        which = "page = $page AND placed_at >= $since AND placed_at < $until"
        return self._posts(which, page=page, since=since, until=until)

    def post(self, number: str) -> Post | None:
        """The post of a number; None where there is none."""
        return next(iter(self._posts("post_id = 'P' || $number", number=number)), None)

    def _posts(self, which: str, **params: Any) -> list[Post]:
        told = {"network": self.name, "clock": self.world.clock} | params
        return [Post(*row) for row in self.world.query(_POSTS.format(which=which), told)]

    def days(self, page: str, first: date, last: date) -> list[PageDay]:
        """The days of a page of which anything is known by now."""
        told = {"network": self.name, "page": page, "clock": self.world.clock, "first": first, "last": last}
        return [PageDay(*row) for row in self.world.query(_DAYS, told)]

    def followers(self, page: str, last: date) -> int:
        """How many follow a page at the end of a day."""
        told = {"network": self.name, "page": page, "clock": self.world.clock, "last": last}
        return int(FOLLOWERS_AT_FIRST[page] + self.world.query(_FOLLOWERS, told)[0][0])
