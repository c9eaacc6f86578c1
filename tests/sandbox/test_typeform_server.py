"""The Typeform server: judged by the fact sheet and by the world's own tables."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests

from sandbox.company import World
from sandbox.server import Sandbox
from sandbox.typeform_oauth import CLIENT_ID, CLIENT_SECRET, PERSONAL_TOKEN, REFRESH_TOKEN

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
FORM, OTHER = "Kt7nQx2L", "Kb5eWm8R"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    world = World(seed=2, scale=0.5, first_day=date(2026, 6, 1), now=NOW)
    with Sandbox(world, port=0, grpc_port=0) as running:
        yield running


def get(sandbox: Sandbox, path: str, token: str = PERSONAL_TOKEN, **params: Any) -> requests.Response:
    headers = {"Authorization": f"bearer {token}"} if token else {}
    return requests.get(sandbox.url("typeform") + path, params=params, headers=headers, timeout=30)


def responses(sandbox: Sandbox, form: str = FORM, **params: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = get(sandbox, f"/forms/{form}/responses", page_size=1000, **params).json()["items"]
    return items


def test_completed_responses_are_what_customers_answered(sandbox: Sandbox) -> None:
    found = {
        (row["token"], answer["number"])
        for row in responses(sandbox, OTHER)
        for answer in row["answers"]
        if answer["field"]["type"] == "rating"
    }
    known = sandbox.world.query(
        """SELECT response_id, score FROM surveys JOIN survey_invitations USING (response_id)
        WHERE account_id = ? AND known_at <= ?""",
        [OTHER, sandbox.world.clock],
    )
    assert found == set(known)
    assert len(found) > 10


def test_unfinished_responses_are_another_kind(sandbox: Sandbox) -> None:
    kinds = {row["response_type"] for row in responses(sandbox, response_type="completed,started")}
    assert kinds == {"completed", "started"}
    started = responses(sandbox, response_type="started")
    assert {(row["submitted_at"], row["answers"]) for row in started} == {("0001-01-01T00:00:00Z", None)}


def test_the_newest_come_first_and_before_goes_on_from_there(sandbox: Sandbox) -> None:
    everyone = responses(sandbox)
    times = [row["submitted_at"] for row in everyone]
    assert times == sorted(times, reverse=True)
    older = get(sandbox, f"/forms/{FORM}/responses", page_size=3, before=everyone[1]["token"]).json()
    assert older["items"] == everyone[2:5]
    assert (older["total_items"], older["page_count"]) == (len(everyone) - 2, -(-(len(everyone) - 2) // 3))


def test_times_are_inclusive(sandbox: Sandbox) -> None:
    everyone = responses(sandbox)
    chosen = responses(sandbox, since=everyone[4]["submitted_at"], until=everyone[1]["submitted_at"])
    assert chosen == everyone[1:5]


@pytest.mark.parametrize(
    "params",
    [
        {"page_size": 1001}, {"since": "yesterday"}, {"response_type": "done"}, {"before": "unknown"},
        {"sort": "submitted_at,asc", "before": "x"},
    ],
)  # fmt: skip
def test_what_is_not_documented_is_refused(sandbox: Sandbox, params: dict[str, Any]) -> None:
    answer = get(sandbox, f"/forms/{FORM}/responses", **params)
    assert (answer.status_code, answer.json()["code"]) == (400, "VALIDATION_ERROR")


def test_a_form_tells_the_steps_of_its_questions(sandbox: Sandbox) -> None:
    fields = {field["type"]: field["properties"] for field in get(sandbox, f"/forms/{OTHER}").json()["fields"]}
    assert fields["rating"]["steps"] == 7
    assert fields["nps"]["steps"] == 11


def test_forms_come_by_the_page(sandbox: Sandbox) -> None:
    pages = [get(sandbox, "/forms", page=page, page_size=1).json() for page in (1, 2, 3)]
    assert [[form["id"] for form in page["items"]] for page in pages] == [[FORM], [OTHER], []]
    assert pages[0]["page_count"] == 2


@pytest.mark.parametrize(("token", "status"), [("", 403), ("tfp_other", 401)])
def test_a_wrong_token_is_refused(sandbox: Sandbox, token: str, status: int) -> None:
    assert get(sandbox, "/forms", token).status_code == status


def test_an_unknown_form_is_not_found(sandbox: Sandbox) -> None:
    answer = get(sandbox, "/forms/none/responses")
    assert (answer.status_code, answer.json()["code"]) == (404, "FORM_NOT_FOUND")


def test_a_refresh_token_works_once(sandbox: Sandbox) -> None:
    form = {"grant_type": "refresh_token", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    url = sandbox.url("typeform") + "/oauth/token"
    first = requests.post(url, data=form | {"refresh_token": REFRESH_TOKEN}, timeout=30).json()
    assert get(sandbox, "/forms", first["access_token"]).status_code == 200
    again = requests.post(url, data=form | {"refresh_token": REFRESH_TOKEN}, timeout=30)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    assert requests.post(url, data=form | {"refresh_token": first["refresh_token"]}, timeout=30).ok
