"""A card: all that is shown of one KPI and segment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from connectors.registry import CONNECTORS
from pipelines import register
from pipelines.explain import facts as explained
from pipelines.explain import sentences
from pipelines.headline import headline, segment_key
from pipelines.kpi import Kpi
from pipelines.page import charts, periods, trend
from pipelines.page.facts import Night, grouped
from pipelines.page.voice import Fact, Verdict, Voice
from pipelines.register import SEGMENT

Row = dict[str, Any]
_CALENDAR = trend.SHOWN | {"week": 52}
"""How many periods the calendar of verdicts shows: the past year."""
_SAME = 0.005
"""Within half a per cent is the same, as in kpi_verdicts.trend."""


@dataclass(frozen=True)
class Cell:
    """A period of the calendar."""

    tick: str
    name: str
    verdict: Verdict


@dataclass(frozen=True)
class Line:
    """A period in a table."""

    period: str
    actual: str
    target: str
    verdict: Verdict
    reason: str


@dataclass(frozen=True)
class Source:
    """A stream of an account that a figure rests on."""

    platform: str
    stream: str
    account: str
    state: str
    is_whole: bool


@dataclass(frozen=True)
class Card:
    """What the template shows of a KPI and segment. All texts are plain, but the chart."""

    key: tuple[str, ...]
    anchor: str
    name: str
    segment: str
    objective: str
    verdict: Verdict
    is_judged: bool
    figure: str
    unit: str
    target: str
    period: str
    reason: str
    why: str
    facts: list[Fact]
    chart: Markup | None
    keys: list[tuple[str, str]]
    calendar: list[Cell]
    periods: list[Line]
    about: list[Fact]
    targets: list[str]
    sources: list[Source]


def cards(night: Night, voice: Voice) -> list[Card]:
    """A card for each KPI and segment of the register, in its order."""
    by_segment = grouped(night.verdicts, segment_key)
    kpis = {kpi.id: kpi for kpi in night.settings.kpis}
    found = [(kpis[key[0]], rows) for key, rows in by_segment.items() if key[0] in kpis]
    return [_card(night, voice, kpi, rows, number) for number, (kpi, rows) in enumerate(found)]


def _card(night: Night, voice: Voice, kpi: Kpi, rows: list[Row], number: int) -> Card:
    row = headline(rows, kpi.grain.value)
    grain, unit = row["grain"], row["unit"]
    points = trend.points(rows, grain, voice.language)
    drawn = any(point.actual is not None for point in points)
    sources = _sources(night, voice, kpi, row)
    return Card(
        key=segment_key(row),
        anchor=f"kpi-{number}",
        name=voice.name(kpi),
        segment=voice.segment(row),
        objective=kpi.objective or "",
        verdict=voice.verdict(row["verdict"]),
        is_judged=not kpi.informational,
        figure=voice.figure(row["actual"], unit),
        unit=voice.unit(unit),
        target=voice.target(row),
        period=voice.when(row),
        reason="" if kpi.informational and row["reason_code"] == "no_target" else voice.reason(row),
        why=_why(night, voice, row),
        facts=list(_few(voice, row, sources) if kpi.informational else _facts(night, voice, kpi, row, sources)),
        chart=_chart(voice, kpi, row, points, number) if drawn else None,
        keys=_keys(voice, points, _is_sum(kpi)),
        calendar=[] if kpi.informational else _calendar(voice, rows, grain),
        periods=[_line(voice, each) for each in _told(rows, grain)],
        about=list(_about(voice, kpi)),
        targets=_targets(voice, kpi, row),
        sources=sources,
    )


def _is_sum(kpi: Kpi) -> bool:
    return kpi.denominator is None


def _why(night: Night, voice: Voice, row: Row) -> str:
    """What moved the gap most: the second line of `kompas explain`."""
    if row["verdict"] == "no_verdict":
        return ""
    return voice.unbroken(sentences.moved(row, night.parts_of(row), voice.language))


def _facts(night: Night, voice: Voice, kpi: Kpi, row: Row, sources: list[Source]) -> Iterator[Fact]:
    unit = row["unit"]
    if _is_sum(kpi) and row["expected_so_far"] and row["share"] not in (None, 1.0):
        share = voice.figure(row["actual"] / row["expected_so_far"], "ratio")
        yield Fact(
            voice["pace"], voice.say("pace_of", share=share, expected=voice.figure(row["expected_so_far"], unit))
        )
    if row["forecast"] is not None:
        yield Fact(voice["forecast"], voice.figure(row["forecast"], unit))
    if row["interval_low"] is not None and row["interval_high"] is not None:
        ends = (voice.figure(row[end], unit) for end in ("interval_low", "interval_high"))
        yield Fact(voice["interval"], voice["from_to"].format(**dict(zip(("low", "high"), ends, strict=True))))
    yield from _changes(voice, row)
    yield from _guardrails(night, voice, kpi, row)
    yield from filter(lambda fact: fact.text, (Fact(voice["owner"], kpi.owner or ""), _final(night.day, voice, row)))
    yield _data(voice, sources)


def _few(voice: Voice, row: Row, sources: list[Source]) -> Iterator[Fact]:
    """Of a figure that is not judged: how it moves, and whether it can be trusted."""
    yield from _changes(voice, row)
    if any(not source.is_whole for source in sources):
        yield _data(voice, sources)


def _changes(voice: Voice, row: Row) -> Iterator[Fact]:
    for label, column in (("on_previous", "change_to_previous"), ("on_year", "change_to_last_year")):
        if (change := row[column]) is not None:
            way = _way(change, row["direction"])
            told = f"{voice.share(change)}, {voice[way]}" if way else voice.share(change)
            yield Fact(voice[label], told, {"better": "good", "worse": "bad"}.get(way, ""))


def _way(change: float, direction: str) -> str:
    """better, worse or same; nothing for a range, where neither way is better by itself."""
    if direction == "range":
        return ""
    if abs(change) <= _SAME:
        return "same"
    return "better" if (change > 0) == (direction == "higher") else "worse"


def _guardrails(night: Night, voice: Voice, kpi: Kpi, row: Row) -> Iterator[Fact]:
    if not kpi.guardrails or not row["guardrail_state"]:
        return
    names = {each.id: voice.name(each) for each in night.settings.kpis}
    state = row["guardrail_state"]
    told = ", ".join(names.get(guardrail, guardrail) for guardrail in kpi.guardrails)
    yield Fact(voice["guardrails"], f"{told}: {voice[state]}", {"holds": "good", "broken": "bad"}.get(state, ""))


def _final(day: date, voice: Voice, row: Row) -> Fact:
    final = row["final_on"] or row["settled_on"]
    if final is None:
        return Fact(voice["final_on"], "")
    told = voice.day(final)
    return Fact(voice["final_on"], told if final > day else voice.say("is_final", day=told))


def _data(voice: Voice, sources: list[Source]) -> Fact:
    lacking = dict.fromkeys((source.platform, source.account) for source in sources if not source.is_whole)
    if lacking:
        named = ", ".join(f"{platform} ({account})" for platform, account in lacking)
        return Fact(voice["data"], voice.say("data_lacking", sources=named), "bad")
    if not sources:
        return Fact(voice["data"], voice["data_none"])
    whole = voice["data_whole_one"] if len(sources) == 1 else voice.say("data_whole", count=len(sources))
    return Fact(voice["data"], whole)


def _sources(night: Night, voice: Voice, kpi: Kpi, row: Row) -> list[Source]:
    return [
        Source(CONNECTORS[platform].title, stream, feed.account, _state(voice, feed), not feed.missing)
        for feed in explained.feeds(night.settings, kpi, row, night.loads_of)
        for platform, stream in [feed.source.split(".")]
    ]


def _state(voice: Voice, feed: explained.Feed) -> str:
    count = len(feed.missing)
    missing = voice["day_missing"] if count == 1 else voice.say("days_missing", count=count) if count else ""
    return "; ".join(filter(None, [missing or voice["whole"], *feed.flags, *feed.problems]))


def _chart(voice: Voice, kpi: Kpi, row: Row, points: Sequence[trend.Point], number: int) -> Markup:
    known = [point for point in points if point.actual is not None]
    name = " · ".join(filter(None, (voice.name(kpi), voice.segment(row))))
    told = voice.say(
        "chart_told",
        name=name,
        first=known[0].name,
        last=known[-1].name,
        from_value=voice.figure(known[0].actual, row["unit"]),
        to_value=voice.figure(known[-1].actual, row["unit"]),
        target=f"{voice['target']}: {voice.target(row)}.",
    )
    drawing = charts.Drawing(
        points,
        row["unit"],
        _is_sum(kpi),
        voice.language,
        f"chart-{number}",
        voice.say("chart_title", name=name),
        told,
        charts.SMALL if kpi.informational else charts.WIDTH,
    )
    # The chart's own texts are escaped where it is drawn.
    return Markup(charts.svg(drawing))


def _keys(voice: Voice, points: Sequence[trend.Point], is_sum: bool) -> list[tuple[str, str]]:
    """The key of the chart: only what is drawn."""
    drawn = {
        "bar" if is_sum else "dot": ("key_actual", True),
        "step": ("key_target", any(point.low is not None or point.high is not None for point in points)),
        "ahead": ("key_forecast", any(point.forecast is not None for point in points)),
        "whisker": ("key_interval", not is_sum and any(point.interval for point in points)),
        "partial": ("key_partial", any(not point.is_whole or (point.is_open and not is_sum) for point in points)),
    }
    return [(name, voice[word]) for name, (word, is_drawn) in drawn.items() if is_drawn]


def _calendar(voice: Voice, rows: Sequence[Row], grain: str) -> list[Cell]:
    own = [row for row in rows if row["grain"] == grain][-_CALENDAR[grain] :]
    return [
        Cell(
            periods.short(grain, row["period_start"], voice.language),
            voice.period(row),
            voice.verdict(row["verdict"]),
        )
        for row in own
    ]


def _told(rows: Sequence[Row], grain: str) -> Iterator[Row]:
    """The periods of the trend, newest first, then the newest ones of other grains."""
    own = [row for row in rows if row["grain"] == grain]
    yield from reversed(own[-trend.SHOWN[grain] :])
    yield from (row for row in rows if row["grain"] != grain and (row["is_newest"] or row["is_newest_judged"]))


def _line(voice: Voice, row: Row) -> Line:
    figure = voice.figure(row["actual"], row["unit"])
    return Line(voice.when(row), figure, voice.target(row), voice.verdict(row["verdict"]), voice.reason(row))


def _about(voice: Voice, kpi: Kpi) -> Iterator[Fact]:
    for label in ("definition", "means", "measured", "caveats"):
        if words := getattr(kpi, label):
            yield Fact(voice[label], getattr(words, voice.language))
    told = {"chosen": kpi.reason, "objective": kpi.objective, "stakeholders": ", ".join(kpi.stakeholders)}
    yield from (Fact(voice[label], text) for label, text in told.items() if text)


def _targets(voice: Voice, kpi: Kpi, row: Row) -> list[str]:
    """The dated targets of the card's grain and segment, oldest first."""
    return [
        f"{voice.say('from_on', day=voice.day(target['valid_from']))}: {_bounds(voice, target, row['unit'])}"
        for target in sorted(register.targets(kpi), key=lambda target: target["valid_from"])
        if target["grain"] == row["grain"] and all((target[part] or "all") == row[part] for part in SEGMENT)
    ]


def _bounds(voice: Voice, target: Row, unit: str) -> str:
    """A relative target is no figure of its own: it is told as kompas.yaml writes it."""
    if target["share"] is not None:
        return voice.say("on_last_year", share=target["source_text"])
    return voice.target({"target_low": target["low"], "target_high": target["high"], "unit": unit})
