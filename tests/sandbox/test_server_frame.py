"""The frame around the platforms: addresses, faults, limits, what is kept for tests, and starting it as a program."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import pytest
import requests

from connectors.registry import CONNECTORS
from sandbox.company import World
from sandbox.faults import RARELY, Answer, Call, Faults
from sandbox.mailchimp import KEY
from sandbox.server import PLATFORMS, Sandbox

AUTH = ("anystring", KEY)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=2, scale=0.02, first_day=date(2026, 11, 1), now=datetime(2026, 11, 23, 4, tzinfo=UTC))


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    with Sandbox(world, Faults.none(), port=0, grpc_port=0) as running:
        yield running


def ping(sandbox: Sandbox, **params: str) -> requests.Response:
    return requests.get(sandbox.url("mailchimp") + "/3.0/ping", params=params, auth=AUTH, timeout=30)


class TestAddresses:
    def test_free_ports_are_told(self, sandbox: Sandbox) -> None:
        assert sandbox.port > 0
        assert sandbox.url("mailchimp") == f"http://127.0.0.1:{sandbox.port}/mailchimp"
        assert sandbox.url("ga4") == f"127.0.0.1:{sandbox.grpc_port}"

    def test_ga4_listens_for_grpc(self, sandbox: Sandbox) -> None:
        socket.create_connection(("127.0.0.1", sandbox.grpc_port), timeout=5).close()

    def test_every_platform_has_its_prefix(self) -> None:
        assert set(PLATFORMS) == set(CONNECTORS) - {"files"} | {"google_oauth"}

    def test_an_unknown_platform_is_not_found(self, sandbox: Sandbox) -> None:
        assert requests.get(sandbox.url("tiktok"), timeout=30).status_code == 404

    def test_a_stopped_sandbox_frees_its_port(self, world: World) -> None:
        with Sandbox(world, port=0, grpc_port=0) as first:
            port = first.port
        with Sandbox(world, port=port, grpc_port=0) as second:
            assert ping(second).status_code == 200

    def test_two_run_side_by_side(self, world: World, sandbox: Sandbox) -> None:
        with Sandbox(world, port=0, grpc_port=0) as other:
            assert ping(other).status_code == ping(sandbox).status_code == 200


class TestRequests:
    def test_calls_are_kept(self, sandbox: Sandbox) -> None:
        ping(sandbox, a="1")
        assert sandbox.requests[-1] == Call("mailchimp", "GET", "/3.0/ping", "a=1", b"")

    def test_with_their_bodies(self, sandbox: Sandbox) -> None:
        requests.post(sandbox.url("google_oauth") + "/token", data={"grant_type": "x"}, timeout=30)
        assert sandbox.requests[-1].body == b"grant_type=x"

    def test_latency_delays_every_answer(self, world: World) -> None:
        with Sandbox(world, port=0, grpc_port=0, latency=0.2) as slow:
            began = time.monotonic()
            ping(slow)
        assert time.monotonic() - began >= 0.2

    def test_slow_answers_wait_side_by_side(self, world: World) -> None:
        with Sandbox(world, port=0, grpc_port=0, latency=0.5) as slow, ThreadPoolExecutor(8) as pool:
            began = time.monotonic()
            list(pool.map(lambda _: ping(slow), range(8)))
        assert time.monotonic() - began < 3


class TestScripts:
    def test_answers_come_in_order_and_then_the_real_one(self, sandbox: Sandbox) -> None:
        sandbox.faults.script("mailchimp", [(500, {"a": 1}, {}), Answer(503, "down", {"Retry-After": "7"})])
        first, second, third = (ping(sandbox) for _ in range(3))
        assert (first.status_code, first.json(), first.headers["content-type"]) == (
            500,
            {"a": 1},
            "application/json; charset=utf-8",
        )
        assert (second.status_code, second.text, second.headers["retry-after"]) == (503, "down", "7")
        assert third.status_code == 200
        assert sandbox.faults.pending("mailchimp") == 0

    def test_a_function_sees_the_call_and_may_let_it_through(self, sandbox: Sandbox) -> None:
        def only_odd(call: Call) -> Answer | None:
            return Answer(418, call.query) if call.query == "n=1" else None

        sandbox.faults.script("mailchimp", [only_odd, only_odd])
        assert (ping(sandbox, n="1").status_code, ping(sandbox, n="2").status_code) == (418, 200)

    def test_other_platforms_are_not_touched(self, sandbox: Sandbox) -> None:
        sandbox.faults.script("ecb", [(500, "", {})])
        assert ping(sandbox).status_code == 200

    def test_a_body_may_be_bytes_of_any_kind(self, sandbox: Sandbox) -> None:
        sandbox.faults.script("mailchimp", [(200, b"\x00\xff", {"Content-Type": "image/png"})])
        answer = ping(sandbox)
        assert (answer.content, answer.headers["content-type"]) == (b"\x00\xff", "image/png")


class TestRareFaults:
    TRANSIENT = (Answer(500, "one"), Answer(503, "two"))

    def calls(self, count: int) -> list[Call]:
        return [Call("ecb", "GET", "/", f"n={number}", b"") for number in range(count)]

    def test_about_one_call_in_forty_fails(self) -> None:
        faults = Faults.rare(seed=1)
        failed = [call for call in self.calls(4000) if faults.next_answer(call, self.TRANSIENT)]
        assert 0.7 / RARELY < len(failed) / 4000 < 1.3 / RARELY

    def test_a_retry_always_succeeds(self) -> None:
        faults = Faults.rare(seed=1)
        failed = [call for call in self.calls(4000) if faults.next_answer(call, self.TRANSIENT)]
        assert not any(faults.next_answer(call, self.TRANSIENT) for call in failed)

    def test_the_seed_decides_which(self) -> None:
        def struck(seed: int) -> list[Answer | None]:
            faults = Faults.rare(seed)
            return [faults.next_answer(call, self.TRANSIENT) for call in self.calls(1000)]

        assert struck(1) == struck(1) != struck(2)

    def test_a_platform_without_transient_errors_has_none(self) -> None:
        faults = Faults.rare(seed=1)
        assert not any(faults.next_answer(call) for call in self.calls(1000))

    def test_none_means_none(self) -> None:
        faults = Faults.none()
        assert not any(faults.next_answer(call, self.TRANSIENT) for call in self.calls(1000))

    @pytest.mark.parametrize("platform", [name for name in PLATFORMS if name != "google_oauth"])
    def test_every_platform_has_words_for_a_passing_fault(self, platform: str) -> None:
        # TikTok says what went wrong in an answer of status 200, as a `code`.
        in_200 = {"tiktok_ads"}
        for answer in PLATFORMS[platform].TRANSIENT:
            told = platform in in_200 and answer.status == 200 and answer.body["code"] != 0
            assert told or answer.status == 429 or answer.status >= 500

    def test_they_reach_the_client(self, world: World) -> None:
        with Sandbox(world, Faults.rare(4), port=0, grpc_port=0) as flaky:
            statuses = [ping(flaky, n=str(number)).status_code for number in range(120)]
        assert 0 < sum(status != 200 for status in statuses) < 12


def test_it_runs_as_a_program() -> None:
    command = [sys.executable, "-m", "sandbox", "--port", "0", "--grpc-port", "0", "--scale", "0.02"]
    command += ["--first-day", "2026-11-01", "--now", "2026-11-23T04:00:00+00:00", "--no-faults"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as program:
        assert program.stdout is not None
        ready = program.stdout.readline()
        address = ready.split("http://")[1].split("/")[0]
        answer = requests.get(f"http://{address}/mailchimp/3.0/ping", auth=AUTH, timeout=30)
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=20) == 0
    assert answer.json() == {"health_status": "Everything's Chimpy!"}
