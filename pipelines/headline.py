"""Which period speaks for a KPI: the newest one that does not merely wait for its time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.register import SEGMENT

Row = dict[str, Any]
WAITING = frozenset({"too_early", "immature", "unfinished", "no_profile"})
"""Reasons that the calendar cures: until then the period before speaks. Missing data is not among them: a verdict of
last month must not stand in for a month whose data did not come."""
LATER = frozenset({"too_few"})
"""What more days may cure while the period lasts."""
NOT_WHOLE = frozenset({"missing", "quota", "provisional", "flagged", "not_additive", "not_connected"})
"""Reasons that make a figure itself less than the truth."""


def headline(rows: Sequence[Row], grain: str) -> Row:
    """The row that speaks for a KPI and segment, out of all its periods; of its own grain where there is one.

    Raises ValueError without a row.
    """
    own = [row for row in rows if row["grain"] == grain] or rows
    return max(own, key=lambda row: (not _waits(row), row["period_start"]))


def _waits(row: Row) -> bool:
    code = row["reason_code"]
    return row["verdict"] == "no_verdict" and (
        code in WAITING or (code in LATER and row["period_state"] == "in_progress")
    )


def is_whole(row: Row) -> bool:
    """Whether the figure rests on all of its data."""
    return row["reason_code"] not in NOT_WHOLE


def segment_key(row: Row) -> tuple[str, ...]:
    """What a card is about: a KPI and the segment of its target."""
    return (row["kpi_id"], *(row[part] for part in SEGMENT))
