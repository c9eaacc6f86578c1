"""`kompas verdicts`: what was known on a day, and what replaced it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result

from pipelines import kept_verdicts as kept
from pipelines.cli import main
from pipelines.lake import Lake
from pipelines.settings import Settings
from tests.explain.company import NIGHT
from tests.spaces import plain


def asked(shop: Settings, *words: str) -> Result:
    return CliRunner().invoke(main, ["--settings", str(shop.folder / "kompas.yaml"), "verdicts", *words])


def lake(shop: Settings) -> Lake:
    return Lake.at(shop.lake_url)


@pytest.mark.parametrize(
    ("day", "night"),
    [
        (None, NIGHT),
        (date(2027, 1, 1), NIGHT),
        (NIGHT - timedelta(days=1), date(2026, 4, 2)),
        (date(2026, 4, 2), date(2026, 4, 2)),
    ],
)
def test_the_newest_night_until_a_day_is_meant(shop: Settings, day: date | None, night: date) -> None:
    assert kept.newest_until(lake(shop), day) == night


def test_a_day_before_the_first_night_is_unknown(shop: Settings) -> None:
    done = asked(shop, "--as-of", "2026-04-01")
    assert done.exit_code == 1
    assert "its first night is 2026-04-02" in done.output


def test_a_lake_without_a_night_says_what_to_do(tmp_path: object) -> None:
    with pytest.raises(LookupError, match="run `kompas run` first"):
        kept.newest_until(Lake.at(str(tmp_path)))


def test_the_verdict_is_the_one_of_that_night(shop: Settings) -> None:
    then = {
        (row["kpi_id"], row["grain"], row["period_start"]): row for row in kept.of_night(lake(shop), date(2026, 4, 2))
    }
    assert then["cpa", "month", date(2026, 3, 1)]["verdict"] == "at_risk"


def test_what_replaced_it_is_told_from_the_night_on_which_it_did(shop: Settings) -> None:
    assert "Herzien" not in asked(shop, "--as-of", "2026-04-02").output
    line = next(line for line in plain(asked(shop).output).splitlines() if line.startswith("Herzien"))
    assert "2026-03: 2026-04-02 risico (€ 25,97) → 2026-04-12 niet gehaald (€ 25,97)" in line


def test_only_the_kpis_that_are_named_are_shown(shop: Settings) -> None:
    told = asked(shop, "--kpi", "csat").output
    assert "CSAT" in told
    assert "CPA" not in told


def test_nights_from_before_a_column_existed_can_still_be_read(tmp_path: object) -> None:
    import pyarrow as pa

    old = pa.table({"run_day": [NIGHT], "kpi_id": ["cpa"], "brand": ["all"], "channel": ["all"]})
    assert kept.segmented(old).to_pylist()[0]["keyword"] == "all"
