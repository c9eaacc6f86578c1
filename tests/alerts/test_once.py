"""Crashes, restarts, broken channels: nothing is lost, and nothing comes twice but what may have been lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.alerts import known
from pipelines.alerts.post import ALREADY
from pipelines.lock import BusyError, hold
from tests.alerts.company import FIRST, Company, verdict
from tests.house import closed_port, environment
from tests.http_server import Answer, Handler, Request, Server, serving
from tests.spaces import plain

SECOND = FIRST + timedelta(days=1)
SEND = """\
import sys
from datetime import date
from pathlib import Path
from pipelines import settings
from pipelines.alerts import post
print("ready", flush=True)
sys.stdin.readline()
print(*post.post(settings.read(Path(sys.argv[1])), date.fromisoformat(sys.argv[2]), pause_s=0))
"""


class Killer:
    """A receiver that takes the first message, and kills who sent it before it can hear that."""

    def __init__(self) -> None:
        self.victim: subprocess.Popen[str] | None = None

    def __call__(self, request: Request) -> Answer:
        if self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
            self.victim.wait()
            self.victim = None
        return Answer(200)


@pytest.fixture
def killer() -> Killer:
    return Killer()


def company_of(folder: Path, server: Server) -> Company:
    return Company(folder, [{"name": "alles", "url": f"{server.url}/alles"}])


def killed(company: Company, killer: Killer) -> int:
    """The exit code of a process that sends the first night's digest, and is killed while it does."""
    process = subprocess.Popen(
        [sys.executable, "-c", SEND, str(company.file), FIRST.isoformat()],
        cwd=Path(__file__).parents[2],
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    killer.victim = process
    process.communicate("go\n", timeout=120)
    return process.returncode


@pytest.mark.parametrize("days", [0, 1], ids=["same night", "next night"])
def test_a_kill_between_sending_and_noting_sends_once_more_with_a_remark(
    tmp_path: Path, killer: Killer, days: int
) -> None:
    with serving(killer) as server:
        company = company_of(tmp_path, server)
        company.judge(FIRST, verdict("cpa", "off_target"))
        assert killed(company, killer) == -signal.SIGKILL
        for night in (FIRST + timedelta(days=days), FIRST + timedelta(days=days)):
            company.night(night, verdict("cpa", "off_target"))
    first, second = server.requests
    assert "misschien al eens bezorgd" not in first.json["message"]
    assert "misschien al eens bezorgd" in second.json["message"]
    assert [change["kpi_id"] for change in second.json["digest"]["changes"]] == ["cpa"]


def test_what_is_sent_is_noted_before_it_leaves(tmp_path: Path, killer: Killer) -> None:
    with serving(killer) as server:
        company = company_of(tmp_path, server)
        company.judge(FIRST, verdict("cpa", "off_target"))
        killed(company, killer)
    entry = known.entry(company.lake, "alles", FIRST)
    assert entry is not None
    assert entry.state == known.SENDING


def broken(status: int) -> Handler:
    return lambda request: Answer(status if request.path == "/stuk" else 200)


@pytest.fixture
def half_broken() -> Iterator[Server]:
    with serving(broken(500)) as made:
        yield made


@pytest.fixture
def two(tmp_path: Path, half_broken: Server) -> Company:
    names = ("stuk", "heel")
    return Company(tmp_path, [{"name": name, "url": f"{half_broken.url}/{name}"} for name in names])


def test_one_broken_channel_does_not_stop_the_others(two: Company, half_broken: Server) -> None:
    told = two.night(FIRST, verdict("cpa", "off_target"))
    assert [(one.channel, one.state) for one in told] == [("stuk", known.FAILED), ("heel", known.SENT)]
    assert [request.path for request in half_broken.requests] == ["/stuk"] * 3 + ["/heel"]


def test_a_failure_names_channel_and_answer(two: Company) -> None:
    problem = two.night(FIRST, verdict("cpa", "off_target"))[0].problem
    assert problem.startswith("stuk: ")
    assert "500" in problem


def test_what_was_not_delivered_is_told_the_next_night_and_only_there(tmp_path: Path) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "alles", "url": f"http://127.0.0.1:{port}/x"}])
        (failed,) = company.night(FIRST, verdict("cpa", "off_target"))
    with serving(lambda request: Answer(200)) as server:
        (tmp_path / "0.url").write_text(server.url, encoding="utf-8")
        (sent,) = company.night(SECOND, verdict("cpa", "off_target"), verdict("cpc", "at_risk"))
    assert (failed.state, sent.state) == (known.FAILED, known.SENT)
    assert [change["kpi_id"] for change in server.requests[0].json["digest"]["changes"]] == ["cpa", "cpc"]
    assert "misschien al eens bezorgd" not in plain(server.requests[0].json["message"])


def test_a_night_that_could_not_be_told_can_be_told_again_that_day(tmp_path: Path) -> None:
    with closed_port() as port:
        company = Company(tmp_path, [{"name": "alles", "url": f"http://127.0.0.1:{port}/x"}])
        company.night(FIRST, verdict("cpa", "off_target"))
    with serving(lambda request: Answer(200)) as server:
        (tmp_path / "0.url").write_text(server.url, encoding="utf-8")
        states = [company.post(FIRST)[0].state for _ in range(2)]
    assert states == [known.SENT, ALREADY]


def test_a_secret_that_is_not_set_fails_its_channel_alone(two: Company, half_broken: Server, tmp_path: Path) -> None:
    (tmp_path / "0.url").unlink()
    told = two.night(FIRST, verdict("cpa", "off_target"))
    assert [one.state for one in told] == [known.FAILED, known.SENT]
    assert "file:0.url" in told[0].problem


def test_two_processes_do_not_tell_at_once(two: Company) -> None:
    with hold(two.settings.state, "alerts"), pytest.raises(BusyError):
        two.post(FIRST)


def test_a_new_channel_begins_with_how_things_stand(tmp_path: Path) -> None:
    with serving(lambda request: Answer(200)) as server:
        company_of(tmp_path, server).night(FIRST, verdict("cpa", "off_target"))
        both = Company(tmp_path, [{"name": name, "url": f"{server.url}/{name}"} for name in ("alles", "nieuw")])
        both.night(SECOND, verdict("cpa", "off_target"))
    assert [request.path for request in server.requests] == ["/alles", "/nieuw"]
