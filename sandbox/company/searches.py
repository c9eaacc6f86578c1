"""Where the company stands in search results: a handful of terms, day by day, and the rare ones that nobody is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from sandbox.company.calendar import HOUR
from sandbox.company.chance import Floats, Ints
from sandbox.company.span import Span


@dataclass(frozen=True)
class Keyword:
    """A keyword: place in 2023, what a year does to it (below 1: it rises), and how often it is shown at scale 1."""

    text: str
    page: str
    position: float
    per_year: float
    impressions: float


KEYWORDS = (
    Keyword("duurzame mode", "/", 14.0, 0.86, 620),
    Keyword("goede schoeisel", "/schoenen", 2.4, 0.80, 90),
    Keyword("biologische katoenen t-shirts", "/shirts", 9.0, 0.95, 340),
    Keyword("linnen jurk", "/jurken", 18.0, 0.92, 510),
    Keyword("merino trui dames", "/truien", 11.0, 0.97, 280),
    Keyword("vegan sneakers", "/schoenen", 7.0, 1.03, 430),
    Keyword("gerecyclede winterjas", "/jassen", 21.0, 0.90, 190),
)
EPOCH_DAY = 19_358
"""2023-01-01, from which the years of a keyword count."""
KNOT_DAYS = 21
"""Places drift: every three weeks another way."""
CLICKED = 0.30
"""Of who sees the first place; others in proportion to 1 / place."""
KNOWN_AFTER_HOURS = 28
"""Hours after the start of a day: the rank tracker is done at four the next morning."""
FINAL_AFTER_HOURS = 69
"""Hours after the start of a day: Google has finished it in the evening two days later."""


@dataclass(frozen=True)
class Site:
    """A property of Search Console: how often it is shown a day for rare terms, at scale 1, and where."""

    name: str
    impressions: float
    position: float


SITES = (
    Site("sc-domain:duurzamemode.nl", 1_400, 16.0),
    # All terms of a small site are rare.
    Site("https://outlet.duurzamemode.example/", 320, 11.0),
)


def search_columns(span: Span) -> dict[str, Any]:
    """Columns of search_days: a row per day and keyword."""
    position = np.repeat(np.arange(span.first, span.last + 1), len(KEYWORDS))
    keyword = np.tile(np.arange(len(KEYWORDS)), span.length)
    ids = span.days.numbers[position] * 100 + keyword
    place = np.round(_place(span, span.days.numbers[position], keyword), 1)
    usual = np.array([one.impressions for one in KEYWORDS])[keyword] * span.scale
    shown = 1 + span.chance.whole("searches", ids, usual * span.days.traffic[position] / np.sqrt(place))
    clicks = span.chance.whole("search clicks", ids, shown * CLICKED / place)
    return {
        "date": span.days.numbers[position],
        "known_at": span.days.starts[position] + KNOWN_AFTER_HOURS * HOUR,
        "keyword": np.array([one.text for one in KEYWORDS], object)[keyword],
        "page": np.array([one.page for one in KEYWORDS], object)[keyword],
        "impressions": shown,
        "clicks": np.minimum(clicks, shown),
        "position": place,
    }


def _place(span: Span, day: Ints, keyword: Ints) -> Floats:
    """Trend, drift and the noise of the day; 1 is the best."""
    start = np.array([one.position for one in KEYWORDS])[keyword]
    yearly = np.array([one.per_year for one in KEYWORDS])[keyword] ** ((day - EPOCH_DAY) / 365.25)
    noise = 0.04 * span.chance.normal("place", day * 100 + keyword)
    return np.maximum(1.0, start * yearly * np.exp(0.18 * _drift(span, day, keyword) + noise))


def _drift(span: Span, day: Ints, keyword: Ints) -> Floats:
    """A line between draws that are KNOT_DAYS apart: the same whichever days are simulated together."""
    knot, share = day // KNOT_DAYS, day % KNOT_DAYS / KNOT_DAYS
    before, after = (span.chance.normal("drift", (knot + n) * 100 + keyword) for n in (0, 1))
    drift: Floats = before * (1 - share) + after * share
    return drift


def rare_columns(span: Span) -> dict[str, Any]:
    """Columns of rare_searches: a row per day and site, for the terms that too few people search for."""
    position = np.repeat(np.arange(span.first, span.last + 1), len(SITES))
    site = np.tile(np.arange(len(SITES)), span.length)
    ids = span.days.numbers[position] * 100 + site
    usual = np.array([one.position for one in SITES])[site]
    place = np.round(usual * np.exp(0.03 * span.chance.normal("rare place", ids)), 1)
    expected = np.array([one.impressions for one in SITES])[site] * span.scale * span.days.traffic[position]
    shown = 1 + span.chance.whole("rare searches", ids, expected)
    clicks = span.chance.whole("rare clicks", ids, shown * CLICKED / place)
    return {
        "site": np.array([one.name for one in SITES], object)[site],
        "date": span.days.numbers[position],
        "known_at": span.days.starts[position] + KNOWN_AFTER_HOURS * HOUR,
        "final_at": span.days.starts[position] + FINAL_AFTER_HOURS * HOUR,
        "impressions": shown,
        "clicks": np.minimum(clicks, shown),
        "position": place,
    }
