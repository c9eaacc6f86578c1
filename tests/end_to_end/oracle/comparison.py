"""The rows of kpi_verdicts of a night beside what the judge says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa

from tests.end_to_end.oracle.judge import NONE, Key, Verdict
from tests.end_to_end.oracle.periods import Period
from tests.end_to_end.oracle.register import HIGHEST, LOWEST

EXACTLY = 1e-6
"""Relative."""
_SEGMENT = ("brand", "country", "channel", "keyword")


def differences(table: pa.Table, judged: dict[Key, Verdict], first: date) -> list[str]:
    """Every verdict that is not the judge's, or is not there: which, what was found, and what it should be.

    Of the periods that began on `first` or later: what a look-back brings of older ones is not the judge's to say.
    """
    told = (row for row in table.to_pylist() if all(row[name] == "all" for name in _SEGMENT))
    rows = {_key(row): row for row in told if row["period_start"] >= first}
    wanted = {key: verdict for key, verdict in judged.items() if verdict.reason not in ("no_target", "not_connected")}
    missing = [
        f"{key} is not there: {verdict.reason or verdict.verdict}" for key, verdict in wanted.items() if key not in rows
    ]
    extra = [f"{key} is {row['verdict']}" for key, row in rows.items() if key not in judged and row["verdict"] != NONE]
    return (
        missing
        + extra
        + [text for key in rows.keys() & judged.keys() for text in _different(key, rows[key], judged[key])]
    )


def _key(row: dict[str, Any]) -> Key:
    return Key(row["kpi_id"], Period(row["grain"], row["period_start"]))


def _different(key: Key, row: dict[str, Any], verdict: Verdict) -> Iterator[str]:
    for name, should in _should_be(verdict).items():
        if not _same(row[name], should):
            which = f"{key.kpi} {key.period.grain} {key.period.start}"
            yield f"{which}: {name} is {row[name]}, not {should} ({verdict.reason or verdict.verdict})"


def _should_be(verdict: Verdict) -> dict[str, Any]:
    """The columns of kpi_verdicts that docs/verdicts.md decides; figures only of what is judged."""
    figure = verdict.figure
    said = {
        "verdict": verdict.verdict,
        "reason_code": verdict.reason,
        "period_end": figure.period.end,
        "period_state": "in_progress" if figure.in_progress else "complete",
        "days_elapsed": figure.days_elapsed,
    }
    if verdict.before_guardrail == NONE:
        return said
    share = figure.share or 0.0
    return said | {
        "verdict_before_guardrail": verdict.before_guardrail,
        "guardrail_state": verdict.guardrail,
        "actual": figure.value,
        "sample": figure.sample,
        "target_low": None if verdict.low == LOWEST else verdict.low,
        "target_high": None if verdict.high == HIGHEST else verdict.high,
        "low_so_far": None if verdict.low == LOWEST else verdict.low * share,
        "high_so_far": None if verdict.high == HIGHEST else verdict.high * share,
        "interval_low": figure.interval[0] if figure.interval else None,
        "interval_high": figure.interval[1] if figure.interval and figure.interval[1] < HIGHEST else None,
        **({"share": share, "forecast": figure.pace.forecast} if figure.pace else {}),
    }


def _same(found: Any, should: Any) -> bool:
    if isinstance(should, float) and isinstance(found, int | float):
        return abs(float(found) - should) <= EXACTLY * max(abs(should), 1e-3)
    return bool(found == should)


def history_differences(table: pa.Table, judged: dict[date, dict[Key, Verdict]], first: date) -> list[str]:
    """Every whole period whose verdicts, with the night that knew each first, are not those that the judge gave."""
    told = (row for row in table.to_pylist() if all(row[name] == "all" for name in _SEGMENT))
    found: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for row in sorted(told, key=lambda row: row["version"]):
        if row["period_start"] >= first:
            found[_key(row)].append(row)
    should = {key: versions for key, versions in _versions(judged).items() if versions[0][1].reason != "no_target"}
    return [
        f"{key}: {_shown(found[key])}, not {[(night, v.verdict, v.figure.value) for night, v in versions]}"
        for key, versions in should.items()
        if not _same_versions(found[key], versions)
    ]


def _versions(judged: dict[date, dict[Key, Verdict]]) -> dict[Key, list[tuple[date, Verdict]]]:
    """By whole period the verdicts that differ from the one before, in verdict or in figure."""
    found: dict[Key, list[tuple[date, Verdict]]] = defaultdict(list)
    for night in sorted(judged):
        for key, verdict in judged[night].items():
            known = found[key]
            if not verdict.figure.in_progress and (not known or _changed(known[-1][1], verdict)):
                known.append((night, verdict))
    return {key: versions for key, versions in found.items() if versions}


def _changed(before: Verdict, after: Verdict) -> bool:
    return before.verdict != after.verdict or not _same(before.figure.value, after.figure.value)


def _same_versions(rows: list[dict[str, Any]], versions: list[tuple[date, Verdict]]) -> bool:
    return len(rows) == len(versions) and all(
        (row["known_from"], row["verdict"]) == (night, verdict.verdict) and _same(row["actual"], verdict.figure.value)
        for row, (night, verdict) in zip(rows, versions, strict=True)
    )


def _shown(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [(row["known_from"], row["verdict"], row["actual"]) for row in rows]
