"""The rows of kpi_verdicts of a night beside what the judge says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from tests.end_to_end.oracle.judge import NONE, Key, Verdict
from tests.end_to_end.oracle.periods import Period
from tests.end_to_end.oracle.register import HIGHEST, LOWEST

EXACTLY = 1e-6
"""Relative."""
_SEGMENT = ("brand", "country", "channel", "keyword")


def differences(table: pa.Table, judged: dict[Key, Verdict]) -> list[str]:
    """Every verdict that is not the judge's, or is not there: which, what was found, and what it should be."""
    rows = {_key(row): row for row in table.to_pylist() if all(row[name] == "all" for name in _SEGMENT)}
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
        "interval_high": figure.interval[1] if figure.interval else None,
        **({"share": share, "forecast": figure.pace.forecast} if figure.pace else {}),
    }


def _same(found: Any, should: Any) -> bool:
    if isinstance(should, float) and found is not None:
        return abs(float(found) - should) <= EXACTLY * max(abs(should), 1e-3)
    return bool(found == should)
