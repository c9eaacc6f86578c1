"""`kompas backtest`: the kept nights judged again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from pipelines import backtest, register
from pipelines.cli import main
from pipelines.kpi import Direction, Kpi
from pipelines.settings import Settings

END = date(2026, 3, 31)
CPA = Kpi.model_validate(
    {
        "id": "cpa",
        "name": {"nl": "CPA", "en": "CPA"},
        "definition": {"nl": "CPA", "en": "CPA"},
        "numerator": "ad_spend",
        "denominator": "new_customers",
        "unit": "EUR",
        "direction": "lower",
        "targets": [{"from": "2026-01-01", "target": "€ 20"}],
    }
)


def night(days_before_end: int, actual: float, verdict: str = "off_target", **other: Any) -> dict[str, Any]:
    """A night of March, against a target of 20 at most, with a tolerance of 5 %."""
    told = {"kpi_id": "cpa", "brand": "all", "country": "all", "channel": "all", "keyword": "all", "grain": "month"}
    dates = {"period_start": date(2026, 3, 1), "period_end": END, "run_day": END - timedelta(days=days_before_end)}
    bounds = {"target_high": 20.0, "high_so_far": 20.0, "share": 1.0, "tolerance": 0.05}
    return told | dates | bounds | {"actual": actual, "verdict": verdict} | other


def table(*nights: dict[str, Any]) -> pa.Table:
    return pa.Table.from_pylist(list(nights), schema=register.VERDICTS)


def told(*nights: dict[str, Any], tolerance: float | None = None, target: float | None = None) -> list[str]:
    return [row["verdict"] for row in backtest.rejudged(table(*nights), CPA, tolerance, target)]


@pytest.mark.parametrize(
    ("tolerance", "verdict"), [(None, "off_target"), (0.1, "at_risk"), (0.05, "off_target"), (0.2, "at_risk")]
)
def test_another_tolerance_gives_another_verdict(tolerance: float | None, verdict: str) -> None:
    assert told(night(5, 22), tolerance=tolerance) == [verdict]


def test_another_target_gives_another_verdict() -> None:
    assert told(night(5, 22), target=22) == ["on_target"]


def test_what_had_no_verdict_has_none() -> None:
    assert told(night(5, 22, "no_verdict", reason_code="missing"), tolerance=0.9) == ["no_verdict"]


def test_what_the_guardrail_broke_stays_broken() -> None:
    broken = night(5, 19, "at_risk", reason_code="guardrail", guardrail_state="broken")
    assert told(broken, tolerance=0.5) == ["at_risk"]


def test_a_night_from_before_its_bounds_were_kept_is_left_out() -> None:
    assert told(night(5, 22, high_so_far=None)) == []


def outcome(*verdicts: str, final: str) -> backtest.Outcome:
    nights = [night(len(verdicts) - number, 22, verdict) for number, verdict in enumerate(verdicts)]
    return backtest.outcome(nights, [night(0, 22, final)])


@pytest.mark.parametrize(
    ("verdicts", "alerts"),
    [
        (["on_target", "on_target"], 0),
        (["no_verdict", "no_verdict"], 0),
        (["off_target", "off_target"], 1),
        (["at_risk", "off_target", "on_target"], 3),
        (["off_target", "no_verdict", "off_target"], 1),
    ],
)
def test_an_alert_is_a_change_of_verdict(verdicts: list[str], alerts: int) -> None:
    assert outcome(*verdicts, final="off_target").alerts == alerts


@pytest.mark.parametrize(
    ("verdicts", "final", "false"),
    [
        (["off_target"], "on_target", 1),
        (["off_target"], "off_target", 0),
        (["at_risk"], "on_target", 0),
        (["off_target", "on_target"], "off_target", 1),
        (["off_target"], "no_verdict", 0),
    ],
)
def test_a_false_alert_said_the_opposite_of_the_end(verdicts: list[str], final: str, false: int) -> None:
    assert outcome(*verdicts, final=final).false_alerts == false


def test_detection_counts_from_the_first_night_that_said_so() -> None:
    found = outcome("on_target", "off_target", "on_target", "off_target", final="off_target")
    assert (found.days_ahead, found.told_in_time, found.median_days_ahead) == ((3,), 1, 3)


def test_a_miss_that_nobody_told_before_its_end_is_late() -> None:
    found = outcome("on_target", final="off_target")
    assert (found.days_ahead, found.told_in_time, found.median_days_ahead) == ((None,), 0, None)


def test_a_range_takes_no_single_target() -> None:
    kpi = CPA.model_copy(update={"direction": Direction.RANGE})
    with pytest.raises(ValueError, match="has a range"):
        backtest.rejudged(table(night(5, 22)), kpi, target=20)


# Over the tables of a whole shop


def asked(shop: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(shop.folder / "kompas.yaml"), "backtest", *words])


def test_a_few_tolerances_stand_beside_what_was_told(shop: Settings) -> None:
    lines = asked(shop, "cpa").output
    assert "zoals verteld" in lines
    assert "5,00% (nu)" in lines


def test_a_tolerance_beyond_the_miss_sends_no_false_alarm(shop: Settings) -> None:
    (line,) = (line for line in asked(shop, "cpa", "--tolerance", "90 %").output.splitlines() if "90,00%" in line)
    assert line.split()[-2:] == ["0", "–"]


def test_nights_before_the_first_are_the_ends_of_whole_periods(shop: Settings) -> None:
    nights, now = backtest.nights_of(shop, shop.kpi("cpa"))
    days = {row["run_day"] for row in nights.to_pylist()}
    assert {date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 2)} <= days
    assert now.num_rows == 3


def test_a_target_in_another_unit_is_refused(shop: Settings) -> None:
    done = asked(shop, "cpa", "--target", "3 %")
    assert done.exit_code == 1
    assert "cpa is in EUR" in done.output
