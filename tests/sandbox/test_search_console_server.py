"""The Search Console server, where Google's client cannot ask: paths, tokens and what the world holds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.google_tokens import tokens_of
from sandbox.server import Sandbox

SITES = "/webmasters/v3/sites"
OUTLET = "https%3A%2F%2Foutlet.duurzamemode.example%2F"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.1, first_day=date(2026, 11, 1), now=datetime(2026, 11, 23, 4, 0, tzinfo=UTC))
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def call(sandbox: Sandbox, path: str, body: Any = None, token: str = "") -> requests.Response:
    headers = {"authorization": f"Bearer {token or tokens_of(sandbox.world).issue()}"}
    method = "GET" if body is None else "POST"
    return requests.request(method, sandbox.url("search_console") + path, json=body, headers=headers, timeout=30)


def rows(sandbox: Sandbox, site: str, *dimensions: str) -> list[dict[str, Any]]:
    body = {"startDate": "2026-11-02", "endDate": "2026-11-15", "dimensions": dimensions, "rowLimit": 25_000}
    found: list[dict[str, Any]] = call(sandbox, f"{SITES}/{site}/searchAnalytics/query", body).json().get("rows", [])
    return found


def test_a_site_is_one_segment_of_the_path(sandbox: Sandbox) -> None:
    assert call(sandbox, f"{SITES}/{OUTLET}").json()["siteUrl"] == "https://outlet.duurzamemode.example/"
    assert call(sandbox, f"{SITES}/https://outlet.duurzamemode.example/").status_code == 404


@pytest.mark.parametrize("path", ["/webmasters/v3", f"{SITES}/{OUTLET}/sitemaps", "/v1/sites"])
def test_other_paths_are_a_page_of_google(sandbox: Sandbox, path: str) -> None:
    answer = call(sandbox, path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")


def test_a_site_that_nobody_has_is_not_found(sandbox: Sandbox) -> None:
    assert call(sandbox, f"{SITES}/sc-domain%3Aexample.org").json()["error"]["errors"][0]["reason"] == "notFound"


def test_a_token_that_has_ended_is_refused(sandbox: Sandbox) -> None:
    token = tokens_of(sandbox.world).issue()
    tokens_of(sandbox.world).expire_all()
    answer = call(sandbox, SITES, token=token)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (401, "authError")


def test_all_terms_of_the_small_site_are_rare(sandbox: Sandbox) -> None:
    assert len(rows(sandbox, OUTLET, "date")) == 14
    assert rows(sandbox, OUTLET, "date", "query") == []


def test_totals_are_those_of_the_world(sandbox: Sandbox) -> None:
    told = rows(sandbox, "sc-domain%3Aduurzamemode.nl", "date")
    true = sandbox.world.query("""SELECT date::VARCHAR, sum(impressions)::DOUBLE, sum(clicks)::DOUBLE FROM searches
        WHERE site LIKE 'sc-domain%' AND date BETWEEN '2026-11-02' AND '2026-11-15' GROUP BY date ORDER BY date""")
    assert [(row["keys"][0], row["impressions"], row["clicks"]) for row in told] == true
