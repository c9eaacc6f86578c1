"""The company's pages on the networks: which one a post stands on, what else is counted of it, and each page's days.

Two pages each on Facebook, Instagram and LinkedIn: one of the Netherlands and a smaller one of Belgium.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import DAY, HOUR
from sandbox.company.chance import Ints
from sandbox.company.posts import NETWORKS, growing, placed_posts, post_names, whole_counts
from sandbox.company.span import Span

PAGES = ("nl", "be")
SHARE = (0.65, 0.35)
"""Of the posts, and of all that happens on the pages."""
CLICKS = {"Facebook": 0.021, "LinkedIn": 0.034}
SAVES = {"Instagram": 0.006}
"""Per person reached, where the network counts them."""
SETTLING = ((11, 0.97), (59, 1.0))
"""Hours after a day's end (UTC) at which its figures are told, and how much of the whole they show by then."""


@dataclass(frozen=True)
class Audience:
    """Of a network's two pages together, a day at scale 1: people who begin to follow, and views of the page itself."""

    network: str
    follows: float
    page_views: float
    views: float


AUDIENCES = (
    Audience("Facebook", 9, 140, 5_200),
    Audience("Instagram", 24, 260, 9_800),
    Audience("LinkedIn", 4, 60, 900),
)


def page_columns(span: Span) -> dict[str, Any]:
    """Columns of post_pages."""
    _position, _network, ids = placed_posts(span)
    page = span.chance.choice("post page", ids, SHARE)
    return {"post_id": post_names(ids), "page": np.array(PAGES, object)[page]}


def action_columns(span: Span) -> dict[str, Any]:
    """Columns of post_actions: deltas, as those of post_deltas."""
    position, network, ids = placed_posts(span)
    reach = whole_counts(span, position, network, ids)["reach"]
    rates = {"clicks": CLICKS, "saves": SAVES}
    whole = {
        name: span.chance.whole(f"post {name}", ids, reach * _rates(by_network)[network])
        for name, by_network in rates.items()
    }
    return growing(span, position, ids, whole)


def _rates(by_network: dict[str, float]) -> Any:
    return np.array([by_network.get(one.name, 0.0) for one in NETWORKS])


def day_columns(span: Span) -> dict[str, Any]:
    """Columns of page_days: deltas, a row for each page, day and time that the network tells of it."""
    positions = np.arange(span.first, span.last + 1)
    parts = [
        _told(span, positions, audience, page, number * len(PAGES) + page)
        for number, audience in enumerate(AUDIENCES)
        for page in range(len(PAGES))
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _told(span: Span, positions: Ints, audience: Audience, page: int, number: int) -> dict[str, Any]:
    days = span.days.numbers[positions]
    whole = _whole_day(span, positions, audience, SHARE[page], days * 10 + number)
    shown = {name: np.zeros_like(days) for name in whole}
    parts = []
    for hours, share in SETTLING:
        by_now = {name: np.floor(counts * share).astype(np.int64) for name, counts in whole.items()}
        told = {"date": days, "known_at": (days + 1) * DAY + hours * HOUR}
        parts.append(told | {name: by_now[name] - shown[name] for name in whole})
        shown = by_now
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    rows = len(columns["date"])
    return {"network": np.full(rows, audience.network, object), "page": np.full(rows, PAGES[page], object)} | columns


def _whole_day(span: Span, positions: Ints, audience: Audience, share: float, ids: Ints) -> dict[str, Ints]:
    """What a page's day comes to in the end."""
    size = share * span.scale * span.days.traffic[positions] * np.exp(0.15 * span.chance.normal("page day", ids))
    views = span.chance.whole("page media views", ids, audience.views * size)
    expected = {
        "reach": views * 0.62,
        "engagements": views * 0.031,
        "page_views": audience.page_views * size,
        "follows": audience.follows * size,
        "unfollows": audience.follows * size * 0.35,
    }
    return {"views": views} | {name: span.chance.whole(f"page {name}", ids, mean) for name, mean in expected.items()}
