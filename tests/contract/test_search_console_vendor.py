"""Google's own client as the judge of our Search Console: it reads sites, rows and refusals."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox.company import World
from sandbox.google_tokens import ANALYTICS, tokens_of
from sandbox.search_console_errors import load_exceeded
from sandbox.server import Sandbox
from tests.contract.google_discovery import SEARCH, validate

SITE = "sc-domain:duurzamemode.nl"
WEEK = {"startDate": "2026-11-14", "endDate": "2026-11-22"}
TOTALS = WEEK | {"dimensions": ["date"]}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=5, scale=0.1, first_day=date(2026, 10, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@contextmanager
def client(sandbox: Sandbox, *scopes: str) -> Iterator[Any]:
    """Google's client, with a token of the given scopes, else of all."""
    discovery = pytest.importorskip("googleapiclient.discovery", reason="google-api-python-client is not installed")
    credentials = pytest.importorskip("google.oauth2.credentials", reason="google-auth is not installed")
    tokens = tokens_of(sandbox.world)
    token = credentials.Credentials(tokens.issue(scopes) if scopes else tokens.issue())
    place = {"api_endpoint": sandbox.url("search_console")}
    with discovery.build("searchconsole", "v1", credentials=token, client_options=place, cache_discovery=False) as made:
        yield made


@pytest.fixture(scope="module")
def console(sandbox: Sandbox) -> Iterator[Any]:
    with client(sandbox) as made:
        yield made


def ask(console: Any, body: dict[str, Any], site: str = SITE) -> dict[str, Any]:
    return dict(console.searchanalytics().query(siteUrl=site, body=body).execute())


def refusal(console: Any, body: dict[str, Any], site: str = SITE) -> tuple[int, str]:
    """Status and reason, as Google's client reads them."""
    errors = pytest.importorskip("googleapiclient.errors")
    with pytest.raises(errors.HttpError) as caught:
        ask(console, body, site)
    return int(caught.value.status_code), str(caught.value.error_details[0]["reason"])


def test_googles_client_lists_the_sites(console: Any) -> None:
    entries = {one["siteUrl"]: one["permissionLevel"] for one in console.sites().list().execute()["siteEntry"]}
    assert entries[SITE] == console.sites().get(siteUrl=SITE).execute()["permissionLevel"] == "siteFullUser"
    assert "siteUnverifiedUser" in entries.values()


def test_totals_are_more_than_the_terms(console: Any) -> None:
    totals = ask(console, TOTALS)["rows"]
    terms = ask(console, TOTALS | {"dimensions": ["date", "query"]})["rows"]
    for total in totals:
        named = [row for row in terms if row["keys"][0] == total["keys"][0]]
        assert 0 < sum(row["impressions"] for row in named) < total["impressions"]
        assert sum(row["clicks"] for row in named) <= total["clicks"]


def test_totals_of_days_add_up_to_those_without_a_dimension(console: Any) -> None:
    days, [whole] = ask(console, TOTALS)["rows"], ask(console, WEEK)["rows"]
    assert whole["impressions"] == sum(row["impressions"] for row in days)
    weighted = sum(row["position"] * row["impressions"] for row in days)
    assert whole["position"] == pytest.approx(weighted / whole["impressions"])


def test_final_data_ends_before_the_data_that_google_works_on(console: Any) -> None:
    final, fresh = ask(console, TOTALS), ask(console, TOTALS | {"dataState": "all"})
    assert "metadata" not in final
    assert fresh["metadata"]["firstIncompleteDate"] == "2026-11-21"
    assert [row["keys"][0] for row in final["rows"]][-1] == "2026-11-20"
    assert fresh["rows"][: len(final["rows"])] == final["rows"]
    assert len(fresh["rows"]) > len(final["rows"])


def test_an_unfinished_day_grows(sandbox: Sandbox, console: Any) -> None:
    day = {"startDate": "2026-11-21", "endDate": "2026-11-21", "dimensions": ["date"], "dataState": "all"}
    before, now = ask(console, day)["rows"][0], sandbox.world.now
    sandbox.world.now = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
    after = ask(console, day)["rows"][0]
    sandbox.world.now = now
    assert before["impressions"] < after["impressions"]


def test_pages_are_the_rows_in_order(console: Any) -> None:
    body = TOTALS | {"dimensions": ["date", "query"]}
    rows = ask(console, body)["rows"]
    pages = [ask(console, body | {"rowLimit": 10, "startRow": start}).get("rows", []) for start in range(0, 60, 10)]
    assert [row for page in pages for row in page] == rows
    assert [row["keys"][0] for row in rows] == sorted(row["keys"][0] for row in rows)


def test_days_without_anything_have_no_rows(console: Any) -> None:
    assert "rows" not in ask(console, {"startDate": "2020-01-01", "endDate": "2020-01-09", "dimensions": ["date"]})


@pytest.mark.parametrize(
    ("body", "site", "expected"),
    [
        (TOTALS, "sc-domain:example.org", (403, "forbidden")),
        (TOTALS, "https://www.andermans-site.example/", (403, "forbidden")),
        (TOTALS | {"dimensions": ["keyword"]}, SITE, (400, "invalidParameter")),
        (TOTALS | {"rowLimit": 25_001}, SITE, (400, "invalidParameter")),
        (TOTALS | {"endDate": "2026-11-01"}, SITE, (400, "invalidParameter")),
        (TOTALS | {"limit": 5}, SITE, (400, "invalidParameter")),
    ],
)
def test_googles_client_reads_the_reason_of_a_refusal(
    console: Any, body: dict[str, Any], site: str, expected: tuple[int, str]
) -> None:
    assert refusal(console, body, site) == expected


def test_a_token_for_something_else_is_refused(sandbox: Sandbox) -> None:
    with client(sandbox, ANALYTICS) as other:
        assert refusal(other, TOTALS) == (403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")


def test_used_up_load_is_a_refusal_of_its_own(sandbox: Sandbox, console: Any) -> None:
    sandbox.faults.script("search_console", [load_exceeded().answer()])
    assert refusal(console, TOTALS) == (403, "quotaExceeded")


def test_answers_fit_the_discovery_document(console: Any) -> None:
    for body in (TOTALS, TOTALS | {"dataState": "all"}, TOTALS | {"dimensions": ["page"]}):
        answer = ask(console, body)
        spelling = {"byProperty": "BY_PROPERTY", "byPage": "BY_PAGE"}[answer["responseAggregationType"]]
        validate(answer | {"responseAggregationType": spelling}, "SearchAnalyticsQueryResponse", SEARCH)
