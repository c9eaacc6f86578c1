"""Every platform breaks in another way in one night: all is told, and nothing that was published is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import pytest

from sandbox.faults import Answer as Scripted
from tests.conftest import HISTORY_FROM, NIGHT, FirstNight, Seen, seen, world_after
from tests.end_to_end.the_truth import KPIS, OF_OTHER_TOOLS, periods
from tests.faults.one_platform import ROWS
from tests.faults.spoiled import Rows, always, in_rows, repeating, spoiling
from tests.house import House, figure, of
from tests.http_server import Answer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
BROKEN = NIGHT + timedelta(days=1)
NO_TOKENS = "Exhausted property tokens per day. These quota tokens will return in less than 24 hours."
GA4_QUOTA = Scripted(429, {"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": NO_TOKENS}})


def cut(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def more(document: dict[str, Any]) -> None:
    document["total_items"] = 10_000


SPOILED = {
    "google_ads": in_rows(ROWS["google_ads"], lambda row: row.update(clicks="many")),
    "search_console": always(
        Rows("searchAnalytics", "clicks"), Answer(403, {"error": {"errors": [{"reason": "quotaExceeded"}]}})
    ),
    "meta_ads": always(ROWS["meta_ads"], Answer(200, {"error": {"message": "Token expired", "code": 190}})),
    "mailchimp": repeating(ROWS["mailchimp"], more),
    "ecb": always(ROWS["ecb"], cut),
}
TOLD = {
    "ga4": "ga4 duurzamemode.nl",
    "google_ads": "rows do not fit",
    "search_console": "search_console duurzamemode.nl site_day",
    "meta_ads": "meta_ads Meta campaign_day",
    "mailchimp": "mailchimp nieuwsbrief campaign_report",
    "shopify": "shopify Webshop",
    "ecb": "the ECB's answer is not its CSV",
}


@pytest.fixture(scope="module")
def broken(first_night: FirstNight, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Seen]]:
    folder = tmp_path_factory.mktemp("faults")
    with first_night.moved(folder, world_after(BROKEN)) as house, ExitStack() as proxies:
        told = house.plain()
        for name, spoil in SPOILED.items():
            server = proxies.enter_context(spoiling(house.sandbox.url(name), spoil))
            told["platforms"][name]["base_url"] = server.url
        (folder / "wrong").write_text("not-the-secret")
        told["platforms"]["shopify"]["client_secret"] = "file:wrong"
        house.write(told)
        house.faults.script("ga4", [GA4_QUOTA] * 1_000)
        yield house, seen(house, house.kompas("run", "--date", BROKEN.isoformat()))


@pytest.fixture(scope="module")
def after(broken: tuple[House, Seen]) -> Seen:
    return broken[1]


def test_the_command_does_not_succeed(after: Seen) -> None:
    assert after.done.code != 0


@pytest.mark.parametrize("platform", TOLD)
def test_the_output_names_every_broken_platform(after: Seen, platform: str) -> None:
    assert f"✗ {platform}" in after.done.output.splitlines()
    assert TOLD[platform] in after.done.words


def test_no_bug_of_ours_is_reported(after: Seen) -> None:
    assert "bug of Kompas" not in after.done.words
    assert "Traceback" not in after.done.words


def test_no_secret_is_shown(after: Seen) -> None:
    assert "not-the-secret" not in after.done.output


def test_every_day_that_was_in_the_lake_is_there_as_it_was(first_night: FirstNight, after: Seen) -> None:
    changed = {name for name, digest in first_night.seen.files.items() if after.files[name] != digest}
    # The platforms and streams that no fault met are pulled as ever, and so are the files.
    told = {name.split("/")[1] for name in changed if name.split("/")[0] in TOLD}
    assert told <= {"conversion_action_day", "list_activity"}


def test_the_warehouse_is_published_with_the_new_night(after: Seen) -> None:
    assert set(of(after.tables["kpi.kpi_scorecard"], period_state="in_progress")[0]) >= {"verdict", "reason"}
    assert max(after.tables["kpi.kpi_scorecard"]["through_day"].to_pylist()) == BROKEN


@pytest.mark.parametrize("kpi", sorted(set(KPIS) - set(OF_OTHER_TOOLS)))
def test_the_periods_that_were_whole_are_published_as_before(first_night: FirstNight, after: Seen, kpi: str) -> None:
    whole = [period for period in periods(HISTORY_FROM, NIGHT) if period.through < NIGHT]
    for period in whole:
        before = figure(first_night.seen.tables, kpi, period.grain, period.start)
        assert figure(after.tables, kpi, period.grain, period.start) == pytest.approx(before, rel=1e-9), period


@pytest.mark.parametrize("kpi", sorted(set(KPIS) - set(OF_OTHER_TOOLS)))
def test_no_period_in_progress_is_judged(after: Seen, kpi: str) -> None:
    rows = of(after.tables["kpi.kpi_scorecard"], kpi_id=kpi, period_state="in_progress")
    assert rows
    assert {row["verdict"] for row in rows} == {"no_verdict"}
    assert all(row["reason"] for row in rows)
