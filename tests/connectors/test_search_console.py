"""The Search Console connector against a small Search Console: what Google has finished, and what it keeps back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from connectors.connector import Company
from connectors.errors import AuthorisationError, ConfigurationError, ConnectorError, QuotaError
from connectors.load import Load
from connectors.search_console import SearchConsole, SearchConsoleSettings, property_name
from connectors.stream import Window
from tests.http_server import Answer, Handler, Request, Server, serving

SITE = "sc-domain:example.com"
TODAY = datetime.now(ZoneInfo("America/Los_Angeles")).date()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def credential(tmp_path: Path) -> Path:
    return tmp_path / "google.json"


def back(days: int) -> date:
    return TODAY - timedelta(days=days)


def row(*keys: Any, clicks: float = 1.0, impressions: float = 10.0, position: float = 2.5) -> dict[str, Any]:
    told = {"clicks": clicks, "impressions": impressions, "ctr": clicks / impressions, "position": position}
    return {"keys": [str(key) for key in keys]} | told


def google(final: list[dict[str, Any]], fresh: list[dict[str, Any]] | None = None, **metadata: str) -> Handler:
    """A property whose finished rows are `final`, and that has `fresh` ones besides. Rows start with their day."""

    def handle(request: Request) -> Answer:
        if request.path == "/token":
            return Answer(body={"access_token": "t", "expires_in": 3600})
        if request.method == "GET":
            return Answer(body={"siteEntry": [{"siteUrl": SITE, "permissionLevel": "siteFullUser"}]})
        asked = request.json
        rows = [*final, *(fresh or [])] if asked["dataState"] == "all" else final
        inside = [one for one in rows if asked["startDate"] <= one["keys"][0] <= asked["endDate"]]
        fitting = [one for one in inside if len(one["keys"]) == len(asked["dimensions"])]
        page = fitting[asked["startRow"] : asked["startRow"] + asked["rowLimit"]]
        body = {"rows": page} if page else {}
        return Answer(body=body | ({"metadata": metadata} if metadata and asked["dataState"] == "all" else {}))

    return handle


def console(server: Server, credential: Path, site: str = SITE) -> SearchConsole:
    told = {"client_id": "c", "client_secret": "s", "refresh_token": "r", "token_uri": f"{server.url}/token"}
    credential.write_text(json.dumps(told), encoding="utf-8")
    settings = {"base_url": server.url, "credentials": f"file:{credential}", "accounts": [{"id": site}]}
    return SearchConsole(SearchConsoleSettings.model_validate(settings), Company())


def pulled(source: SearchConsole, name: str, window: Window, load: Load | None = None) -> list[dict[str, Any]]:
    stream = source.stream(name)
    batches: Iterator[pa.RecordBatch] = source.pull(stream, source.accounts[0], window, load or Load())
    return list(pa.Table.from_batches(batches, stream.schema).to_pylist())


def reach(handler: Handler, credential: Path, window: Window) -> dict[str, Any]:
    """What a pull of totals noted."""
    load = Load()
    with serving(handler) as server:
        pulled(console(server, credential), "site_day", window, load)
    return load.notes


def questions(server: Server) -> list[dict[str, Any]]:
    return [request.json for request in server.requests if request.path.endswith("/query")]


def test_a_day_becomes_a_row_of_totals_and_its_terms_rows_of_their_own(credential: Path) -> None:
    day = back(4)
    total, term = row(day, clicks=12.0, impressions=340.0, position=4.7), row(day, "blue shoes", clicks=3.0)
    with serving(google([total, row(back(3)), term])) as server:
        source = console(server, credential)
        [site] = pulled(source, "site_day", Window(day, day))
        [query] = pulled(source, "query_day", Window(day, day))
    assert site == {"account_id": SITE, "date": day, "clicks": 12, "impressions": 340, "position": 4.7}
    assert (query["query"], query["clicks"], query["impressions"]) == ("blue shoes", 3, 10)


def test_the_property_is_one_segment_of_the_path(credential: Path) -> None:
    with serving(google([row(YESTERDAY)])) as server:
        pulled(console(server, credential, "https://www.example.com/"), "site_day", Window(YESTERDAY, YESTERDAY))
    [path] = {request.path for request in server.requests if "query" in request.path}
    assert path == "/webmasters/v3/sites/https%3A%2F%2Fwww.example.com%2F/searchAnalytics/query"


def test_totals_are_of_final_data_and_are_asked_for_at_once(credential: Path) -> None:
    with serving(google([row(YESTERDAY)])) as server:
        pulled(console(server, credential), "site_day", Window(back(30), YESTERDAY))
    asked = questions(server)[-1]
    assert (asked["startDate"], asked["endDate"]) == (str(back(30)), str(YESTERDAY))
    assert (asked["dimensions"], asked["dataState"], asked["type"]) == (["date"], "final", "web")


def test_terms_are_asked_for_a_day_at_a_time(credential: Path) -> None:
    with serving(google([row(YESTERDAY)])) as server:
        pulled(console(server, credential), "query_day", Window(back(3), YESTERDAY))
    days = [(asked["startDate"], asked["endDate"]) for asked in questions(server) if "query" in asked["dimensions"]]
    assert days == [(str(back(n)), str(back(n))) for n in (3, 2, 1)]


def test_days_that_google_works_on_are_not_there_yet(credential: Path) -> None:
    handler = google([row(back(4)), row(back(3))], [row(back(2)), row(back(1))])
    notes = reach(handler, credential, Window(back(9), YESTERDAY))
    assert notes["through"] == back(3)
    assert notes["through_reason"] == f"Google has finished the days through {back(3)}"


def test_no_row_of_an_unfinished_day_comes_in(credential: Path) -> None:
    with serving(google([row(back(3))], [row(back(2), clicks=0.0)])) as server:
        rows = pulled(console(server, credential), "site_day", Window(back(9), YESTERDAY))
        terms = pulled(console(server, credential), "query_day", Window(back(2), YESTERDAY))
    assert [found["date"] for found in rows] == [back(3)]
    assert terms == []


@pytest.mark.parametrize("name", ["first_incomplete_date", "firstIncompleteDate"])
def test_the_first_incomplete_day_that_google_names_is_not_finished(credential: Path, name: str) -> None:
    notes = reach(google([row(back(9))], None, **{name: str(back(6))}), credential, Window(back(9), YESTERDAY))
    assert notes["through"] == back(7)


def test_an_older_day_without_anything_is_finished_and_a_younger_one_is_not(credential: Path) -> None:
    assert reach(google([row(back(8))]), credential, Window(back(9), YESTERDAY))["through"] == back(3)


def test_where_google_is_later_than_ever_the_day_is_not_taken_for_an_empty_one(credential: Path) -> None:
    late = [row(back(days)) for days in (6, 5, 4, 3, 2, 1)]
    assert reach(google([row(back(7))], late), credential, Window(back(9), YESTERDAY))["through"] == back(7)


def test_a_window_that_is_finished_has_nothing_to_say(credential: Path) -> None:
    notes = reach(google([row(YESTERDAY)]), credential, Window(back(9), YESTERDAY))
    assert notes == {"time_zone": "America/Los_Angeles"}


def test_what_is_older_than_sixteen_months_is_unknown_and_not_zero(credential: Path) -> None:
    notes = reach(google([row(YESTERDAY)]), credential, Window(back(600), YESTERDAY))
    assert notes["since"] == back(485)
    assert "16 months" in notes["since_reason"]


def test_a_term_that_slipped_onto_the_next_page_counts_once(credential: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.search_console_api.PAGE_ROWS", 2)
    terms = [row(YESTERDAY, name) for name in ("a", "b", "b", "c", "d")]
    load = Load()
    with serving(google([row(YESTERDAY), *terms])) as server:
        found = pulled(console(server, credential), "query_day", Window(YESTERDAY, YESTERDAY), load)
    assert [one["query"] for one in found] == ["a", "b", "c", "d"]
    assert [one.reason for one in load.rejected] == ["the term stands on two pages of its day"]


def refusal(status: int, reason: str, message: str = "No.") -> Answer:
    return Answer(status, {"error": {"code": status, "message": message, "errors": [{"reason": reason}]}})


def failure(answer: Answer, credential: Path) -> ConnectorError:
    def handle(request: Request) -> Answer:
        return answer if request.path.endswith("/query") else google([])(request)

    with serving(handle) as server, pytest.raises(ConnectorError) as caught:
        pulled(console(server, credential), "site_day", Window(YESTERDAY, YESTERDAY))
    return caught.value


@pytest.mark.parametrize(
    ("reason", "kind", "hint"),
    [
        ("forbidden", ConfigurationError, "add the user of the credential to the property"),
        ("accessNotConfigured", ConfigurationError, "switch on the Google Search Console API"),
        ("insufficientPermissions", AuthorisationError, "webmasters.readonly"),
    ],
)
def test_a_refusal_says_what_to_do(credential: Path, reason: str, kind: type[ConnectorError], hint: str) -> None:
    error = failure(refusal(403, reason), credential)
    assert isinstance(error, kind)
    assert hint in error.hint


def test_load_that_is_used_up_is_left_for_later(credential: Path) -> None:
    error = failure(refusal(403, "quotaExceeded", "Search Analytics load quota exceeded."), credential)
    assert isinstance(error, QuotaError)
    assert error.retry_after == 900


def test_check_tells_how_far_google_is(credential: Path) -> None:
    with serving(google([row(back(3))], [row(back(2))])) as server:
        source = console(server, credential)
        facts = source.check(source.accounts[0])
    assert (facts.time_zone, facts.currency) == ("America/Los_Angeles", None)
    assert f"finished through {back(3)}" in facts.notes[0]


def test_check_names_the_properties_that_are_there(credential: Path) -> None:
    with serving(google([])) as server:
        source = console(server, credential, "sc-domain:example.org")
        with pytest.raises(ConfigurationError, match=r"it sees sc-domain:example\.com"):
            source.check(source.accounts[0])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("sc-domain:example.com", "sc-domain:example.com"),
        ("https://www.example.com", "https://www.example.com/"),
        ("https://www.example.com/", "https://www.example.com/"),
        ("https://www.example.com/nl", "https://www.example.com/nl/"),
        ("example.com", None),
        ("sc-domain:https://example.com/", None),
    ],
)
def test_a_property_is_written_as_search_console_writes_it(written: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(ValueError, match="a Search Console property is"):
            property_name(written)
    else:
        assert property_name(written) == meant
