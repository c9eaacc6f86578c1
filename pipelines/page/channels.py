"""The channel table: the last whole month beside the one before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipelines import period, vocabulary
from pipelines.page import periods
from pipelines.page.facts import Night
from pipelines.page.voice import Voice

Row = dict[str, Any]
SOURCES = (
    ("web_purchases", "web_revenue", "channels_source_web"),
    ("orders", "order_revenue", "channels_source_shop"),
    ("ad_conversions", "ad_conversion_value", "channels_source_ads"),
)
"""Whose conversions and revenue are shown: the first that knows all channels alike. They are never added up."""
_COLUMNS = (("sessions", "count"), ("spend", "EUR"), ("conversions", "number"), ("revenue", "EUR"))
_MEASURES = ("sessions", "ad_spend", *(name for source in SOURCES for name in source[:2]))
_RATIOS = {"cpa": ("spend", "conversions", "EUR"), "roas": ("revenue", "spend", "number")}


@dataclass(frozen=True)
class Cell:
    """A figure, and its change to the month before where that is known."""

    figure: str
    change: str


@dataclass(frozen=True)
class Channels:
    """The table: its columns, a line for each channel, and one for all together."""

    about: str
    lacking: str
    columns: list[str]
    lines: list[tuple[str, list[Cell]]]
    total: list[Cell]


def channels(night: Night, voice: Voice) -> Channels | None:
    """The channels of the last whole month; None where nothing is known of it."""
    month = (night.day + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    month = month.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    whose = _source(night.channels, month)
    now, old = (_month(night.channels, each, whose) for each in (month, before))
    now = {name: row for name, row in now.items() if any(row.values())}
    if not now:
        return None
    has_before = _is_whole(night.channels, before)
    ordered = sorted(now, key=lambda channel: (-(now[channel]["revenue"] or 0), -(now[channel]["sessions"] or 0)))
    sums = [_sum(list(rows.values())) for rows in (now, old)]
    return Channels(
        f"{_about(voice, month, before if has_before else None)} {voice[whose[2]]}",
        _lacking(night, voice, before if has_before else month, month),
        [voice[name] for name, _ in _COLUMNS] + [voice[name] for name in _RATIOS],
        [(name, _cells(voice, now[name], old.get(name, {}) if has_before else {})) for name in ordered],
        _cells(voice, sums[0], sums[1] if has_before else {}),
    )


def _about(voice: Voice, month: date, before: date | None) -> str:
    told = periods.long("month", month, voice.language)
    told = told[0].upper() + told[1:]
    if before is None:
        return voice.say("channels_alone", month=told)
    return voice.say("channels_about", month=told, before=periods.long("month", before, voice.language))


def _lacking(night: Night, voice: Voice, first: date, month: date) -> str:
    """Which platforms lack days of these months, in a sentence: their figures are then less than the truth."""
    days = {first + timedelta(days=number) for number in range((period.of("month", month).end - first).days + 1)}
    needed = vocabulary.days_needed(_MEASURES)
    titles = {
        connector.title: None
        for connector in night.settings.connectors()
        for account in connector.accounts
        for stream in connector.streams_of(account)
        if f"{connector.name}.{stream.name}" in needed
        and not days
        <= {row["day"] for row in night.loads_of(connector.name, stream.name, account.id) if row["is_complete"]}
    }
    return voice.say("channels_lacking", sources=", ".join(titles)) if titles else ""


def _source(rows: Sequence[Row], month: date) -> tuple[str, str, str]:
    own = [row for row in rows if row["month"] == month]
    return next((source for source in SOURCES if any(row[source[0]] for row in own)), SOURCES[0])


def _month(rows: Sequence[Row], month: date, whose: tuple[str, str, str]) -> dict[str, Row]:
    """Of a month, the figures of each channel."""
    return {
        row["channel"]: {
            "sessions": row["sessions"],
            "spend": row["spend"],
            "conversions": row[whose[0]],
            "revenue": row[whose[1]],
        }
        for row in rows
        if row["month"] == month
    }


def _is_whole(rows: Sequence[Row], month: date) -> bool:
    """Whether there are figures from before the month or of its first day: half a month is nothing to compare with."""
    first = min((row["first_day"] for row in rows), default=None)
    return first is not None and first <= month


def _sum(rows: Sequence[Row]) -> Row:
    known = {name: [row[name] for row in rows if row[name] is not None] for name, _ in _COLUMNS}
    return {name: sum(values) if values else None for name, values in known.items()}


def _cells(voice: Voice, now: Row, before: Row) -> list[Cell]:
    figures = [(now.get(name), before.get(name), unit) for name, unit in _COLUMNS]
    ratios = [
        (_ratio(now, above, below), _ratio(before, above, below), unit) for above, below, unit in _RATIOS.values()
    ]
    return [_cell(voice, *told) for told in [*figures, *ratios]]


def _ratio(row: Row, above: str, below: str) -> float | None:
    """NULL where either is not known or nothing was divided by; a channel without ads has neither CPA nor ROAS."""
    if not row.get("spend") or row.get(above) is None or not row.get(below):
        return None
    return float(row[above]) / float(row[below])


def _cell(voice: Voice, now: float | None, before: float | None, unit: str) -> Cell:
    is_whole = now is not None and float(now).is_integer()
    figure = voice.figure(None if now is None else float(now), "count" if unit == "number" and is_whole else unit)
    change = voice.share(float(now) / float(before) - 1) if now is not None and before else ""
    return Cell(figure, change)
