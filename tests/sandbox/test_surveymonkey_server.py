"""The SurveyMonkey server: judged by the documentation and by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.surveymonkey import TOKEN

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
SURVEY, OTHER = "405511201", "405511202"
BULK = f"/v3/surveys/{SURVEY}/responses/bulk"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.5, first_day=date(2026, 6, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, token: str = TOKEN, **params: Any) -> requests.Response:
    headers = {"Authorization": f"bearer {token}"} if token else {}
    return requests.get(sandbox.url("surveymonkey") + path, params=params, headers=headers, timeout=30)


def responses(sandbox: Sandbox, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = get(sandbox, BULK, per_page=100, **params).json()["data"]
    return found


def stars(sandbox: Sandbox) -> tuple[str, dict[str, int]]:
    """The question with stars, and what its choices are worth."""
    survey = get(sandbox, f"/v3/surveys/{SURVEY}/details").json()
    [asked] = [one for one in survey["pages"][0]["questions"] if "display_options" in one]
    return asked["id"], {choice["id"]: choice["weight"] for choice in asked["answers"]["choices"]}


def test_completed_responses_are_what_customers_answered_but_for_previews(sandbox: Sandbox) -> None:
    name, weights = stars(sandbox)
    found = sorted(
        weights[answered["answers"][0]["choice_id"]]
        for row in responses(sandbox, status="completed", question_ids=name)
        if row["collection_mode"] == "default"
        for answered in row["pages"][0]["questions"]
    )
    known = sandbox.world.query(
        """SELECT score FROM surveys JOIN survey_invitations USING (response_id)
        WHERE account_id = ? AND known_at <= ? ORDER BY score""",
        [SURVEY, sandbox.world.clock],
    )
    assert found == [score for (score,) in known]
    assert len(found) > 10


def test_there_are_partial_responses_and_previews_too(sandbox: Sandbox) -> None:
    everyone = responses(sandbox)
    assert {row["response_status"] for row in everyone} == {"completed", "partial"}
    assert {row["collection_mode"] for row in everyone} == {"default", "survey_preview"}


def test_other_questions_are_left_out_when_one_is_asked_for(sandbox: Sandbox) -> None:
    name, _ = stars(sandbox)
    asked = {one["id"] for row in responses(sandbox, question_ids=name) for one in row["pages"][0]["questions"]}
    assert asked == {name}
    assert len({one["id"] for row in responses(sandbox) for one in row["pages"][0]["questions"]}) == 3


@pytest.mark.parametrize("what", ["created", "modified"])
def test_times_mean_after_and_before(sandbox: Sandbox, what: str) -> None:
    everyone = sorted(responses(sandbox), key=lambda row: row[f"date_{what}"])
    bounds = {f"start_{what}_at": everyone[2][f"date_{what}"][:19], f"end_{what}_at": everyone[6][f"date_{what}"][:19]}
    found = sorted(responses(sandbox, **bounds), key=lambda row: row[f"date_{what}"])
    assert [row["id"] for row in found] == [row["id"] for row in everyone[3:6]]


def test_pages_go_on_until_there_is_no_next(sandbox: Sandbox) -> None:
    total, found, page = len(responses(sandbox)), 0, get(sandbox, BULK, per_page=30).json()
    while "next" in page["links"]:
        found += len(page["data"])
        page = requests.get(page["links"]["next"], headers={"Authorization": f"bearer {TOKEN}"}, timeout=30).json()
    assert found + len(page["data"]) == page["total"] >= total


def test_the_limits_are_told_in_headers(sandbox: Sandbox) -> None:
    headers = get(sandbox, "/v3/surveys").headers
    assert headers["X-Ratelimit-App-Global-Day-Limit"] == "500"
    assert int(headers["X-Ratelimit-App-Global-Minute-Remaining"]) < 120


def test_both_surveys_are_listed(sandbox: Sandbox) -> None:
    assert [survey["id"] for survey in get(sandbox, "/v3/surveys").json()["data"]] == [SURVEY, OTHER]


@pytest.mark.parametrize(
    "params", [{"per_page": 101}, {"page": 0}, {"status": "done"}, {"sort_by": "id"}, {"start_modified_at": "monday"}]
)
def test_what_is_not_documented_is_refused(sandbox: Sandbox, params: dict[str, Any]) -> None:
    answer = get(sandbox, BULK, **params)
    assert (answer.status_code, answer.json()["error"]["id"]) == (400, "1003")


@pytest.mark.parametrize(("token", "number"), [("", "1010"), ("other", "1011")])
def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str, number: str) -> None:
    answer = get(sandbox, "/v3/surveys", token)
    assert (answer.status_code, answer.json()["error"]["id"]) == (401, number)


def test_an_unknown_survey_is_not_found(sandbox: Sandbox) -> None:
    assert get(sandbox, "/v3/surveys/1/details").json()["error"]["id"] == "1020"
