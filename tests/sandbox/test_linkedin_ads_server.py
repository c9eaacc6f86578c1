"""LinkedIn's server, by the fact sheet and by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.linkedin_state import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, TOKEN, linkedin_state_of
from sandbox.server import Sandbox

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
HEADERS = {
    "Authorization": f"Bearer {TOKEN}",
    "LinkedIn-Version": "202608",
    "X-Restli-Protocol-Version": "2.0.0",
}
DAILY = (
    "q=analytics&pivot=CAMPAIGN&timeGranularity=DAILY"
    "&dateRange=(start:(year:2026,month:11,day:1),end:(year:2026,month:11,day:22))"
)
ACCOUNTS = "&accounts=List(urn%3Ali%3AsponsoredAccount%3A512345678)"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.3, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_refused(sandbox: Sandbox) -> Iterator[None]:
    yield
    linkedin_state_of(sandbox.world).refused.clear()


def get(sandbox: Sandbox, path: str, headers: dict[str, str] = HEADERS) -> requests.Response:
    return requests.get(f"{sandbox.url('linkedin_ads')}/rest/{path}", headers=headers, timeout=30)


def rows(sandbox: Sandbox, query: str) -> list[dict[str, Any]]:
    answer = get(sandbox, f"adAnalytics?{query}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["elements"])


def test_figures_are_those_known_now(sandbox: Sandbox) -> None:
    fields = "&fields=dateRange,pivotValues,impressions,costInLocalCurrency"
    [expected] = sandbox.world.query(
        """SELECT sum(impressions)::INTEGER, sum(cost)::DOUBLE FROM ad_days
        WHERE account_id = '512345678' AND known_at <= ? AND date BETWEEN '2026-11-01' AND '2026-11-22'""",
        [sandbox.world.clock],
    )
    found = rows(sandbox, DAILY + ACCOUNTS + fields)
    impressions = sum(row["impressions"] for row in found)
    assert (impressions, pytest.approx(sum(float(row["costInLocalCurrency"]) for row in found))) == expected
    assert all(row["dateRange"]["start"] == row["dateRange"]["end"] for row in found)


def test_without_fields_there_are_two_and_no_names(sandbox: Sandbox) -> None:
    assert rows(sandbox, DAILY + ACCOUNTS)[0].keys() == {"impressions", "clicks"}


def test_rows_of_nothing_but_zeros_are_left_out(sandbox: Sandbox) -> None:
    assert rows(sandbox, DAILY + ACCOUNTS + "&fields=dateRange,pivotValues,videoViews") == []


def test_an_account_without_access_has_no_rows_and_no_error(sandbox: Sandbox) -> None:
    linkedin_state_of(sandbox.world).refused.add("512345678")
    assert rows(sandbox, DAILY + ACCOUNTS) == []
    assert get(sandbox, "adAccounts/512345678").status_code == 403


def test_an_account_is_the_sum_of_its_campaigns(sandbox: Sandbox) -> None:
    whole = rows(sandbox, DAILY.replace("CAMPAIGN", "ACCOUNT").replace("DAILY", "ALL") + ACCOUNTS)
    assert whole[0]["impressions"] == sum(row["impressions"] for row in rows(sandbox, DAILY + ACCOUNTS))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (DAILY.replace("(", "%28") + ACCOUNTS, 400),
        (DAILY + "&accounts=List(urn:li:sponsoredAccount:512345678)", 400),
        (DAILY + "&accounts=512345678", 400),
        (DAILY + ACCOUNTS + "&count=10", 400),
        (DAILY + ACCOUNTS + "&fields=" + ",".join(["clicks"] * 21), 400),
        (DAILY + ACCOUNTS + "&fields=klicks", 400),
        (DAILY.replace("22", "31") + ACCOUNTS, 400),
        (DAILY, 400),
        (DAILY[:-1] + ACCOUNTS, 400),
    ],
)
def test_queries_are_read_strictly(sandbox: Sandbox, query: str, status: int) -> None:
    assert get(sandbox, f"adAnalytics?{query}").status_code == status


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"LinkedIn-Version": ""}, 400, "VERSION_MISSING"),
        ({"LinkedIn-Version": "202511"}, 426, "NONEXISTENT_VERSION"),
        ({"X-Restli-Protocol-Version": "1.0.0"}, 400, "ILLEGAL_ARGUMENT"),
        ({"Authorization": ""}, 401, "EMPTY_ACCESS_TOKEN"),
        ({"Authorization": "Bearer wrong"}, 401, "INVALID_ACCESS_TOKEN"),
    ],
)
def test_headers_are_asked_for(sandbox: Sandbox, changes: dict[str, str], status: int, code: str) -> None:
    answer = get(sandbox, "adAccounts?q=search", HEADERS | changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_searches_come_by_the_page(sandbox: Sandbox) -> None:
    first = get(sandbox, "adAccounts?q=search&pageSize=1").json()
    token = first["metadata"]["nextPageToken"]
    second = get(sandbox, f"adAccounts?q=search&pageSize=1&pageToken={token}").json()
    assert [each["id"] for each in first["elements"] + second["elements"]] == [512345678, 512345679]
    assert second["metadata"] == {}


def test_a_refresh_token_gives_tokens_and_stays(sandbox: Sandbox) -> None:
    form = {
        "grant_type": "refresh_token",
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
    }
    url = f"{sandbox.url('linkedin_ads')}/oauth/v2/accessToken"
    granted = requests.post(url, data=form, timeout=30).json()
    assert granted["refresh_token"] == REFRESH_TOKEN
    token = {"Authorization": f"Bearer {granted['access_token']}"}
    assert get(sandbox, "adAccounts/512345678", HEADERS | token).json()["currency"] == "EUR"
    refused = requests.post(url, data=form | {"refresh_token": "old"}, timeout=30)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
