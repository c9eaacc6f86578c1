"""What holds for every connector: the same tests for all of them, so that a new one is tested by being registered.

A test that does not apply to a connector is left out by its case, with the reason in writing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from connectors.errors import AuthorisationError, BadDataError, ConfigurationError, QuotaError, TransientError
from connectors.load import Load
from connectors.registry import CONNECTORS
from connectors.stream import COUNT, MONEY, Kind, Window
from sandbox.company import World
from sandbox.server import Sandbox
from tests.connectors.standard import Case, StreamCase, Trial, a_company, clocks_changed, sandbox_of
from tests.faults.spoiled import Spoil, always, in_one_row, in_rows
from tests.http_server import Answer, Request

CASES: dict[str, Case] = {
    name: import_module(f"tests.connectors.cases.{name}").CASE
    for name in CONNECTORS
    if (Path(__file__).parent / "cases" / f"{name}.py").exists()
}
ZONES = (
    "Europe/Amsterdam",
    *(pytest.param(zone, marks=pytest.mark.slow) for zone in ("Pacific/Auckland", "America/Los_Angeles")),
)
HTML = Answer(200, b"<html><h1>We will be right back</h1></html>", {"Content-Type": "text/html"})
LONG_S = 7200
EXCUSES = "test_what_a_connector_is_excused_from_exists_and_has_a_reason"
ODD_TEXT = "Zürich 🧦 \u202e \t\"'; --"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every case, or every stream of every case, but for what a case is excused from."""
    test = metafunc.function.__name__
    if "stream" in metafunc.fixturenames:
        pairs = [(case, stream) for case in CASES.values() for stream in case.streams]
        kept = [(case, stream) for case, stream in pairs if not case.reason(test, stream.name)]
        metafunc.parametrize(("case", "stream"), kept, ids=[f"{case.platform}.{one.name}" for case, one in kept])
    elif "case" in metafunc.fixturenames:
        cases = [case for case in CASES.values() if test == EXCUSES or not case.reason(test)]
        metafunc.parametrize("case", cases, ids=[case.platform for case in cases])


@pytest.fixture(scope="module")
def world() -> World:
    return a_company()


@pytest.fixture
def sandbox(world: World) -> Iterator[Sandbox]:
    """Anew for each test: what a platform counts, calls or points, starts at nothing."""
    with sandbox_of(world) as started:
        yield started


@pytest.fixture
def trial(case: Case, sandbox: Sandbox, tmp_path: Path) -> Trial:
    return Trial(case, sandbox, tmp_path)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses between tries pass at once; what they would have been, in seconds."""
    found: list[float] = []
    # Not time.sleep itself: a connector that paces its own calls goes on doing so.
    monkeypatch.setattr("tenacity.nap.time", SimpleNamespace(sleep=found.append))
    return found


@pytest.fixture
def window(world: World, request: pytest.FixtureRequest) -> Window:
    """Days in which the stream has rows, through yesterday."""
    days = request.getfixturevalue("stream").window_days if "stream" in request.fixturenames else 20
    yesterday = world.today - timedelta(days=1)
    return Window(yesterday - timedelta(days=days - 1), yesterday)


@pytest.fixture
def small_pages(stream: StreamCase, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in stream.small_page.items():
        monkeypatch.setattr(name, value)


def first_rows_request(stream: StreamCase, answer: Answer) -> Spoil:
    """Answer the first request for rows by this, and leave the others alone."""
    done: list[bool] = []

    def spoil(request: Request, own: Answer) -> Answer:
        if done or not stream.rows.asked(request):
            return own
        done.append(True)
        return answer

    return spoil


def cut(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers)


def hung_up(answer: Answer) -> Answer:
    return Answer(answer.status, answer.body, answer.headers, truncate=True)


def unspoiled(_: Request, answer: Answer) -> Answer:
    return answer


# What comes when all is well


def test_schema_is_honoured(trial: Trial, stream: StreamCase, window: Window) -> None:
    found = trial.pull(stream.name, window)
    assert found.table.num_rows > 0
    assert found.table.schema.equals(found.stream.schema)
    assert all(found.table[name].null_count == 0 for name in found.stream.key)
    assert found.load.rejected == []
    assert "unknown_fields" not in found.load.notes


def test_keys_are_unique(trial: Trial, stream: StreamCase, window: Window) -> None:
    found = trial.pull(stream.name, window)
    versions = found.by_key if found.stream.kind is not Kind.ENTITY else {repr(row) for row in found.table.to_pylist()}
    assert len(versions) == found.table.num_rows


def test_streams_of_the_case_are_those_of_the_connector(case: Case) -> None:
    assert {stream.name for stream in case.streams} == {stream.name for stream in CONNECTORS[case.platform].streams}


def test_the_check_tells_of_each_account(trial: Trial) -> None:
    with trial.connector() as connector:
        assert all(connector.check(account).name for account in connector.accounts)


def test_the_accounts_are_found(trial: Trial) -> None:
    with trial.connector() as connector:
        assert {account.id for account in connector.accounts} <= {found.id for found in connector.discover()}


def test_two_pulls_are_equal(trial: Trial, stream: StreamCase, window: Window) -> None:
    assert trial.pull(stream.name, window).rows == trial.pull(stream.name, window).rows


def test_accounts_are_told_apart(trial: Trial, stream: StreamCase, window: Window) -> None:
    one, other = (trial.pull(stream.name, window, account=number) for number in (0, 1))
    assert other.table.num_rows > 0
    assert not set(one.by_key) & set(other.by_key)
    assert len({*one.table["account_id"].to_pylist(), *other.table["account_id"].to_pylist()}) == 2


def test_no_days_before_the_company_is_no_rows(trial: Trial, stream: StreamCase, world: World) -> None:
    before = Window(world.first_day - timedelta(days=60), world.first_day - timedelta(days=50))
    found = trial.pull(stream.name, before)
    if found.stream.kind is Kind.REPORT:
        assert found.table.num_rows == 0
    assert found.load.rejected == []


# Days


@pytest.mark.parametrize("zone", ZONES)
def test_the_window_is_respected_to_the_day(trial: Trial, stream: StreamCase, world: World, zone: str) -> None:
    """The days around the change of the clocks one by one bring what they bring together, and nothing else."""
    trial.time_zone = zone
    changed = clocks_changed(world.today) + timedelta(days=7)
    whole = Window(changed - timedelta(days=2), changed + timedelta(days=2))
    together = trial.pull(stream.name, whole)
    apart = [trial.pull(stream.name, Window(day, day)) for day in whole.days]
    if together.stream.kind is Kind.ENTITY:
        assert together.by_key.keys() <= {key for one in apart for key in one.by_key}
        return
    for day, one in zip(whole.days, apart, strict=True):
        assert one.days(ZoneInfo(zone)) <= {day}
    assert sorted(row for one in apart for row in one.rows) == together.rows


def test_a_restated_re_pull_equals_a_full_pull(trial: Trial, stream: StreamCase, world: World) -> None:
    """What was pulled two nights ago, with the nights since on top, is what a pull of everything brings now."""
    now, nights = world.now, 2
    last = world.today - timedelta(days=1)
    with trial.connector() as connector:
        look_back = connector.look_back_days(connector.stream(stream.name))
    whole = Window(max(world.first_day, last - timedelta(days=look_back + 5)), last)
    try:
        world.now = now - timedelta(days=nights)
        first = trial.pull(stream.name, Window(whole.start, last - timedelta(days=nights)))
    finally:
        world.now = now
    again = trial.pull(stream.name, Window(max(whole.start, last - timedelta(days=look_back + nights - 1)), last))
    full = trial.pull(stream.name, whole)
    assert _merged(first, again, look_back + nights - 1, last) == full.by_key


def _merged(first: Any, again: Any, look_back: int, last: date) -> dict[tuple[Any, ...], dict[str, Any]]:
    if first.stream.kind is Kind.ENTITY:
        return {**first.by_key, **again.by_key}
    kept_until = last - timedelta(days=look_back)
    kept = {key: row for key, row in first.by_key.items() if row[first.stream.day_field] < kept_until}
    return {**kept, **again.by_key}


# Pages


@pytest.mark.usefixtures("small_pages")
def test_all_pages_come_and_the_last_one_ends_it(trial: Trial, stream: StreamCase, window: Window) -> None:
    small = trial.pull(stream.name, window, unspoiled)
    asked = sum(stream.rows.asked(request) for request in trial.asked)
    assert asked > 1, "the pages are not small enough for the test to show anything"
    assert small.table.num_rows > 0


def test_small_pages_bring_what_large_ones_bring(
    trial: Trial, stream: StreamCase, window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = trial.pull(stream.name, window)
    for name, value in stream.small_page.items():
        monkeypatch.setattr(name, value)
    assert trial.pull(stream.name, window).rows == large.rows


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_repeats_is_refused(trial: Trial, stream: StreamCase, window: Window) -> None:
    first: list[Answer] = []

    def spoil(request: Request, answer: Answer) -> Answer:
        if not stream.rows.asked(request):
            return answer
        first.append(answer)
        return first[0]

    assert isinstance(trial.failure(stream.name, window, spoil), BadDataError)


@pytest.mark.usefixtures("small_pages")
def test_rows_are_handed_over_as_their_pages_arrive(trial: Trial, stream: StreamCase, window: Window) -> None:
    """Memory is flat over pages: the first rows are there before the last page is asked for."""
    with trial.connector(unspoiled) as connector:
        batches = connector.pull(connector.stream(stream.name), connector.accounts[0], window, Load())
        next(batches)
        at_first = sum(stream.rows.asked(request) for request in trial.asked)
        for _ in batches:
            pass
        assert at_first < sum(stream.rows.asked(request) for request in trial.asked)


# Limits, tokens and permissions


def test_a_quota_that_ends_soon_is_waited_for(
    trial: Trial, stream: StreamCase, window: Window, waits: list[float]
) -> None:
    clean = trial.pull(stream.name, window)
    soon = Answer(trial.case.quota.status, trial.case.quota.body, {**trial.case.quota.headers, "Retry-After": "3"})
    assert trial.pull(stream.name, window, first_rows_request(stream, soon)).rows == clean.rows
    assert any(3 <= wait < 4 for wait in waits)


def test_a_quota_that_ends_late_is_left_for_later(
    trial: Trial, stream: StreamCase, window: Window, waits: list[float]
) -> None:
    late = Answer(
        trial.case.quota.status, trial.case.quota.body, {**trial.case.quota.headers, "Retry-After": str(LONG_S)}
    )
    error = trial.failure(stream.name, window, always(stream.rows, late))
    assert isinstance(error, QuotaError)
    assert error.retry_after == pytest.approx(LONG_S, abs=2)
    assert all(wait < LONG_S for wait in waits)


def test_a_quota_without_a_time_is_tried_a_few_times(
    trial: Trial, stream: StreamCase, window: Window, waits: list[float]
) -> None:
    error = trial.failure(stream.name, window, always(stream.rows, trial.case.quota))
    assert isinstance(error, QuotaError)
    assert len(waits) < 20
    assert "(" in str(error), "what can be done stands in brackets"


def test_a_token_that_ends_on_the_way_is_renewed_or_told(trial: Trial, stream: StreamCase, window: Window) -> None:
    spoil = first_rows_request(stream, trial.case.expired)
    if trial.case.refreshable:
        assert trial.pull(stream.name, window, spoil).rows == trial.pull(stream.name, window).rows
        return
    error = trial.failure(stream.name, window, spoil)
    assert isinstance(error, AuthorisationError)
    assert "(" in str(error), "what can be done stands in brackets"


def test_a_token_that_stays_refused_is_for_the_user(trial: Trial, stream: StreamCase, window: Window) -> None:
    error = trial.failure(stream.name, window, always(stream.rows, trial.case.expired))
    assert isinstance(error, AuthorisationError)


def test_one_account_without_permission_leaves_the_others(trial: Trial, stream: StreamCase, window: Window) -> None:
    with trial.connector() as connector:
        refused = connector.accounts[1]

    def spoil(request: Request, answer: Answer) -> Answer:
        return trial.case.forbidden if trial.case.of_account(request, refused.id) else answer

    assert trial.pull(stream.name, window, spoil).rows == trial.pull(stream.name, window).rows
    with pytest.raises((AuthorisationError, ConfigurationError)) as caught:
        trial.pull(stream.name, window, spoil, account=1)
    assert refused.name in str(caught.value)
    assert "(" in str(caught.value), "what can be done stands in brackets"


# Answers that are not what they should be


def test_an_error_in_a_200_is_an_error(trial: Trial, stream: StreamCase, window: Window) -> None:
    trial.failure(stream.name, window, always(stream.rows, trial.case.error_in_200))


@pytest.mark.parametrize("spoilt", [cut, hung_up, lambda _: HTML], ids=["cut", "broken off", "html"])
def test_a_body_that_is_not_whole_is_an_error(
    trial: Trial, stream: StreamCase, window: Window, spoilt: Callable[[Answer], Answer]
) -> None:
    error = trial.failure(stream.name, window, always(stream.rows, spoilt))
    assert isinstance(error, BadDataError | TransientError)


def test_a_field_that_nobody_knows_is_noted(trial: Trial, stream: StreamCase, window: Window) -> None:
    clean = trial.pull(stream.name, window)
    found = trial.pull(stream.name, window, in_rows(stream.rows, lambda row: row.update(surprise=1)))
    assert found.rows == clean.rows
    assert found.load.notes["unknown_fields"] == ["surprise"]


def test_a_missing_field_is_never_zero(trial: Trial, stream: StreamCase, window: Window) -> None:
    """A required one makes its rows bad data; whatever comes instead is no row."""
    clean = trial.pull(stream.name, window)
    name = stream.required or stream.rows.field
    try:
        found = trial.pull(stream.name, window, in_rows(stream.rows, lambda row: row.pop(name, None)))
    except BadDataError:
        return
    assert found.table.num_rows == 0
    assert len(found.load.rejected) >= clean.table.num_rows


def test_an_optional_field_that_is_missing_is_null(trial: Trial, stream: StreamCase, window: Window) -> None:
    assert stream.optional is not None, "the case names an optional field, or says why there is none"
    name, column = stream.optional
    found = trial.pull(stream.name, window, in_rows(stream.rows, lambda row: row.pop(name, None)))
    assert found.table.num_rows > 0
    assert found.table[column].null_count == found.table.num_rows


def test_a_null_is_never_zero(trial: Trial, stream: StreamCase, window: Window) -> None:
    name, column = _number(stream)
    found = trial.pull(stream.name, window, in_one_row(stream.rows, lambda row: row.update({name: None})))
    clean = trial.pull(stream.name, window)
    nulls = found.table[column].null_count - clean.table[column].null_count
    assert nulls + len(found.load.rejected) > 0


@pytest.mark.parametrize("value", [-5, 2**53 + 1], ids=["negative", "huge"])
def test_odd_numbers_arrive_as_they_were_sent(trial: Trial, stream: StreamCase, window: Window, value: int) -> None:
    name, column = _number(stream)

    def change(row: dict[str, Any]) -> None:
        row[name] = str(value) if isinstance(row[name], str) else value

    found = trial.pull(stream.name, window, in_one_row(stream.rows, change))
    type_ = found.stream.schema.field(column).type
    if type_ == MONEY:
        assert any(cell is not None and cell == value for cell in found.table[column].to_pylist())
    else:
        assert pa.types.is_integer(type_) or pa.types.is_floating(type_)
        assert any(cell is not None and int(cell) == int(type(cell)(value)) for cell in found.table[column].to_pylist())


def test_a_number_beyond_all_bounds_is_put_aside(trial: Trial, stream: StreamCase, window: Window) -> None:
    name, column = _number(stream)

    def change(row: dict[str, Any]) -> None:
        row[name] = str(10**40) if isinstance(row[name], str) else 10**40

    found = trial.pull(stream.name, window, in_one_row(stream.rows, change))
    if found.stream.schema.field(column).type in (COUNT, MONEY):
        assert found.load.rejected
        assert all(rejected.reason for rejected in found.load.rejected)


def test_text_arrives_as_it_was_sent(trial: Trial, stream: StreamCase, window: Window) -> None:
    assert stream.text is not None, "the case names a field of text, or says why there is none"
    name, column = stream.text
    found = trial.pull(stream.name, window, in_one_row(stream.rows, lambda row: row.update({name: ODD_TEXT})))
    assert ODD_TEXT in found.table[column].to_pylist()


def _number(stream: StreamCase) -> tuple[str, str]:
    assert stream.number is not None, "the case names a field with a number, or says why there is none"
    return stream.number


# Judges from outside: what they say is in tests/contract


def test_its_requests_are_judged_by_the_vendor_s_schema(case: Case) -> None:
    assert judged(case.platform, "requests")


def test_the_vendor_s_own_code_reads_the_sandbox(case: Case) -> None:
    assert judged(case.platform, "vendor")


def judged(platform: str, by: str) -> list[str]:
    """The modules of tests/contract that hold a platform against its vendor's words, or its vendor's code."""
    files = (Path(__file__).parents[1] / "contract").glob(f"test_*_{by}.py")
    return [file.name for file in files if re.search(rf"\b{platform}\b", file.read_text(encoding="utf-8"))]


# The suite itself


def test_every_connector_has_a_case() -> None:
    assert CASES.keys() == CONNECTORS.keys()


def test_what_a_connector_is_excused_from_exists_and_has_a_reason(case: Case) -> None:
    tests = {name for name in globals() if name.startswith("test_")} | {"*"}
    streams = {stream.name for stream in case.streams}
    for name, reason in case.excused.items():
        test, _, stream = name.rstrip("]").partition("[")
        assert test in tests
        assert not stream or stream in streams
        assert len(reason.split()) >= 4, f"{case.platform} is excused from {name} without a reason"
