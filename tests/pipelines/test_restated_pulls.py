"""Nights that follow what a platform restates end where one pull of all days, on the last night, would: whatever moved,
and whichever nights failed or did not run."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.errors import QuotaError
from pipelines.ingest import pull_night
from pipelines.lake import Lake
from tests.pipelines.acme import SPEND, Acme, Source, night

FIRST = date(2026, 11, 1)
AGES = SPEND.look_back_days
"""A day's figure may move until it is this old, in days; the night pulls it again as often."""
NIGHTS = 9
few = settings(max_examples=15, deadline=None)


class Story(NamedTuple):
    """What the platform says of each day at each of its ages, and how each night went: `ran`, `failed` or `no run`."""

    told: list[list[int]]
    nights: list[str]


stories = st.builds(
    Story,
    st.lists(st.lists(st.integers(0, 5), min_size=AGES, max_size=AGES), min_size=NIGHTS, max_size=NIGHTS),
    st.lists(st.sampled_from(["ran", "ran", "failed", "no run"]), min_size=NIGHTS - 1, max_size=NIGHTS - 1).map(
        lambda nights: [*nights, "ran"]
    ),
)


def on(number: int) -> date:
    return FIRST + timedelta(days=number)


def platform(story: Story, number: int) -> Source:
    """The platform as it is on a night."""

    def figure(day: date) -> int:
        place = (day - FIRST).days
        return story.told[place][min(number - place, AGES - 1)] if place >= 0 else 0

    return lambda account, window, load: [{"date": day, "spend": figure(day)} for day in window.days]


def out_of_quota(*_: object) -> list[dict[str, object]]:
    raise QuotaError("too fast")


def pull(lake: Lake, source: Source, number: int) -> None:
    list(pull_night(Acme(["a"], spend=source), [SPEND], night(on(number), history_days=NIGHTS), lake))


@contextmanager
def lakes() -> Iterator[tuple[Lake, Lake]]:
    with tempfile.TemporaryDirectory() as folder:
        yield Lake.at(str(Path(folder) / "nightly")), Lake.at(str(Path(folder) / "at once"))


def filled(lake: Lake, story: Story) -> None:
    for number, went in enumerate(story.nights):
        if went != "no run":
            pull(lake, platform(story, number) if went == "ran" else out_of_quota, number)


def spend(lake: Lake) -> dict[date, int]:
    days = [on(number) for number in range(NIGHTS)]
    tables = {day: lake.read("acme", "spend", day) for day in days}
    return {day: row["spend"] for day, table in tables.items() if table for row in table.to_pylist()}


@given(stories)
@few
def test_the_lake_ends_as_one_full_pull_would_fill_it(story: Story) -> None:
    with lakes() as (nightly, at_once):
        filled(nightly, story)
        pull(at_once, platform(story, NIGHTS - 1), NIGHTS - 1)
        assert spend(nightly) == spend(at_once)
        assert len(spend(nightly)) == NIGHTS


@given(stories)
@few
def test_the_ledger_of_restatements_leads_to_the_figure_of_the_lake(story: Story) -> None:
    with lakes() as (nightly, _):
        filled(nightly, story)
        chains = restatements(nightly)
        for day, chain in chains.items():
            assert chain[-1]["new_value"] == spend(nightly)[day]
            assert [row["old_value"] for row in chain[1:]] == [row["new_value"] for row in chain[:-1]]


def restatements(lake: Lake) -> dict[date, list[dict[str, float]]]:
    """The changes of each day, oldest first."""
    table = lake.table("restatements")
    chains: dict[date, list[dict[str, float]]] = {}
    for row in sorted(table.to_pylist() if table else [], key=lambda row: row["run_day"]):
        chains.setdefault(row["day"], []).append(row)
    return chains
