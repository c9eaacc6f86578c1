"""The mailings of other tools: what a row is, how it grows, and that the past stays as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sandbox.company import World
from sandbox.company.mail_programmes import BREVO_NL, KLAVIYO_NL

NOW = datetime(2026, 11, 5, 4, 0, tzinfo=UTC)
FIRST = date(2026, 9, 1)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, scale=0.5, first_day=FIRST, now=NOW)


def rows(world: World, table: str = "mailings", **where: Any) -> list[dict[str, Any]]:
    found = world.arrow(f"SELECT * FROM {table} ORDER BY ALL").to_pylist()
    return [row for row in found if all(row[name] == value for name, value in where.items())]


def of_account(world: World, mailer: Any, **where: Any) -> list[dict[str, Any]]:
    return rows(world, tool=mailer.tool, account_id=mailer.account_id, **where)


def test_a_row_has_a_key(world: World) -> None:
    keys = [(row["tool"], row["account_id"], row["mailing_id"]) for row in rows(world)]
    assert len(set(keys)) == len(keys)


def test_a_campaign_goes_out_on_its_weekday(world: World) -> None:
    sent = of_account(world, BREVO_NL)
    assert {row["date"].weekday() for row in sent} == {3}
    assert {(later["date"] - row["date"]).days for row, later in pairwise(sent)} == {14}


def test_a_flow_mails_every_day_and_is_known_when_the_day_is_over(world: World) -> None:
    flow = of_account(world, KLAVIYO_NL, kind="flow", subject="Bedankt voor je bestelling")
    assert [row["date"] for row in flow] == [FIRST + timedelta(days=n) for n in range(66)]
    [summer] = [row for row in flow if row["date"] == date(2026, 10, 24)]
    [winter] = [row for row in flow if row["date"] == date(2026, 10, 25)]
    assert (summer["known_at"], winter["known_at"]) == (datetime(2026, 10, 24, 22), datetime(2026, 10, 25, 23))


def test_nobody_opens_what_did_not_arrive(world: World) -> None:
    whole = world.arrow(
        """SELECT m.mailing_id, any_value(recipients - hard_bounces - soft_bounces) AS delivered,
            sum(unique_opens + machine_opens) AS opens, sum(unique_clicks) AS clicks, sum(d.orders) AS orders
        FROM mailings AS m JOIN mailing_deltas AS d USING (tool, account_id, mailing_id) GROUP BY 1"""
    ).to_pylist()
    assert all(row["delivered"] >= row["opens"] >= row["clicks"] >= row["orders"] >= 0 for row in whole)
    assert sum(row["orders"] for row in whole) > 0


def test_revenue_comes_with_its_orders(world: World) -> None:
    without = world.query(
        "SELECT count(*) FROM mailing_deltas WHERE (orders = 0) <> (revenue = 0) AND tool = 'klaviyo'"
    )
    assert without == [(0,)]


def test_machines_are_told_apart_by_brevo_only(world: World) -> None:
    sums = dict(world.query("SELECT tool, sum(machine_opens) FROM mailing_deltas GROUP BY 1"))
    assert sums["klaviyo"] == 0 < sums["brevo"]


def test_moving_now_only_adds() -> None:
    earlier, later = (World(seed=3, scale=0.5, first_day=FIRST, now=NOW - timedelta(days=n)) for n in (9, 0))
    for table in ("mailings", "mailing_deltas"):
        whole = [str(row) for row in rows(later, table)]
        assert set(map(str, rows(earlier, table))) < set(whole)
