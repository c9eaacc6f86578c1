"""An explanation for a terminal, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table

from pipelines import figures, scorecard
from pipelines.explain import sentences
from pipelines.explain.facts import ALL, Facts, Feed, Row
from pipelines.explain.words import WORDS, measure

EFFECTS = ("mix", "rate", "numerator", "denominator")
_MOST_DAYS = 5


def page(facts: Facts, language: str) -> Iterator[RenderableType]:
    """The explanation, part by part."""
    words, row = WORDS[language], facts.row
    _, colour = scorecard.SIGNS[row["verdict"]]
    yield f"[bold {colour}]{_safe(sentences.verdict(row, language))}[/]"
    yield from filter(None, (_parts(facts, language), sentences.forecast(row, language), _trend(row, language)))
    yield from _split(facts, language)
    yield from _said(f"{words['targets']}:", _targets(facts, language))
    yield from _said(f"{words['guardrails']}:", _guardrails(facts, language))
    yield from _data(facts.feeds, language)
    yield from _definition(facts, language)


def document(facts: Facts, language: str) -> dict[str, Any]:
    """The same as data, for `--json`: figures as stored, and the sentence beside them."""
    return {
        "sentence": sentences.verdict(facts.row, language),
        "limits": _limits(facts, language),
        "definition": getattr(facts.kpi.definition, language),
        "caveats": getattr(facts.kpi.caveats, language, None),
        "verdict": facts.row,
        "contributions": facts.contributions,
        "targets": facts.targets,
        "guardrails": facts.guardrails,
        "data": [vars(feed) for feed in facts.feeds],
    }


def _safe(text: str) -> str:
    """Names of campaigns and accounts may hold what rich takes for markup."""
    return text.replace("[", "\\[")


def _parts(facts: Facts, language: str) -> str:
    """The figure's own sums in words: € 4.024,80 advertentiekosten / 155 nieuwe klanten."""
    kpi, row = facts.kpi, facts.row
    told = [
        f"{_amount(row[f'{side}_value'], name, language)} {measure(name, language)}"
        for side, name in (("numerator", kpi.numerator), ("denominator", kpi.denominator))
        if name
    ]
    return " / ".join(told) + (f" × {kpi.scale:g}" if kpi.scale != 1 else "")


def _amount(value: float | None, name: str, language: str) -> str:
    is_money = any(word in name for word in ("spend", "revenue", "amount", "value"))
    whole = value is None or float(value).is_integer()
    return figures.figure(value, "EUR" if is_money else "count" if whole else "number", language)


def _trend(row: Row, language: str) -> str:
    words = WORDS[language]
    told = [
        f"{figures.share(row[column], language)} {words[name]}"
        for name, column in (("previous", "change_to_previous"), ("last_year", "change_to_last_year"))
        if row.get(column) is not None
    ]
    return f"{words['trend']}: {', '.join([words.get(row.get('trend') or '', ''), *told]).strip(', ')}" if told else ""


def _split(facts: Facts, language: str) -> Iterator[RenderableType]:
    row, words = facts.row, WORDS[language]
    total = next((part for part in facts.contributions if part["level"] == "total"), None)
    for level, levels in (("channel", sentences.PARTS), ("campaign", ("campaign",))):
        parts = [part for part in facts.contributions if part["level"] in levels]
        if total and parts:
            yield _table(row, [*parts, total | _sums(parts)], language, words[level])
    if total and total["reference_start"]:
        yield words["compared"].format(reference=sentences.reference(total))
    yield from _limits(facts, language)


def _sums(parts: list[Row]) -> Row:
    """Mix and rate of campaigns are other ones than those of their channels; their sum is the same gap."""
    return {f"{effect}_effect": sum(part[f"{effect}_effect"] for part in parts) for effect in EFFECTS}


def _table(row: Row, parts: list[Row], language: str, title: str) -> Table:
    words = WORDS[language]
    shown = [effect for effect in EFFECTS if any(part[f"{effect}_effect"] for part in parts)]
    made = Table(box=box.SIMPLE_HEAD, padding=0)
    made.add_column(title, overflow="fold")
    for name in [*shown, "contribution"]:
        made.add_column(words[name], justify="right", no_wrap=True)
    digits = sentences.digits_for(row["gap"], row["unit"])
    for part in parts:
        values = [part[f"{effect}_effect"] for effect in shown] + [part["contribution"]]
        cells = [figures.change(value, row["unit"], language, digits) for value in values]
        style = "bold" if part["level"] == "total" else None
        made.add_row(_safe(sentences.part_name(part, language)), *cells, style=style)
    return made


def _limits(facts: Facts, language: str) -> list[str]:
    """What cannot be split, and why."""
    words, kpi, row = WORDS[language], facts.kpi, facts.row
    total = next((part for part in facts.contributions if part["level"] == "total"), None)
    is_whole = row["channel"] == ALL and row.get("keyword", ALL) == ALL
    holds = {
        "one_channel": not is_whole,
        "unique": kpi.numerator == "visitors",
        "unique_below": kpi.denominator == "visitors",
        "position": kpi.numerator == "search_weighted_position",
        "no_reference": bool(total and not total["reference_start"]) and kpi.numerator != "visitors",
    }
    return [words[name] for name, held in holds.items() if held]


def _said(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield "\n".join([f"\n[bold]{title}[/]", *(f"  {_safe(line)}" for line in lines)])


def _targets(facts: Facts, language: str) -> list[str]:
    words, in_force = WORDS[language], facts.row["target_from"]
    return [
        f"{target['valid_from']}"
        + (f" {words['until']} {target['valid_to']}" if target["valid_to"] else "")
        + f": {target['source_text']}"
        + (f"  ← {words['now']}" if target["valid_from"] == in_force else "")
        for target in facts.targets
    ]


def _guardrails(facts: Facts, language: str) -> list[str]:
    state = facts.row.get("guardrail_state")
    told = [f"{WORDS[language][state]}"] if state else []
    return told + [sentences.verdict(row, language) for row in facts.guardrails]


def _data(feeds: list[Feed], language: str) -> Iterator[RenderableType]:
    words = WORDS[language]
    if not feeds:
        return
    made = Table(box=box.SIMPLE_HEAD, padding=0, title=words["data"], title_justify="left")
    for name in ("source", "account", "newest", "missing", "flags"):
        made.add_column(words[name], overflow="fold")
    for feed in feeds:
        newest = f"{feed.newest_load:%Y-%m-%d %H:%M}" if feed.newest_load else words["never"]
        remarks = "; ".join([*feed.flags, *feed.problems])
        made.add_row(feed.source, _safe(feed.account), newest, _days(feed), _safe(remarks))
    yield made


def _days(feed: Feed) -> str:
    days = ", ".join(map(str, feed.missing[:_MOST_DAYS]))
    more = len(feed.missing) - _MOST_DAYS
    return f"{days} (+{more})" if more > 0 else days


def _definition(facts: Facts, language: str) -> Iterator[str]:
    words = WORDS[language]
    for name, text in (("definition", facts.kpi.definition), ("caveats", facts.kpi.caveats)):
        if text:
            yield f"[bold]{words[name]}:[/] {_safe(str(getattr(text, language)))}"
    if facts.kpi.owner:
        yield f"[bold]{words['owner']}:[/] {_safe(facts.kpi.owner)}"
