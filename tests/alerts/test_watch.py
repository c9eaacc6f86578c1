"""`kompas watch`: the night that is due, the alarm, and its exit code."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from pipelines.alerts.causes import StepFailure
from pipelines.alerts.settings import due_day
from pipelines.alerts.watch import Seen, watch
from pipelines.cli import main
from tests.alerts.company import FIRST, Company, document, verdict
from tests.house import closed_port
from tests.http_server import Answer, Server, serving
from tests.spaces import plain

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.fixture
def company(tmp_path: Path, server: Server) -> Company:
    return Company(
        tmp_path, [{"name": "alles", "url": f"{server.url}/alles"}, {"name": "ads", "url": "x", "owners": ["ads"]}]
    )


def at(day: date, hour: int, minute: int = 5) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=AMSTERDAM)


def seen(company: Company, now: datetime) -> Seen:
    return watch(company.settings, now, pause_s=0)


@pytest.mark.parametrize(
    ("at_", "by", "now", "day"),
    [
        ("05:10", "09:00", datetime(2026, 11, 12, 9, 0, tzinfo=AMSTERDAM), date(2026, 11, 11)),
        ("05:10", "09:00", datetime(2026, 11, 12, 8, 59, tzinfo=AMSTERDAM), date(2026, 11, 10)),
        ("23:45", "09:00", datetime(2026, 11, 12, 9, 0, tzinfo=AMSTERDAM), date(2026, 11, 10)),
        ("23:45", "09:00", datetime(2026, 11, 12, 8, 59, tzinfo=AMSTERDAM), date(2026, 11, 9)),
        ("05:10", "09:00", datetime(2026, 11, 12, 8, 30, tzinfo=ZoneInfo("UTC")), date(2026, 11, 11)),
    ],
)
def test_the_night_that_is_due(tmp_path: Path, at_: str, by: str, now: datetime, day: date) -> None:
    company = Company(tmp_path, [{"name": "alles", "url": "x"}], night_by=by)
    company.write(
        document() | {"night": {"at": at_}, "alerts": {"channels": [{"name": "a", "url": "env:A"}], "night_by": by}}
    )
    assert due_day(company.settings, now) == day


def test_a_night_that_ended_is_well(company: Company, server: Server) -> None:
    company.judge(FIRST, verdict("cpa", "off_target"))
    assert seen(company, at(date(2026, 11, 11), 9)).is_well
    assert server.requests == []


def test_a_night_that_stays_out_is_told_once(company: Company, server: Server) -> None:
    company.judge(FIRST, verdict("cpa", "off_target"))
    now = at(date(2026, 11, 12), 9)
    first, second = seen(company, now), seen(company, now)
    assert (first.is_well, second.is_well) == (False, False)
    (request,) = server.requests
    assert (request.path, request.json["type"]) == ("/alles", "failure")
    assert (
        "De nacht van 11 november 2026 is om 09:00 nog niet afgelopen. De cijfers zijn die van 10 november 2026."
        in (plain(request.json["message"]))
    )


def test_another_night_that_stays_out_is_told_again(company: Company, server: Server) -> None:
    for day in (12, 13):
        seen(company, at(date(2026, 11, day), 9))
    assert len(server.requests) == 2


def test_a_lake_without_any_night_is_an_alarm(company: Company, server: Server) -> None:
    assert not seen(company, at(date(2026, 11, 12), 9)).is_well
    assert "nog nooit een nacht" in server.requests[0].json["message"]


def test_a_night_that_said_itself_that_it_failed_is_not_told_again(company: Company, server: Server) -> None:
    company.post(FIRST, StepFailure("dbt_build", "a key stands twice"))
    sent = len(server.requests)
    assert not seen(company, at(date(2026, 11, 11), 9)).is_well
    assert len(server.requests) == sent


def test_an_alarm_that_was_not_delivered_is_tried_at_the_next_look(tmp_path: Path) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "alles", "url": f"http://127.0.0.1:{port}/x"}])
        assert "alles: " in seen(company, at(FIRST, 9)).lines[1]
    with serving(lambda request: Answer(200)) as server:
        (tmp_path / "0.url").write_text(server.url, encoding="utf-8")
        assert seen(company, at(FIRST, 9)).lines[1] == "alles is told"
    assert len(server.requests) == 1


def test_a_lake_that_cannot_be_read_is_an_alarm(company: Company, server: Server, tmp_path: Path) -> None:
    told = document() | {"paths": {"lake": "nosuchstore://bucket/lake"}}
    company.write(told | {"alerts": {"channels": [{"name": "alles", "url": "file:0.url"}]}})
    assert not seen(company, at(FIRST, 9)).is_well
    assert "niet te zien" in server.requests[0].json["message"]


def test_the_exit_code_says_it(company: Company) -> None:
    done = CliRunner().invoke(main, ["--settings", str(company.file), "watch"])
    assert done.exit_code == 1
    assert "has not ended" in done.output
    company.judge(date(2999, 1, 1), verdict("cpa", "off_target"))
    assert CliRunner().invoke(main, ["--settings", str(company.file), "watch"]).exit_code == 0
