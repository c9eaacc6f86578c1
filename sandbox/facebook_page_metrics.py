"""Insights of Facebook: of posts since they were placed, and of a page by day."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sandbox.meta_call import GraphCall
from sandbox.meta_errors import bad_param
from sandbox.meta_metrics import days, end_time, metric, metrics, shifted
from sandbox.meta_page_accounts import Page
from sandbox.social_data import Network, PageDay, Post

MOST_DAYS = 90
POST_METRICS: dict[str, Callable[[Post], Any]] = {
    "post_media_view": lambda post: post.views,
    "post_total_media_view_unique": lambda post: post.reach,
    "post_clicks": lambda post: post.clicks,
    "post_reactions_by_type_total": lambda post: {"like": post.likes} if post.likes else {},
}
DAY_METRICS: dict[str, Callable[[PageDay], int]] = {
    "page_media_view": lambda day: day.views,
    "page_total_media_view_unique": lambda day: day.reach,
    "page_post_engagements": lambda day: day.engagements,
    "page_daily_follows_unique": lambda day: day.follows,
    "page_daily_unfollows_unique": lambda day: day.unfollows,
    "page_views_total": lambda day: day.page_views,
    "page_video_views": lambda day: day.views // 4,
}
FOLLOWERS = "page_follows"


def _unknown(_number: int, _name: str) -> str:
    return "The value must be a valid insights metric"


def post_metrics(call: GraphCall, post: Post) -> dict[str, Any]:
    """An answer of `/{post}/insights`; raises MetaError."""
    if call.params.get("period", "lifetime") != "lifetime":
        raise bad_param("The sandbox knows only the period lifetime of a post")
    asked = metrics(call.params, POST_METRICS, _unknown)
    node = call.path[0]
    told = [metric(node, name, "lifetime", values=[{"value": POST_METRICS[name](post)}]) for name in asked]
    return shifted(told, call.url)


def day_metrics(call: GraphCall, network: Network, page: Page) -> dict[str, Any]:
    """An answer of `/{page}/insights`; raises MetaError."""
    if call.params.get("period") != "day":
        raise bad_param("The sandbox knows only the period day of a page")
    asked = metrics(call.params, {*DAY_METRICS, FOLLOWERS}, _unknown)
    wanted = days(call.params, network.world.now, MOST_DAYS)
    told = network.days(page.key, wanted[0], wanted[-1]) if wanted else []
    data = [metric(page.id, name, "day", values=_values(name, told, network, page)) for name in asked]
    return shifted([one for one in data if one["values"]], call.url)


def _values(name: str, told: list[PageDay], network: Network, page: Page) -> list[dict[str, Any]]:
    """The days of a metric. Followers are a stand, not a sum."""
    if name == FOLLOWERS:
        return [{"value": network.followers(page.key, day.day), "end_time": end_time(day.day)} for day in told]
    return [{"value": DAY_METRICS[name](day), "end_time": end_time(day.day)} for day in told]
