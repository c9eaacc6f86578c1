"""Which period speaks for a KPI."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipelines.headline import headline

OCTOBER: dict[str, Any] = {
    "grain": "month",
    "period_start": date(2026, 10, 1),
    "period_state": "complete",
    "verdict": "on_target",
    "reason_code": None,
}
NOVEMBER = OCTOBER | {"period_start": date(2026, 11, 1), "period_state": "in_progress"}


def unjudged(code: str, row: dict[str, Any] = NOVEMBER) -> dict[str, Any]:
    return row | {"verdict": "no_verdict", "reason_code": code}


def test_the_newest_period_speaks() -> None:
    assert headline([OCTOBER, NOVEMBER], "month") == NOVEMBER


@pytest.mark.parametrize("code", ["too_early", "immature", "unfinished", "no_profile", "too_few"])
def test_one_that_waits_for_its_time_lets_the_one_before_speak(code: str) -> None:
    assert headline([OCTOBER, unjudged(code)], "month") == OCTOBER


@pytest.mark.parametrize("code", ["missing", "quota", "provisional", "flagged", "not_connected", "no_value", "no_base"])
def test_an_old_verdict_never_stands_in_for_data_that_did_not_come(code: str) -> None:
    assert headline([OCTOBER, unjudged(code)], "month") == unjudged(code)


def test_too_few_in_a_whole_period_stays_too_few() -> None:
    few = unjudged("too_few", OCTOBER)
    assert headline([few, unjudged("too_early")], "month") == few


def test_where_all_wait_the_newest_speaks() -> None:
    assert headline([unjudged("immature", OCTOBER), unjudged("immature")], "month") == unjudged("immature")


def test_the_kpi_s_own_grain_comes_first() -> None:
    week = NOVEMBER | {"grain": "week", "period_start": date(2026, 11, 23)}
    assert headline([OCTOBER, week], "month") == OCTOBER
    assert headline([week], "month") == week
