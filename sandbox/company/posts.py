"""Posts on social media, and how their likes, comments and shares come in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import HOUR
from sandbox.company.chance import Floats, Ints
from sandbox.company.span import Span


@dataclass(frozen=True)
class Network:
    """A network: how likely a day has a post, how many see it at scale 1, and how many of those do something."""

    name: str
    per_day: float
    reach: float
    likes: float
    comments: float
    shares: float


NETWORKS = (
    Network("Instagram", 0.80, 4_200, 0.034, 0.0016, 0.0012),
    Network("Facebook", 0.45, 2_300, 0.014, 0.0018, 0.0022),
    Network("Pinterest", 0.35, 1_900, 0.011, 0.0002, 0.0060),
    Network("LinkedIn", 0.60, 520, 0.021, 0.0016, 0.0019),
)
"""A post's draws go by its own id, so that a network more changes nothing of those before it."""
TYPES = ("foto", "video", "carrousel")
TYPE_WEIGHTS = (0.5, 0.3, 0.2)
TYPE_REACH = np.array([1.0, 1.5, 1.15])
GROWTH = ((1, 0.20), (24, 0.70), (72, 0.90), (240, 1.0))
"""Hours after placing at which the network's counters move, and how much of the whole they show by then."""
COUNTS = ("likes", "comments", "shares", "reach", "impressions")


def post_columns(span: Span) -> dict[str, Any]:
    """Columns of posts: those that are placed on the days of a span."""
    position, network, ids = placed_posts(span)
    placed = placed_at(span, position, ids)
    return {
        "post_id": post_names(ids),
        "network": np.array([one.name for one in NETWORKS], object)[network],
        "post_type": np.array(TYPES, object)[span.chance.choice("post type", ids, TYPE_WEIGHTS)],
        "date": span.days.numbers[position],
        "placed_at": placed,
        "known_at": placed,
    }


def delta_columns(span: Span) -> dict[str, Any]:
    """Columns of post_deltas."""
    position, network, ids = placed_posts(span)
    return growing(span, position, ids, whole_counts(span, position, network, ids))


def growing(span: Span, position: Ints, ids: Ints, whole: dict[str, Ints]) -> dict[str, Any]:
    """Columns of deltas: how what each post comes to in the end is counted little by little."""
    placed = placed_at(span, position, ids)
    shown = {name: np.zeros_like(ids) for name in whole}
    parts = []
    for hours, share in GROWTH:
        by_now = {name: np.floor(counts * share).astype(np.int64) for name, counts in whole.items()}
        known = placed + hours * HOUR
        parts.append({"post_id": post_names(ids), "known_at": known} | {n: by_now[n] - shown[n] for n in whole})
        shown = by_now
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def placed_at(span: Span, position: Ints, ids: Ints) -> Ints:
    """The moment of placing of each post: between eight in the morning and eight at night."""
    return span.days.at(position, (8 + 12 * span.chance.unit("post hour", ids)) / 24)


def placed_posts(span: Span) -> tuple[Ints, Ints, Ints]:
    """(position of the day, network, id) of each post: at most one a day on each network."""
    position = np.repeat(np.arange(span.first, span.last + 1), len(NETWORKS))
    network = np.tile(np.arange(len(NETWORKS)), span.length)
    ids = span.days.numbers[position] * 10 + network
    posts = span.chance.hits("post", ids, np.array([one.per_day for one in NETWORKS])[network])
    return position[posts], network[posts], ids[posts]


def whole_counts(span: Span, position: Ints, network: Ints, ids: Ints) -> dict[str, Ints]:
    """What each post comes to in the end."""
    kind = span.chance.choice("post type", ids, TYPE_WEIGHTS)
    luck = np.exp(0.45 * span.chance.normal("post luck", ids)) * TYPE_REACH[kind]
    usual = np.array([one.reach for one in NETWORKS])[network] * span.scale
    reach: Floats = usual * luck * np.sqrt(span.days.traffic[position])
    shares = {name: np.array([getattr(one, name) for one in NETWORKS])[network] for name in COUNTS[:3]}
    counts = {name: span.chance.whole(f"post {name}", ids, reach * share) for name, share in shares.items()}
    seen = span.chance.whole("post reach", ids, reach)
    return counts | {"reach": seen, "impressions": span.chance.whole("post impressions", ids, seen * 1.25)}


def post_names(ids: Ints) -> Any:
    """The world's ids of posts: P and a number."""
    return np.array([f"P{number}" for number in ids.tolist()], object)
