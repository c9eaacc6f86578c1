"""The Zendesk server: judged by the documentation and by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.zendesk_oauth import CLIENT_ID, client_secret, refresh_token

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SURVEYS, RATINGS = "duurzame-mode", "duurzame-mode-be"
RATINGS_PATH, SURVEYS_PATH = "/api/v2/satisfaction_ratings", "/api/v2/guide/survey_responses"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.5, first_day=date(2026, 6, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def grant(sandbox: Sandbox, subdomain: str, **asked: Any) -> requests.Response:
    body = {"client_id": CLIENT_ID, "client_secret": client_secret(subdomain), "scope": "read"} | asked
    return requests.post(f"{sandbox.url('zendesk')}/{subdomain}/oauth/tokens", json=body, timeout=30)


def get(sandbox: Sandbox, subdomain: str, path: str, **params: Any) -> requests.Response:
    token = grant(sandbox, subdomain, grant_type="client_credentials").json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{sandbox.url('zendesk')}/{subdomain}{path}", params=params, headers=headers, timeout=30)


def every(sandbox: Sandbox, subdomain: str, path: str, **params: Any) -> list[dict[str, Any]]:
    """All records of a list, page by page."""
    found: list[dict[str, Any]] = []
    answer: dict[str, Any] = {"meta": {"has_more": True}}
    while answer["meta"]["has_more"]:
        after = {"page[after]": answer["meta"]["after_cursor"]} if found else {}
        answer = get(sandbox, subdomain, path, **{"page[size]": 60}, **after, **params).json()
        found += answer[path.rpartition("/")[2]]
    return found


def ratings(sandbox: Sandbox, **params: Any) -> list[dict[str, Any]]:
    return every(sandbox, RATINGS, RATINGS_PATH, **params)


def known(sandbox: Sandbox, account: str) -> int:
    sql = """SELECT count(*) FROM surveys JOIN survey_invitations USING (response_id)
        WHERE account_id = ? AND known_at <= ?"""
    return int(sandbox.world.query(sql, [account, sandbox.world.clock])[0][0])


def test_received_ratings_are_what_customers_answered(sandbox: Sandbox) -> None:
    received = ratings(sandbox, score="received")
    assert len({row["id"] for row in received}) == len(received) == known(sandbox, RATINGS) > 10
    assert {row["score"] for row in received} == {"good", "bad"}


def test_a_rating_is_offered_before_it_is_given(sandbox: Sandbox) -> None:
    assert all(row["created_at"] < row["updated_at"] for row in ratings(sandbox, score="received"))
    offered = ratings(sandbox, score="offered")
    assert offered
    assert all(row["created_at"] == row["updated_at"] for row in offered)


def test_an_offered_rating_becomes_good_or_bad_later() -> None:
    world = World(seed=2, scale=0.5, first_day=date(2026, 9, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as sandbox:
        before = {row["id"]: row["score"] for row in ratings(sandbox)}
        world.now = NOW + timedelta(days=3)
        after = {row["id"]: row["score"] for row in ratings(sandbox)}
    changed = {(before[name], after[name]) for name in before if before[name] != after[name]}
    assert changed <= {("offered", "good"), ("offered", "bad")}
    assert changed


def test_times_are_those_of_the_offer_in_seconds(sandbox: Sandbox) -> None:
    everyone = ratings(sandbox)
    start = int(datetime.fromisoformat(everyone[3]["created_at"]).timestamp())
    assert [row["id"] for row in ratings(sandbox, start_time=start)] == [row["id"] for row in everyone[3:]]


def test_survey_responses_hold_ratings_of_1_to_5_and_unanswered_ones(sandbox: Sandbox) -> None:
    rows = every(sandbox, SURVEYS, SURVEYS_PATH)
    rated = [row["answers"][0]["rating"] for row in rows if row["answers"]]
    assert set(rated) <= {1, 2, 3, 4, 5}
    assert len(rated) == known(sandbox, SURVEYS) < len(rows)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)


def test_times_of_surveys_are_in_milliseconds(sandbox: Sandbox) -> None:
    def answered(unit: int) -> int:
        start = {"filter[created_at_start]": int(datetime(2026, 11, 1, tzinfo=UTC).timestamp()) * unit}
        return len(every(sandbox, SURVEYS, SURVEYS_PATH, **start))

    assert 0 < answered(1000) < answered(1)


def test_one_survey_response(sandbox: Sandbox) -> None:
    row = get(sandbox, SURVEYS, SURVEYS_PATH, **{"page[size]": 1}).json()["survey_responses"][0]
    assert get(sandbox, SURVEYS, f"{SURVEYS_PATH}/{row['id']}").json() == {"survey_response": row}


def test_an_account_has_one_kind_of_csat(sandbox: Sandbox) -> None:
    assert get(sandbox, SURVEYS, RATINGS_PATH).json()["error"]["title"] == "Forbidden"
    assert get(sandbox, RATINGS, SURVEYS_PATH).json()["errors"][0]["code"] == "Forbidden"


def test_without_a_size_pages_are_counted_and_end_at_ten_thousand(sandbox: Sandbox) -> None:
    answer = get(sandbox, RATINGS, RATINGS_PATH, per_page=5).json()
    assert answer["count"] == len(ratings(sandbox))
    assert "page=2" in answer["next_page"]
    assert get(sandbox, RATINGS, RATINGS_PATH, page=101).status_code == 400


@pytest.mark.parametrize("params", [{"page[size]": 101}, {"score": "great"}, {"start_time": "monday"}])
def test_what_is_not_documented_is_refused(sandbox: Sandbox, params: dict[str, Any]) -> None:
    assert get(sandbox, RATINGS, RATINGS_PATH, **params).status_code == 400


def test_a_token_of_another_account_is_refused(sandbox: Sandbox) -> None:
    token = grant(sandbox, SURVEYS, grant_type="client_credentials").json()["access_token"]
    url = f"{sandbox.url('zendesk')}/{RATINGS}{RATINGS_PATH}"
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"expires_in": 200_000}, "invalid_request"),
        ({"grant_type": "password"}, "invalid_grant"),
    ],
)
def test_a_wrong_grant_is_refused(sandbox: Sandbox, asked: dict[str, Any], error: str) -> None:
    assert grant(sandbox, SURVEYS, **({"grant_type": "client_credentials"} | asked)).json()["error"] == error


def test_a_refresh_token_works_once(sandbox: Sandbox) -> None:
    first = {"grant_type": "refresh_token", "refresh_token": refresh_token(SURVEYS)}
    granted = grant(sandbox, SURVEYS, **first).json()
    assert grant(sandbox, SURVEYS, **first).json()["error"] == "invalid_grant"
    assert grant(sandbox, SURVEYS, **first | {"refresh_token": granted["refresh_token"]}).ok
