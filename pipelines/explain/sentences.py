"""The sentences of an explanation: what was judged, by how much it differs, and what moved it most."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipelines import figures, period, scorecard
from pipelines.explain.facts import Row
from pipelines.explain.words import WORDS

PARTS = ("channel", "denominator")
"""The levels of contributions that add up to the gap; campaigns are a second reading of the same channels."""
_FEWEST_DIGITS, _SIGNIFICANT = 2, 3


def first_lines(row: Row, contributions: Sequence[Row], language: str = "nl") -> str:
    """A verdict in three lines of Markdown at most: the verdict, what its gap is made of, and what is expected."""
    lines = [f"**{verdict(row, language)}**", moved(row, contributions, language), forecast(row, language)]
    return "  \n".join(line for line in lines if line)


def verdict(row: Row, language: str) -> str:
    """What was judged, against what, and how: one sentence, with the reason where there is one."""
    told = figures.figure(row["actual"], row["unit"], language)
    sign, _ = scorecard.SIGNS[row["verdict"]]
    of = f"{scorecard.name_of(row, language)}, {scorecard.period(row, language)}: {told} {against(row, language)}"
    why = row.get("guardrail_reason") if row.get("guardrail_state") == "broken" else None
    reason = row.get("reason") or why
    return f"{of}: {sign} {scorecard.VERDICTS[language][row['verdict']]}" + (f" ({reason})" if reason else "")


def against(row: Row, language: str) -> str:
    """The target, and what of it the days so far should have brought."""
    words = WORDS[language]
    if row["target"] is None:
        return words["no_target"]
    low, high = row["target_low"], row["target_high"]
    bounds = [low, high] if low is not None and high is not None else [row["target"]]
    told = f"{words['against']} " + " – ".join(figures.figure(bound, row["unit"], language) for bound in bounds)
    expected = row["expected_so_far"]
    if expected is None or expected == row["target"]:
        return told
    return f"{told} ({words['so_far']} {figures.figure(expected, row['unit'], language)})"


def moved(row: Row, contributions: Sequence[Row], language: str, most: int = 3) -> str:
    """The gap, and the parts that moved it most."""
    if row["gap"] is None:
        return ""
    digits = digits_for(row["gap"], row["unit"])
    largest = [part for part in contributions if part["level"] in PARTS and part["contribution"]][:most]
    told = [
        f"{part_name(part, language)} {figures.change(part['contribution'], row['unit'], language, digits)}"
        for part in largest
    ]
    gap = f"{WORDS[language]['gap']} {figures.change(row['gap'], row['unit'], language, digits)}"
    return f"{gap}: {', '.join(told)}" if told else gap


def part_name(part: Row, language: str) -> str:
    """What a row of contributions is of."""
    words = WORDS[language]
    if part["level"] == "campaign":
        name = words["other"] if part["campaign_id"] == "other" else part["campaign_name"] or part["campaign_id"]
        return f"{part['channel']} · {name}"
    return {"channel": part["channel"], "denominator": words["denominator"]}.get(part["level"], words["total"])


def forecast(row: Row, language: str) -> str:
    """The forecast with its interval where the period is in progress, and when the figure is final."""
    words, unit = WORDS[language], row["unit"]
    told = []
    if row.get("forecast") is not None:
        told.append(f"{words['forecast']} {figures.figure(row['forecast'], unit, language)}")
    if row.get("interval_low") is not None and row.get("interval_high") is not None:
        ends = [figures.figure(row[end], unit, language) for end in ("interval_low", "interval_high")]
        told.append(f"{words['interval']} (95 %) {' – '.join(ends)}")
    if row.get("final_on") or row.get("settled_on"):
        told.append(f"{words['final_on']} {row.get('final_on') or row['settled_on']}")
    return "; ".join(told)


def reference(part: Row) -> str:
    """The period that contributions are held against, in words: 2026-10."""
    return period.name(part["grain"], part["reference_start"])


def digits_for(value: float, unit: str) -> int:
    """Decimals that leave a small difference three digits."""
    size = abs(value) * (100 if unit == "ratio" else 1)
    return max(_FEWEST_DIGITS, _SIGNIFICANT - 1 - math.floor(math.log10(size))) if size else _FEWEST_DIGITS
