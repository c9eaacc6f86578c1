"""Insights of Instagram: of a media since it was placed, and of an account, summed over the days asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sandbox.meta_call import GraphCall
from sandbox.meta_errors import MetaError, bad_param
from sandbox.meta_metrics import days, metric, metrics, shifted
from sandbox.meta_page_accounts import Page
from sandbox.social_data import Network, PageDay, Post

MOST_DAYS = 30
FEWEST_VIEWERS = 5
MEDIA_METRICS: dict[str, Callable[[Post], int]] = {
    "reach": lambda post: post.reach,
    "views": lambda post: post.views,
    "likes": lambda post: post.likes,
    "comments": lambda post: post.comments,
    "shares": lambda post: post.shares,
    "saved": lambda post: post.saves,
    "total_interactions": lambda post: post.likes + post.comments + post.shares + post.saves,
}
DAY_METRICS: dict[str, Callable[[PageDay], int]] = {
    "reach": lambda day: day.reach,
    "views": lambda day: day.views,
    "accounts_engaged": lambda day: day.engagements * 9 // 10,
    "total_interactions": lambda day: day.engagements,
    "likes": lambda day: day.engagements - day.engagements // 10,
    "comments": lambda day: day.engagements // 40,
    "shares": lambda day: day.engagements // 40,
    "saves": lambda day: day.engagements // 20,
    "replies": lambda day: day.engagements // 100,
    "profile_links_taps": lambda day: day.page_views // 8,
}
FOLLOWS = "follows_and_unfollows"


def _unknown(number: int, _name: str) -> str:
    allowed = ", ".join([*DAY_METRICS, FOLLOWS])
    return f"metric[{number}] must be one of the following values: {allowed}"


def media_metrics(call: GraphCall, post: Post) -> dict[str, Any]:
    """An answer of `/{media}/insights`; raises MetaError."""
    asked = metrics(call.params, MEDIA_METRICS, _unknown)
    if post.reach < FEWEST_VIEWERS:
        raise MetaError(10, "(#10) Not enough viewers for the media to show insights")
    node = call.path[0]
    return {"data": [metric(node, name, "lifetime", values=[{"value": MEDIA_METRICS[name](post)}]) for name in asked]}


def day_metrics(call: GraphCall, network: Network, page: Page) -> dict[str, Any]:
    """An answer of `/{account}/insights`; raises MetaError."""
    if (call.params.get("period"), call.params.get("metric_type")) != ("day", "total_value"):
        raise bad_param("The sandbox knows only period=day with metric_type=total_value")
    asked = metrics(call.params, {*DAY_METRICS, FOLLOWS}, _unknown)
    breakdown = call.params.get("breakdown")
    if breakdown and (breakdown != "follow_type" or asked != [FOLLOWS]):
        raise bad_param(f"Incompatible breakdowns ({breakdown}) with metrics ({', '.join(asked)})")
    wanted = days(call.params, network.world.now, MOST_DAYS)
    told = network.days(page.key, wanted[0], wanted[-1]) if wanted else []
    found = [metric(page.instagram_id, name, "day", total_value=_total(name, told, breakdown)) for name in asked]
    return shifted(found if told else [], call.url)


def _total(name: str, told: Sequence[PageDay], breakdown: str | None) -> dict[str, Any]:
    """A metric over all days. Those who came and those who left are told apart only where that is asked for."""
    if name != FOLLOWS:
        return {"value": sum(DAY_METRICS[name](day) for day in told)}
    if not breakdown:
        return {"value": 0}
    counts = {"FOLLOWER": sum(day.follows for day in told), "NON_FOLLOWER": sum(day.unfollows for day in told)}
    results = [{"dimension_values": [kind], "value": count} for kind, count in counts.items()]
    return {"breakdowns": [{"dimension_keys": [breakdown], "results": results}]}
